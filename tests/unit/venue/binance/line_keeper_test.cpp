#include "host/venue/binance/line_keeper.hpp"

#include "tests/unit/venue/binance/session_desk.hpp"

#include <gtest/gtest.h>

namespace writ::venue::binance {
namespace {

using test::kMs;
using test::kSecond;
using test::SessionDesk;

TEST(LineKeeper, MeasuresTheClockAFewTimesAndThenNowAndThen) {
  SessionDesk desk(Market::kSpot);
  int asked = 0;
  for (int second = 0; second < 600; ++second) {
    if (desk.keeper.next_due() <= desk.now) desk.keeper.on_time(desk.now);
    for (const auto& request : desk.line.take_requests()) {
      ++asked;
      desk.answer(request, 200, R"({"serverTime":)" + std::to_string(desk.now / kMs + 7) + "}");
    }
    desk.now += kSecond;
  }
  EXPECT_EQ(asked, 5 + 3);
  ASSERT_TRUE(desk.line.clock().estimate());
  EXPECT_EQ(desk.line.clock().estimate()->offset_ns, 7 * kMs + kMs / 2);
}

TEST(LineKeeper, ArmsTheSwitchAgainBeforeItRunsOut) {
  SessionDesk desk(Market::kUsdm);
  desk.make_ready();
  int armed = 0;
  for (int second = 0; second < 300; ++second) {
    desk.keeper.on_time(desk.now);
    for (const auto& request : desk.line.take_requests()) {
      if (request.http.target.find("countdownCancelAll") == std::string::npos) continue;
      ++armed;
      EXPECT_NE(request.http.target.find("countdownTime=120000"), std::string::npos);
      desk.answer(request, 200, "{}");
    }
    EXPECT_TRUE(desk.keeper.is_armed("BTCUSDT", desk.now));
    desk.now += kSecond;
  }
  EXPECT_EQ(armed, 9);
  EXPECT_TRUE(desk.keeper.take_fired(desk.now).empty());
}

TEST(LineKeeper, ASwitchThatCouldNotBeArmedAgainFires) {
  SessionDesk desk(Market::kUsdm);
  desk.make_ready();
  for (int second = 0; second < 130; ++second) {
    desk.keeper.on_time(desk.now);
    for (const auto& request : desk.line.take_requests()) {
      desk.line.on_http_failure(request.id, true, desk.now);
    }
    desk.now += kSecond;
  }
  EXPECT_FALSE(desk.keeper.is_armed("BTCUSDT", desk.now));
  EXPECT_EQ(desk.keeper.take_fired(desk.now), std::vector<std::string>{"BTCUSDT"});
  EXPECT_TRUE(desk.keeper.take_fired(desk.now).empty());
}

TEST(LineKeeper, SpotHasNoSwitchAndNeedsNone) {
  SessionDesk desk(Market::kSpot);
  desk.keeper.guard("BTCUSDT");
  EXPECT_TRUE(desk.keeper.is_armed("BTCUSDT", desk.now));
}

}  // namespace
}  // namespace writ::venue::binance
