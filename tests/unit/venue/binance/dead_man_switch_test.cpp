#include "host/venue/binance/dead_man_switch.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;

using Requests = std::vector<CountdownRequest>;
using Names = std::vector<std::string>;

TEST(DeadManSwitch, ArmsAtOnceAndAgainEveryHalfMinute) {
  DeadManSwitch switches;
  EXPECT_EQ(switches.next_due(), INT64_MAX);
  switches.arm("BTCUSDT");
  EXPECT_LE(switches.next_due(), 0);
  EXPECT_EQ(switches.take_due(0), (Requests{{"BTCUSDT", 120'000}}));
  EXPECT_FALSE(switches.is_armed("BTCUSDT", 0)) << "the venue has not said so";
  switches.on_done({"BTCUSDT", 120'000}, 0);
  EXPECT_TRUE(switches.is_armed("BTCUSDT", kMs));
  EXPECT_FALSE(switches.is_armed("ETHUSDT", kMs));
  switches.arm("BTCUSDT");
  EXPECT_EQ(switches.next_due(), 30 * kSecond) << "once is enough";
  EXPECT_TRUE(switches.take_due(30 * kSecond - 1).empty());
  EXPECT_EQ(switches.take_due(30 * kSecond).size(), 1U);
  switches.on_done({"BTCUSDT", 120'000}, 30 * kSecond);
  EXPECT_TRUE(switches.is_armed("BTCUSDT", 150 * kSecond - 1));
  EXPECT_FALSE(switches.is_armed("BTCUSDT", 150 * kSecond));
}

TEST(DeadManSwitch, CountsAsLongAsItIsToldAndIsArmedAgainEachQuarterOfIt) {
  DeadManSwitch switches(4 * kSecond);
  switches.arm("BTCUSDT");
  EXPECT_EQ(switches.take_due(0), (Requests{{"BTCUSDT", 4'000}}));
  switches.on_done({"BTCUSDT", 4'000}, 0);
  EXPECT_EQ(switches.next_due(), kSecond);
  EXPECT_TRUE(switches.is_armed("BTCUSDT", 4 * kSecond - 1));
  EXPECT_FALSE(switches.is_armed("BTCUSDT", 4 * kSecond));
}

TEST(DeadManSwitch, TriesAgainEverySecondAfterAFailure) {
  DeadManSwitch switches;
  switches.arm("BTCUSDT");
  (void)switches.take_due(0);
  EXPECT_EQ(switches.next_due(), kSecond) << "no answer is no arming";
  (void)switches.take_due(kSecond);
  switches.on_done({"BTCUSDT", 120'000}, kSecond);
  EXPECT_EQ(switches.next_due(), 31 * kSecond);
  (void)switches.take_due(31 * kSecond);
  switches.on_failed({"BTCUSDT", 120'000}, 32 * kSecond);
  EXPECT_EQ(switches.next_due(), 33 * kSecond);
  EXPECT_TRUE(switches.is_armed("BTCUSDT", 33 * kSecond)) << "from before";
}

TEST(DeadManSwitch, TellsOnceWhatMayHaveFired) {
  DeadManSwitch switches;
  for (const char* name : {"BTCUSDT", "ETHUSDT"}) switches.arm(name);
  EXPECT_EQ(switches.take_due(0), (Requests{{"BTCUSDT", 120'000}, {"ETHUSDT", 120'000}}));
  switches.on_done({"BTCUSDT", 120'000}, 0);
  switches.on_done({"ETHUSDT", 120'000}, 10 * kSecond);
  EXPECT_TRUE(switches.take_fired(120 * kSecond - 1).empty());
  EXPECT_EQ(switches.take_fired(120 * kSecond), Names{"BTCUSDT"});
  EXPECT_TRUE(switches.take_fired(120 * kSecond).empty());
  EXPECT_EQ(switches.take_fired(130 * kSecond), Names{"ETHUSDT"});
  (void)switches.take_due(131 * kSecond);
  switches.on_done({"BTCUSDT", 120'000}, 131 * kSecond);
  EXPECT_TRUE(switches.is_armed("BTCUSDT", 140 * kSecond));
}

TEST(DeadManSwitch, IsStoppedOnceWhereNothingIsLeft) {
  DeadManSwitch switches;
  switches.arm("BTCUSDT");
  (void)switches.take_due(0);
  switches.on_done({"BTCUSDT", 120'000}, 0);
  switches.disarm("BTCUSDT");
  EXPECT_FALSE(switches.is_armed("BTCUSDT", 1));
  EXPECT_EQ(switches.take_due(kSecond), (Requests{{"BTCUSDT", 0}}));
  switches.on_done({"BTCUSDT", 0}, kSecond);
  EXPECT_EQ(switches.next_due(), INT64_MAX);
  EXPECT_TRUE(switches.take_fired(1'000 * kSecond).empty());
  switches.disarm("BTCUSDT");
  EXPECT_EQ(switches.next_due(), INT64_MAX);
}

TEST(DeadManSwitch, ADisarmingOvertakenByAnArmingArmsNothing) {
  DeadManSwitch switches;
  switches.arm("BTCUSDT");
  (void)switches.take_due(0);
  switches.on_done({"BTCUSDT", 120'000}, 0);
  switches.disarm("BTCUSDT");
  (void)switches.take_due(kSecond);
  switches.arm("BTCUSDT");
  EXPECT_EQ(switches.take_due(kSecond), (Requests{{"BTCUSDT", 120'000}}));
  switches.on_done({"BTCUSDT", 0}, kSecond);
  EXPECT_FALSE(switches.is_armed("BTCUSDT", 2 * kSecond)) << "only its own answer arms it";
  switches.on_done({"BTCUSDT", 120'000}, kSecond);
  EXPECT_TRUE(switches.is_armed("BTCUSDT", 2 * kSecond));
}

TEST(DeadManSwitch, ADisarmingWithoutAnAnswerMayHaveBeenDone) {
  DeadManSwitch switches;
  switches.arm("BTCUSDT");
  (void)switches.take_due(0);
  switches.on_done({"BTCUSDT", 120'000}, 0);
  (void)switches.take_due(30 * kSecond);
  switches.disarm("BTCUSDT");
  (void)switches.take_due(31 * kSecond);
  switches.arm("BTCUSDT");
  switches.on_done({"BTCUSDT", 120'000}, 30 * kSecond);
  EXPECT_FALSE(switches.is_armed("BTCUSDT", 32 * kSecond)) << "armed before it was disarmed";
  (void)switches.take_due(32 * kSecond);
  switches.on_done({"BTCUSDT", 120'000}, 32 * kSecond);
  EXPECT_TRUE(switches.is_armed("BTCUSDT", 33 * kSecond));
}

// The venue's side beside it, over a line that loses and delays.
TEST(DeadManSwitch, NeverBelievesInACountdownThatHasRunOut) {
  base::RandomStream random(7, "test.binance.deadman");
  std::size_t checked = 0;
  for (std::size_t run = 0; run < test::scaled(500); ++run) {
    DeadManSwitch switches;
    switches.arm("BTCUSDT");
    std::int64_t venue_fires = INT64_MIN;
    bool dead = false;
    for (std::int64_t now = 0; now < 600 * kSecond; now += kSecond / 2) {
      if (random.below(100) == 0) dead = !dead;
      if (switches.is_armed("BTCUSDT", now)) {
        ASSERT_LT(now, venue_fires) << "run " << run;
        ++checked;
      }
      for (const auto& request : switches.take_due(now)) {
        const bool reached = !dead && random.below(10) != 0;
        const bool answered = reached && random.below(10) != 0;
        const auto way = static_cast<std::int64_t>(random.below(400)) * kMs;
        if (reached) venue_fires = std::max(venue_fires, now + way + request.countdown_ms * kMs);
        if (answered) {
          switches.on_done(request, now);
        } else if (random.below(2) == 0) {
          switches.on_failed(request, now);
        }
      }
    }
  }
  EXPECT_GT(checked, 0U);
}

}  // namespace
}  // namespace writ::venue::binance
