#include "host/strategy/evaluation_schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace writ::strategy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kInterval = 100;
constexpr MarketChange kTop{.instrument = 1, .top = true, .trade = false};
constexpr MarketChange kTrade{.instrument = 1, .top = false, .trade = true};
constexpr MarketChange kDepth{.instrument = 1, .top = false, .trade = false};

EvaluationSchedule schedule_for(std::uint32_t trigger) { return {trigger, kInterval, {1, 2}}; }

std::vector<std::uint32_t> take_all_due(EvaluationSchedule& schedule, std::int64_t now) {
  std::vector<std::uint32_t> all;
  while (const auto instrument = schedule.take_due(now)) all.push_back(*instrument);
  return all;
}

std::vector<std::byte> saved(const EvaluationSchedule& schedule) {
  base::ByteWriter out;
  schedule.save(out);
  return out.take();
}

class EveryTrigger : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(EveryTrigger, IgnoresInstrumentsTheStrategyDoesNotName) {
  auto schedule = schedule_for(GetParam());
  EXPECT_FALSE(schedule.on_change({.instrument = 3, .top = true, .trade = true}, 1'000));
}

TEST_P(EveryTrigger, HasNothingDueBeforeTheFirstChange) {
  auto schedule = schedule_for(GetParam());
  EXPECT_EQ(schedule.next_due(), std::nullopt);
  EXPECT_EQ(schedule.take_due(INT64_MAX - 1), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(EvaluationSchedule, EveryTrigger,
                         ::testing::Values(WRIT_TRIGGER_EVENT, WRIT_TRIGGER_TOP, WRIT_TRIGGER_TRADE,
                                           WRIT_TRIGGER_TIMER, WRIT_TRIGGER_CONFLATED));

TEST(EventTrigger, EvaluatesOnAnyChange) {
  auto schedule = schedule_for(WRIT_TRIGGER_EVENT);
  EXPECT_TRUE(schedule.on_change(kDepth, 1'000));
}

TEST(EventTrigger, EvaluatesOnEachChangeOfTheSameMoment) {
  auto schedule = schedule_for(WRIT_TRIGGER_EVENT);
  (void)schedule.on_change(kDepth, 1'000);
  EXPECT_TRUE(schedule.on_change(kDepth, 1'000));
}

TEST(EventTrigger, NeedsNoInterval) {
  EvaluationSchedule schedule(WRIT_TRIGGER_EVENT, 0, {1});
  EXPECT_TRUE(schedule.on_change(kDepth, 1'000));
}

TEST(TopTrigger, EvaluatesWhenTheTopChanged) {
  auto schedule = schedule_for(WRIT_TRIGGER_TOP);
  EXPECT_TRUE(schedule.on_change(kTop, 1'000));
}

TEST(TopTrigger, IgnoresATradeThatLeftTheTop) {
  auto schedule = schedule_for(WRIT_TRIGGER_TOP);
  EXPECT_FALSE(schedule.on_change(kTrade, 1'000));
}

TEST(TradeTrigger, EvaluatesOnATrade) {
  auto schedule = schedule_for(WRIT_TRIGGER_TRADE);
  EXPECT_TRUE(schedule.on_change(kTrade, 1'000));
}

TEST(TradeTrigger, IgnoresAChangeOfTheTop) {
  auto schedule = schedule_for(WRIT_TRIGGER_TRADE);
  EXPECT_FALSE(schedule.on_change(kTop, 1'000));
}

TEST(TimerTrigger, NeverEvaluatesOnTheChangeItself) {
  auto schedule = schedule_for(WRIT_TRIGGER_TIMER);
  EXPECT_FALSE(schedule.on_change(kTop, 1'000));
}

TEST(TimerTrigger, IsDueAtTheNextWholeMultipleAfterTheFirstEvent) {
  auto schedule = schedule_for(WRIT_TRIGGER_TIMER);
  (void)schedule.on_change(kDepth, 1'037);
  EXPECT_EQ(schedule.next_due(), 1'100);
}

TEST(TimerTrigger, WaitsAWholeIntervalWhenTheFirstEventIsOnAMultiple) {
  auto schedule = schedule_for(WRIT_TRIGGER_TIMER);
  (void)schedule.on_change(kDepth, 1'100);
  EXPECT_EQ(schedule.next_due(), 1'200);
}

TEST(TimerTrigger, IsNotMovedByLaterEvents) {
  auto schedule = schedule_for(WRIT_TRIGGER_TIMER);
  (void)schedule.on_change(kDepth, 1'037);
  (void)schedule.on_change(kDepth, 1'099);
  EXPECT_EQ(schedule.next_due(), 1'100);
}

TEST(TimerTrigger, StartsTheClockOfEachMarketWithItsOwnFirstEvent) {
  auto schedule = schedule_for(WRIT_TRIGGER_TIMER);
  (void)schedule.on_change(kDepth, 1'037);
  EXPECT_THAT(take_all_due(schedule, 1'100), ElementsAre(1));
}

TEST(TimerTrigger, IsNotDueBeforeItsTime) {
  auto schedule = schedule_for(WRIT_TRIGGER_TIMER);
  (void)schedule.on_change(kDepth, 1'037);
  EXPECT_EQ(schedule.take_due(1'099), std::nullopt);
}

TEST(TimerTrigger, EvaluatesMarketsDueTogetherInOrderOfInstrument) {
  auto schedule = schedule_for(WRIT_TRIGGER_TIMER);
  (void)schedule.on_change({.instrument = 2}, 1'010);
  (void)schedule.on_change({.instrument = 1}, 1'020);
  EXPECT_THAT(take_all_due(schedule, 1'100), ElementsAre(1, 2));
}

TEST(TimerTrigger, ComesAgainWithoutFurtherEvents) {
  auto schedule = schedule_for(WRIT_TRIGGER_TIMER);
  (void)schedule.on_change(kDepth, 1'037);
  (void)schedule.take_due(1'100);
  EXPECT_EQ(schedule.next_due(), 1'200);
}

TEST(TimerTrigger, StaysOnWholeMultiplesWhenTakenLate) {
  auto schedule = schedule_for(WRIT_TRIGGER_TIMER);
  (void)schedule.on_change(kDepth, 1'037);
  (void)schedule.take_due(1'163);
  EXPECT_EQ(schedule.next_due(), 1'200);
}

TEST(TimerTrigger, EvaluatesOnceForAllTheMultiplesPassed) {
  auto schedule = schedule_for(WRIT_TRIGGER_TIMER);
  (void)schedule.on_change(kDepth, 1'037);
  EXPECT_THAT(take_all_due(schedule, 1'950), ElementsAre(1));
}

TEST(TimerTrigger, IsNeverDueWhenItsIntervalReachesPastTheEndOfTime) {
  EvaluationSchedule schedule(WRIT_TRIGGER_TIMER, INT64_MAX / 2 + 1, {1});
  (void)schedule.on_change(kDepth, INT64_MAX / 2 + 5);
  EXPECT_EQ(schedule.next_due(), std::nullopt);
}

TEST(ConflatedTrigger, EvaluatesTheFirstChangeAtOnce) {
  auto schedule = schedule_for(WRIT_TRIGGER_CONFLATED);
  EXPECT_TRUE(schedule.on_change(kTop, 1'000));
}

TEST(ConflatedTrigger, EvaluatesOnATrade) {
  auto schedule = schedule_for(WRIT_TRIGGER_CONFLATED);
  EXPECT_TRUE(schedule.on_change(kTrade, 1'000));
}

TEST(ConflatedTrigger, IgnoresChangesBehindTheTop) {
  auto schedule = schedule_for(WRIT_TRIGGER_CONFLATED);
  EXPECT_FALSE(schedule.on_change(kDepth, 1'000));
}

TEST(ConflatedTrigger, DefersAChangeWithinTheInterval) {
  auto schedule = schedule_for(WRIT_TRIGGER_CONFLATED);
  (void)schedule.on_change(kTop, 1'000);
  EXPECT_FALSE(schedule.on_change(kTop, 1'099));
  EXPECT_EQ(schedule.next_due(), 1'100);
}

TEST(ConflatedTrigger, EvaluatesAtOnceWhenTheIntervalIsOver) {
  auto schedule = schedule_for(WRIT_TRIGGER_CONFLATED);
  (void)schedule.on_change(kTop, 1'000);
  EXPECT_TRUE(schedule.on_change(kTop, 1'100));
}

TEST(ConflatedTrigger, HasNothingDueWhenNothingChangedSince) {
  auto schedule = schedule_for(WRIT_TRIGGER_CONFLATED);
  (void)schedule.on_change(kTop, 1'000);
  EXPECT_EQ(schedule.next_due(), std::nullopt);
}

TEST(ConflatedTrigger, ChangesBehindTheTopDeferNothing) {
  auto schedule = schedule_for(WRIT_TRIGGER_CONFLATED);
  (void)schedule.on_change(kTop, 1'000);
  (void)schedule.on_change(kDepth, 1'050);
  EXPECT_EQ(schedule.next_due(), std::nullopt);
}

TEST(ConflatedTrigger, TakesManyDeferredChangesAsOne) {
  auto schedule = schedule_for(WRIT_TRIGGER_CONFLATED);
  for (std::int64_t now = 1'000; now < 1'100; now += 10) (void)schedule.on_change(kTop, now);
  EXPECT_THAT(take_all_due(schedule, 1'100), ElementsAre(1));
}

TEST(ConflatedTrigger, DoesNotRepeatADeferredEvaluationAChangeHasBroughtForward) {
  auto schedule = schedule_for(WRIT_TRIGGER_CONFLATED);
  (void)schedule.on_change(kTop, 1'000);
  (void)schedule.on_change(kTop, 1'050);
  ASSERT_TRUE(schedule.on_change(kTop, 1'100));
  EXPECT_THAT(take_all_due(schedule, 1'100), IsEmpty());
}

TEST(ConflatedTrigger, KeepsTheIntervalAfterADeferredEvaluation) {
  auto schedule = schedule_for(WRIT_TRIGGER_CONFLATED);
  (void)schedule.on_change(kTop, 1'000);
  (void)schedule.on_change(kTop, 1'050);
  (void)schedule.take_due(1'130);
  EXPECT_FALSE(schedule.on_change(kTop, 1'229));
  EXPECT_EQ(schedule.next_due(), 1'230);
}

TEST(ConflatedTrigger, ConflatesEachMarketByItself) {
  auto schedule = schedule_for(WRIT_TRIGGER_CONFLATED);
  (void)schedule.on_change(kTop, 1'000);
  EXPECT_TRUE(schedule.on_change({.instrument = 2, .top = true}, 1'050));
}

TEST(ConflatedTrigger, TellsTheEarliestOfItsMarkets) {
  auto schedule = schedule_for(WRIT_TRIGGER_CONFLATED);
  (void)schedule.on_change({.instrument = 2, .top = true}, 1'000);
  (void)schedule.on_change(kTop, 1'030);
  (void)schedule.on_change(kTop, 1'040);
  (void)schedule.on_change({.instrument = 2, .top = true}, 1'050);
  EXPECT_EQ(schedule.next_due(), 1'100);
}

// Whatever the spacing of changes: evaluations keep the interval, and the last of them is not
// before the last change.
TEST(ConflatedTrigger, NeverLosesTheLatestState) {
  for (std::int64_t gap = 1; gap <= 2 * kInterval; ++gap) {
    auto schedule = schedule_for(WRIT_TRIGGER_CONFLATED);
    std::int64_t changed = 0;
    std::optional<std::int64_t> evaluated;
    const auto evaluate = [&](std::int64_t now) {
      if (evaluated) {
        EXPECT_GE(now - *evaluated, kInterval) << "gap " << gap;
      }
      evaluated = now;
    };
    for (std::int64_t now = 1'000; now < 2'000; now += gap) {
      while (schedule.next_due() && *schedule.next_due() < now) {
        const auto due = *schedule.next_due();
        ASSERT_TRUE(schedule.take_due(due)) << "gap " << gap;
        evaluate(due);
      }
      changed = now;
      if (schedule.on_change(kTop, now)) evaluate(now);
    }
    while (const auto due = schedule.next_due()) {
      ASSERT_TRUE(schedule.take_due(*due)) << "gap " << gap;
      evaluate(*due);
    }
    ASSERT_TRUE(evaluated);
    EXPECT_GE(*evaluated, changed) << "gap " << gap;
  }
}

TEST(EvaluationSchedule, HasADeferredEvaluationDueOnceLoaded) {
  auto before = schedule_for(WRIT_TRIGGER_CONFLATED);
  (void)before.on_change(kTop, 1'000);
  (void)before.on_change(kTop, 1'050);
  const auto bytes = saved(before);

  auto after = schedule_for(WRIT_TRIGGER_CONFLATED);
  base::ByteReader in{bytes};
  ASSERT_TRUE(after.load(in));
  EXPECT_THAT(take_all_due(after, 1'100), ElementsAre(1));
}

TEST(EvaluationSchedule, KeepsTheIntervalOnceLoaded) {
  auto before = schedule_for(WRIT_TRIGGER_CONFLATED);
  (void)before.on_change(kTop, 1'000);
  const auto bytes = saved(before);

  auto after = schedule_for(WRIT_TRIGGER_CONFLATED);
  base::ByteReader in{bytes};
  ASSERT_TRUE(after.load(in));
  EXPECT_FALSE(after.on_change(kTop, 1'099));
}

TEST(EvaluationSchedule, KeepsItsPeriodOnceLoaded) {
  auto before = schedule_for(WRIT_TRIGGER_TIMER);
  (void)before.on_change(kDepth, 1'037);
  const auto bytes = saved(before);

  auto after = schedule_for(WRIT_TRIGGER_TIMER);
  base::ByteReader in{bytes};
  ASSERT_TRUE(after.load(in));
  EXPECT_EQ(after.next_due(), 1'100);
}

TEST(EvaluationSchedule, SavesTheSameBytesOnceLoaded) {
  auto before = schedule_for(WRIT_TRIGGER_CONFLATED);
  (void)before.on_change(kTop, 1'000);
  (void)before.on_change(kTop, 1'050);
  const auto bytes = saved(before);

  auto after = schedule_for(WRIT_TRIGGER_CONFLATED);
  base::ByteReader in{bytes};
  ASSERT_TRUE(after.load(in));
  EXPECT_EQ(saved(after), bytes);
}

TEST(EvaluationSchedule, LeavesOutSavedInstrumentsItDoesNotName) {
  EvaluationSchedule before(WRIT_TRIGGER_TIMER, kInterval, {1, 2});
  (void)before.on_change({.instrument = 1}, 1'037);
  (void)before.on_change({.instrument = 2}, 1'237);
  const auto bytes = saved(before);

  EvaluationSchedule after(WRIT_TRIGGER_TIMER, kInterval, {2});
  base::ByteReader in{bytes};
  ASSERT_TRUE(after.load(in));
  EXPECT_EQ(after.next_due(), 1'300);
}

TEST(EvaluationSchedule, ReadsOnlyItsOwnBytes) {
  base::ByteWriter out;
  schedule_for(WRIT_TRIGGER_TIMER).save(out);
  out.put(std::uint32_t{42});
  const auto bytes = out.take();

  auto after = schedule_for(WRIT_TRIGGER_TIMER);
  base::ByteReader in{bytes};
  ASSERT_TRUE(after.load(in));
  EXPECT_EQ(in.get<std::uint32_t>(), 42U);
}

TEST(EvaluationSchedule, RefusesBytesThatEndEarly) {
  auto bytes = saved(schedule_for(WRIT_TRIGGER_TIMER));
  bytes.pop_back();
  auto after = schedule_for(WRIT_TRIGGER_TIMER);
  base::ByteReader in{bytes};
  EXPECT_FALSE(after.load(in));
}

TEST(EvaluationScheduleDeathTest, RefusesAPeriodicTriggerWithoutAnInterval) {
  EXPECT_DEATH(EvaluationSchedule(WRIT_TRIGGER_TIMER, 0, {1}), "");
}

}  // namespace
}  // namespace writ::strategy
