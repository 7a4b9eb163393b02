#include "host/venue/binance/clock_offset.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;
constexpr std::int64_t kStart = 1'700'000'000 * kSecond;

TEST(ClockOffset, BelievesTheShortestExchange) {
  ClockOffset clock;
  EXPECT_FALSE(clock.estimate());
  EXPECT_FALSE(clock.timestamp_ms(kStart));
  EXPECT_FALSE(clock.fits(60 * kSecond));
  clock.on_answer(kStart, kStart + 100 * kMs, kStart + 300 * kMs);
  EXPECT_NEAR(static_cast<double>(clock.estimate()->offset_ns), 250e6, 1e6);
  clock.on_answer(kStart, kStart + 10 * kMs, kStart + 225 * kMs);
  EXPECT_NEAR(static_cast<double>(clock.estimate()->offset_ns), 220e6, 1e6);
  clock.on_answer(kStart, kStart + 80 * kMs, kStart + 300 * kMs);
  EXPECT_NEAR(static_cast<double>(clock.estimate()->offset_ns), 220e6, 1e6);
  EXPECT_EQ(clock.timestamp_ms(kStart + kSecond), (kStart + kSecond) / kMs + 220);
}

TEST(ClockOffset, IsWithinItsUncertaintyHoweverTheWayWasSplit) {
  base::RandomStream random(7, "test.binance.clock");
  for (std::size_t run = 0; run < test::scaled(20'000); ++run) {
    ClockOffset clock;
    const std::int64_t offset =
        static_cast<std::int64_t>(random.below(20'000'000'000)) - 10'000'000'000;
    for (int i = 0; i < 7; ++i) {
      const std::int64_t sent = kStart + i * kSecond;
      const auto there = static_cast<std::int64_t>(random.below(200 * kMs));
      const auto back = static_cast<std::int64_t>(random.below(200 * kMs));
      const std::int64_t venue = (sent + there + offset) / kMs * kMs;
      clock.on_answer(sent, sent + there + back, venue);
      const auto estimate = clock.estimate();
      ASSERT_TRUE(estimate);
      ASSERT_LE(std::abs(estimate->offset_ns - offset), estimate->uncertainty_ns);
    }
  }
}

TEST(ClockOffset, IsMeasuredOftenAtFirstAndThenEveryFewMinutes) {
  ClockOffset clock;
  std::int64_t now = kStart;
  EXPECT_LE(clock.next_due(), now);
  for (int i = 0; i < 4; ++i) {
    clock.on_asked(now);
    EXPECT_EQ(clock.next_due(), now + kSecond);
    clock.on_answer(now, now + 5 * kMs, now);
    now = clock.next_due();
  }
  clock.on_asked(now);
  clock.on_answer(now, now + 5 * kMs, now);
  EXPECT_EQ(clock.next_due(), now + 5 * kMs + 180 * kSecond);
  now = clock.next_due();
  clock.on_asked(now);
  EXPECT_EQ(clock.next_due(), now + 180 * kSecond) << "answered or not";
}

TEST(ClockOffset, IsForgottenWhenTheVenueRefusesATimestamp) {
  ClockOffset clock;
  for (int i = 0; i < 6; ++i) clock.on_answer(kStart, kStart + kMs, kStart);
  clock.on_refused(kStart + 9 * kSecond);
  EXPECT_FALSE(clock.estimate());
  EXPECT_EQ(clock.next_due(), kStart + 9 * kSecond);
  clock.on_asked(kStart + 9 * kSecond);
  EXPECT_EQ(clock.next_due(), kStart + 10 * kSecond);
}

TEST(ClockOffset, FollowsAClockThatWasSet) {
  ClockOffset clock;
  clock.on_answer(kStart, kStart + kMs, kStart);
  clock.on_answer(kStart + kSecond, kStart + kSecond + 100 * kMs, kStart + 11 * kSecond);
  EXPECT_NEAR(static_cast<double>(clock.estimate()->offset_ns), 9.95e9, 1e6);
  clock.on_answer(kStart + 5 * kSecond, kStart + 4 * kSecond, kStart);
  EXPECT_NEAR(static_cast<double>(clock.estimate()->offset_ns), 9.95e9, 1e6)
      << "received before it was sent";
}

TEST(ClockOffset, FitsAWindowTwiceItsUncertainty) {
  ClockOffset clock;
  clock.on_answer(kStart, kStart + 800 * kMs, kStart);
  EXPECT_TRUE(clock.fits(kSecond));
  EXPECT_FALSE(clock.fits(800 * kMs));
  ClockOffset slow;
  slow.on_answer(kStart, kStart + 2 * kSecond, kStart);
  EXPECT_FALSE(slow.fits(60 * kSecond)) << "it may be a second ahead";
}

}  // namespace
}  // namespace writ::venue::binance
