// Strategies that want the same: who goes first, who is kept out, who takes over.
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace writ::test {
namespace {

World rivals(std::int64_t duration_ns = 2'000'000'000) {
  World world = small_world(duration_ns);
  world.players = {{"a", "test.once"}, {"b", "test.once"}, {"c", "test.once"}};
  world.core.arbiter.priorities = {{2, 1}, {3, -1}};
  return world;
}

std::vector<Words> records_of(const World& world, FaultyStorage& storage) {
  {
    Life life{world, storage};
    life.go();
  }
  expect_verifies(world, storage, 1);
  return read_run(storage, run_folder(world, 1));
}

TEST(Arbitration, GivesAFreeMarketToTheHighestPriorityOfABatch) {
  const World world = rivals();
  FaultyStorage storage;
  const auto records = records_of(world, storage);
  const auto intents = all<writ_intent>(records);
  const auto verdicts = all<writ_verdict>(records);
  ASSERT_EQ(intents.size(), 3U);
  ASSERT_EQ(verdicts.size(), 3U);
  EXPECT_EQ(intents[0]->instance, 1U) << "submitted in the order of the configuration";
  EXPECT_EQ(verdicts[0]->instance, 2U) << "judged by priority";
  EXPECT_EQ(verdicts[0]->approved, 1);
  EXPECT_EQ(verdicts[1]->instance, 1U);
  EXPECT_EQ(verdicts[2]->instance, 3U);
  for (const auto* late : {verdicts[1], verdicts[2]}) {
    EXPECT_EQ(late->reason, WRIT_REASON_LOWER_PRIORITY);
    EXPECT_EQ(late->detail, WRIT_CHECK_PRIORITY);
    EXPECT_EQ(late->owner, 2U);
  }
}

TEST(Arbitration, JudgesASharedMarketByPriorityAndApprovesAll) {
  World world = rivals();
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  FaultyStorage storage;
  const auto records = records_of(world, storage);
  std::vector<std::uint32_t> approved;
  for (const auto* verdict : all<writ_verdict>(records)) {
    if (verdict->approved != 0) approved.push_back(verdict->instance);
  }
  EXPECT_EQ(approved, (std::vector<std::uint32_t>{2, 1, 3}));
}

TEST(Arbitration, CutInTheMiddleOfABatchIsNotMadeAgain) {
  const World world = rivals();
  FaultyStorage storage;
  const auto whole = records_of(world, storage);
  const auto first = find(whole, 0, [](const auto& r) { return r.type == WRIT_RECORD_INTENT; });
  const auto last = find(whole, first, [](const auto& r) {
    const auto* order = model::as<writ_order>(r);
    return order != nullptr && order->state != WRIT_ORDER_NEW;
  });
  ASSERT_GT(last, first + 5);
  for (std::size_t count = first; count <= last; ++count) {
    SCOPED_TRACE("cut after record " + std::to_string(count));
    auto dead = dead_run(world, whole, count);
    const auto past = open_past(world, *dead);
    ASSERT_TRUE(past.has_value());
    Life life{world, *dead, 2, &*past};
    ASSERT_TRUE(life.run) << to_string(*life.error);
    EXPECT_EQ(life.run->restarted()->unmatched_records, 0U);
    EXPECT_TRUE(life.run->restarted()->differing.empty());
    life.go();
    expect_verifies(world, *dead, 2);
  }
}

}  // namespace
}  // namespace writ::test
