#include "host/ledger/daily_loss.hpp"

#include "tests/unit/ledger/ledger_fixture.hpp"

#include <gtest/gtest.h>

namespace writ::ledger {
namespace {

using test::money;

constexpr std::int64_t kDay = 86'400'000'000'000;
constexpr std::int64_t kNoon = 20'000 * kDay + kDay / 2;

TEST(DailyLoss, IsMeasuredFromTheDaysFirstEquity) {
  DailyLoss loss;
  EXPECT_EQ(loss.at(kNoon), money("0"));
  loss.update(money("1000"), kNoon);
  loss.update(money("1200"), kNoon + 1);
  EXPECT_EQ(loss.at(kNoon + 1), money("0")) << "a gain is no loss";
  loss.update(money("900"), kNoon + 2);
  EXPECT_EQ(loss.at(kNoon + 2), money("100")) << "not from the day's highest";
}

TEST(DailyLoss, EndsWithTheDay) {
  DailyLoss loss;
  loss.update(money("1000"), kNoon);
  loss.update(money("900"), kNoon);
  const std::int64_t midnight = 20'001 * kDay;
  EXPECT_EQ(loss.at(midnight - 1), money("100"));
  EXPECT_EQ(loss.at(midnight), money("0"));
  loss.update(money("880"), midnight);
  EXPECT_EQ(loss.at(midnight), money("0"));
  loss.update(money("870"), midnight + 1);
  EXPECT_EQ(loss.at(midnight + 1), money("10"));
}

TEST(DailyLoss, IsNoneOfMoneyMovedOut) {
  DailyLoss loss;
  loss.update(money("1000"), kNoon);
  loss.shift(money("-400"));
  loss.update(money("590"), kNoon);
  EXPECT_EQ(loss.at(kNoon), money("10"));
}

TEST(DailyLoss, SurvivesARestart) {
  DailyLoss loss;
  loss.update(money("1000"), kNoon);
  loss.update(money("900"), kNoon);
  base::ByteWriter out;
  loss.save(out);
  const auto bytes = out.take();
  base::ByteReader in(bytes);
  DailyLoss again;
  ASSERT_TRUE(again.load(in));
  EXPECT_EQ(again.at(kNoon), money("100"));
}

}  // namespace
}  // namespace writ::ledger
