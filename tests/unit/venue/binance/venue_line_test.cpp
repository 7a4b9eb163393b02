#include "host/venue/binance/venue_line.hpp"

#include "tests/unit/venue/binance/session_desk.hpp"

#include <gtest/gtest.h>

namespace writ::venue::binance {
namespace {

using test::kMs;
using test::kSecond;
using test::SessionDesk;

TEST(VenueLine, HeadersTellWhatOthersUsedOfTheLimit) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  const RateLimit limit{RateLimitKind::kRequestWeight, 60 * kSecond, 100};
  desk.line.budget().set_limits({&limit, 1});
  int status = 0;
  const auto ask = [&] {
    return desk.line.ask(account_request(Market::kSpot), 0, false, desk.now,
                         [&](const VenueAnswer& answer) { status = answer.status; });
  };
  EXPECT_FALSE(ask());
  desk.line.on_http(desk.only_request().id, 200, {{"x-mbx-used-weight-1m", "75"}}, "{}", desk.now,
                    desk.now);
  EXPECT_EQ(status, 200);
  const auto refusal = ask();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, WRIT_REPORT_REASON_RATE_LIMIT);
}

TEST(VenueLine, AnswersOfTheSocketTellItToo) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.line.socket_opened();
  const RateLimit limit{RateLimitKind::kRequestWeight, 60 * kSecond, 100};
  desk.line.budget().set_limits({&limit, 1});
  desk.command(WRIT_COMMAND_CANCEL);
  const auto request = desk.only_request();
  EXPECT_TRUE(desk.line.on_message(
      R"({"id":")" + request.id +
          R"(","status":200,"result":{"orderId":1,"status":"CANCELED"},"rateLimits":[{)"
          R"("rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":100,)"
          R"("count":100}]})",
      desk.now));
  desk.command(WRIT_COMMAND_CANCEL, 6);
  EXPECT_TRUE(desk.line.take_requests().empty());
}

TEST(VenueLine, EventsAreNoAnswers) {
  SessionDesk desk(Market::kSpot);
  EXPECT_FALSE(desk.line.on_message(R"({"subscriptionId":0,"event":{"e":"x"}})", desk.now));
  EXPECT_FALSE(desk.line.on_message("not JSON", desk.now));
  EXPECT_FALSE(desk.line.on_message(R"({"id":null,"status":400,"error":{}})", desk.now) &&
               desk.line.pending() != 0);
}

TEST(VenueLine, ARequestOnlyTheSocketHasNeedsIt) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  VenueAnswer::Kind kind = VenueAnswer::Kind::kAnswered;
  const auto ask = [&] {
    return desk.line.ask(subscribe_request(), 0, true, desk.now,
                         [&](const VenueAnswer& answer) { kind = answer.kind; });
  };
  EXPECT_TRUE(ask());
  desk.line.socket_opened();
  EXPECT_FALSE(ask());
  desk.line.not_written(desk.only_request().id, desk.now);
  EXPECT_EQ(kind, VenueAnswer::Kind::kNotSent);
}

TEST(VenueLine, ATimestampIsTheVenuesClock) {
  SessionDesk desk(Market::kSpot);
  desk.line.clock().on_answer(desk.now, desk.now, desk.now + 400 * kMs);
  desk.command(WRIT_COMMAND_CANCEL);
  EXPECT_NE(desk.only_request().http.target.find("timestamp=1700000000400&"), std::string::npos);
}

TEST(VenueLine, OneWarningForEachPause) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  for (std::uint64_t id = 1; id <= 3; ++id) desk.command(WRIT_COMMAND_CANCEL, id);
  for (const auto& request : desk.line.take_requests()) {
    desk.answer(request, 429, R"({"code":-1003,"msg":"Too many"})");
  }
  EXPECT_EQ(desk.line.take_warnings().size(), 1U);
}

}  // namespace
}  // namespace writ::venue::binance
