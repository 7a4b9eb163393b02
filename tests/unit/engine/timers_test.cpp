#include "host/engine/timers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

namespace writ::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Due time, instance and id of the timers due at `now`, in the order they fire in.
std::vector<std::tuple<std::int64_t, std::uint32_t, std::uint64_t>> due_at(const Timers& timers,
                                                                           std::int64_t now) {
  std::vector<std::tuple<std::int64_t, std::uint32_t, std::uint64_t>> all;
  for (const auto& due : timers.due(now)) all.emplace_back(due.due_ts, due.instance, due.timer);
  return all;
}

TEST(Timers, HaveNothingDueWhenNoneIsSet) {
  const Timers timers;
  EXPECT_EQ(timers.next_due(), std::nullopt);
  EXPECT_THAT(timers.due(INT64_MAX), IsEmpty());
}

TEST(Timers, AreDueAtTheirTimeAndNotBefore) {
  Timers timers;
  timers.set(1, 7, 100);
  EXPECT_THAT(due_at(timers, 99), IsEmpty());
  EXPECT_THAT(due_at(timers, 100), ElementsAre(std::tuple(100, 1, 7)));
}

TEST(Timers, AreDueInOrderOfTime) {
  Timers timers;
  timers.set(1, 1, 300);
  timers.set(2, 1, 100);
  timers.set(3, 1, 200);
  EXPECT_THAT(due_at(timers, 300),
              ElementsAre(std::tuple(100, 2, 1), std::tuple(200, 3, 1), std::tuple(300, 1, 1)));
}

TEST(Timers, AreDueByInstanceThenIdWhenTheTimeIsTheSame) {
  Timers timers;
  timers.set(2, 1, 100);
  timers.set(1, 9, 100);
  timers.set(1, 4, 100);
  EXPECT_THAT(due_at(timers, 100),
              ElementsAre(std::tuple(100, 1, 4), std::tuple(100, 1, 9), std::tuple(100, 2, 1)));
}

TEST(Timers, TellTheEarliestTime) {
  Timers timers;
  timers.set(1, 1, 300);
  timers.set(2, 1, 100);
  EXPECT_EQ(timers.next_due(), 100);
}

TEST(Timers, StayDueUntilTaken) {
  Timers timers;
  timers.set(1, 1, 100);
  (void)timers.due(100);
  EXPECT_EQ(timers.next_due(), 100);
}

TEST(Timers, MoveWhenSetLater) {
  Timers timers;
  timers.set(1, 1, 100);
  timers.set(1, 1, 200);
  EXPECT_THAT(due_at(timers, 300), ElementsAre(std::tuple(200, 1, 1)));
}

TEST(Timers, MoveWhenSetEarlier) {
  Timers timers;
  timers.set(1, 1, 200);
  timers.set(1, 1, 100);
  EXPECT_THAT(due_at(timers, 300), ElementsAre(std::tuple(100, 1, 1)));
}

TEST(Timers, StayOneWhenSetAgainToTheSameTime) {
  Timers timers;
  timers.set(1, 1, 100);
  timers.set(1, 1, 100);
  EXPECT_THAT(due_at(timers, 100), ElementsAre(std::tuple(100, 1, 1)));
}

TEST(Timers, OfAnotherInstanceDoNotMoveWithTheSameId) {
  Timers timers;
  timers.set(1, 1, 100);
  timers.set(2, 1, 200);
  EXPECT_THAT(due_at(timers, 200), ElementsAre(std::tuple(100, 1, 1), std::tuple(200, 2, 1)));
}

TEST(Timers, AreNotDueOnceCancelled) {
  Timers timers;
  timers.set(1, 1, 100);
  EXPECT_TRUE(timers.cancel(1, 1));
  EXPECT_THAT(timers.due(INT64_MAX), IsEmpty());
}

TEST(Timers, TellWhenThereWasNoneToCancel) {
  Timers timers;
  timers.set(1, 1, 100);
  EXPECT_FALSE(timers.cancel(1, 2));
  EXPECT_FALSE(timers.cancel(2, 1));
}

TEST(Timers, CancelAllOfOneInstanceOnly) {
  Timers timers;
  timers.set(1, UINT64_MAX, 100);
  timers.set(2, 0, 100);
  timers.set(2, UINT64_MAX, 50);
  timers.set(3, 0, 100);
  timers.cancel_all(2);
  EXPECT_THAT(due_at(timers, 100),
              ElementsAre(std::tuple(100, 1, UINT64_MAX), std::tuple(100, 3, 0)));
}

TEST(Timers, AreTakenOnce) {
  Timers timers;
  timers.set(1, 1, 100);
  const auto due = timers.due(100);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_TRUE(timers.take(due[0]));
  EXPECT_FALSE(timers.take(due[0]));
}

TEST(Timers, AreNotTakenOnceCancelledMeanwhile) {
  Timers timers;
  timers.set(1, 1, 100);
  const auto due = timers.due(100);
  ASSERT_EQ(due.size(), 1U);
  timers.cancel(1, 1);
  EXPECT_FALSE(timers.take(due[0]));
}

TEST(Timers, KeepTheirNewTimeWhenMovedMeanwhile) {
  Timers timers;
  timers.set(1, 1, 100);
  const auto due = timers.due(100);
  ASSERT_EQ(due.size(), 1U);
  timers.set(1, 1, 500);
  EXPECT_FALSE(timers.take(due[0]));
  EXPECT_EQ(timers.next_due(), 500);
}

TEST(Timers, NameEachInstanceOnceAscending) {
  Timers timers;
  timers.set(3, 1, 100);
  timers.set(1, 1, 300);
  timers.set(1, 2, 200);
  EXPECT_THAT(timers.instances(), ElementsAre(1, 3));
}

TEST(Timers, AreDueInTheSameOrderOnceLoaded) {
  Timers saved;
  saved.set(2, 1, 100);
  saved.set(1, 5, 200);
  saved.set(1, 4, 100);
  Timers loaded;
  ASSERT_TRUE(loaded.load(saved.save()));
  EXPECT_THAT(due_at(loaded, 200),
              ElementsAre(std::tuple(100, 1, 4), std::tuple(100, 2, 1), std::tuple(200, 1, 5)));
}

TEST(Timers, SaveTheSameBytesWhateverTheOrderTheyWereSetIn) {
  Timers ascending;
  ascending.set(1, 1, 100);
  ascending.set(2, 1, 50);
  Timers descending;
  descending.set(2, 1, 70);
  descending.set(1, 1, 100);
  descending.set(2, 1, 50);
  EXPECT_EQ(ascending.save(), descending.save());
}

TEST(Timers, LoadForgetsThoseSetBefore) {
  Timers timers;
  timers.set(1, 1, 100);
  ASSERT_TRUE(timers.load(Timers{}.save()));
  EXPECT_EQ(timers.next_due(), std::nullopt);
}

TEST(Timers, StayAsTheyWereWhenTheBytesEndEarly) {
  Timers timers;
  timers.set(1, 1, 100);
  auto bytes = timers.save();
  bytes.pop_back();
  timers.set(1, 1, 200);
  const auto loaded = timers.load(bytes);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code(), base::Errc::kCorrupt);
  EXPECT_EQ(timers.next_due(), 200);
}

TEST(Timers, RefuseBytesBehindTheLast) {
  Timers timers;
  auto bytes = timers.save();
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(timers.load(bytes));
}

}  // namespace
}  // namespace writ::engine
