#include "host/arbiter/batch.hpp"

#include "host/base/random.hpp"
#include "host/model/record_view.hpp"
#include "tests/support/scale.hpp"

#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <set>

namespace writ::arbiter {
namespace {

constexpr Market kMarket{1, 10};
constexpr Market kOtherMarket{1, 11};

/// Intents in the order of submission.
struct Batch {
  std::deque<writ_intent> intents;
  std::vector<BatchEntry> entries;

  writ_intent& add(std::uint32_t instance, std::optional<Market> wanted,
                   std::int32_t priority = 0) {
    auto& intent = intents.emplace_back(model::make_record<writ_intent>());
    intent.instance = instance;
    intent.kind = wanted ? WRIT_INTENT_PLACE : WRIT_INTENT_CANCEL;
    entries.push_back({&intent, 100 + entries.size(), wanted, priority});
    return intent;
  }
  writ_intent& leg(std::uint32_t instance, std::uint64_t group, std::uint32_t size,
                   const Market& wanted) {
    auto& intent = add(instance, wanted);
    intent.group_policy = WRIT_GROUP_ALL_OR_NONE;
    intent.group_id = group;
    intent.group_size = size;
    return intent;
  }
  [[nodiscard]] std::vector<std::size_t> order() const {
    std::vector<std::size_t> places;
    for (const auto& together : judging_order(entries)) {
      places.insert(places.end(), together.begin(), together.end());
    }
    return places;
  }
};

void set_value(writ_intent& intent, std::int64_t units, std::int64_t confidence = 0) {
  intent.expected_value = to_abi(Money{Int128{units}});
  intent.confidence = confidence;
}

using Places = std::vector<std::size_t>;

TEST(JudgingOrder, IsThatOfSubmissionWhereNobodyCompetes) {
  Batch batch;
  batch.add(1, kMarket, 0);
  batch.add(2, kOtherMarket, 9);
  batch.add(3, std::nullopt, 99);
  batch.add(4, Market{2, 10}, 9);  // of another account
  EXPECT_EQ(batch.order(), (Places{0, 1, 2, 3}));
}

TEST(JudgingOrder, RanksByPriorityThenValueThenConfidenceThenSubmission) {
  Batch batch;
  set_value(batch.add(1, kMarket, 0), 900, 1'000'000'000);
  set_value(batch.add(2, kMarket, 1), 1, 5);
  set_value(batch.add(3, kMarket, 1), 2, 5);
  set_value(batch.add(4, kMarket, 1), 2, 6);
  set_value(batch.add(5, kMarket, 1), 2, 6);
  EXPECT_EQ(batch.order(), (Places{3, 4, 2, 1, 0}));
}

TEST(JudgingOrder, TakesWhatAStrategySubmittedBeforeAlong) {
  Batch batch;
  batch.add(1, kMarket, 0);
  batch.add(2, std::nullopt, 5);  // its cancel goes before its order
  batch.add(2, kMarket, 5);
  batch.add(2, std::nullopt, 5);
  EXPECT_EQ(batch.order(), (Places{1, 2, 0, 3}));
}

TEST(JudgingOrder, KeepsAStrategysOwnOrderAndGoesByItsBest) {
  Batch batch;
  set_value(batch.add(2, kMarket), 5);
  set_value(batch.add(1, kMarket), 1);
  set_value(batch.add(1, kMarket), 10);
  set_value(batch.add(1, kMarket), 2);
  EXPECT_EQ(batch.order(), (Places{1, 2, 0, 3}));
}

TEST(JudgingOrder, OfStrategiesThatWaitForOneAnotherIsThatOfSubmission) {
  Batch batch;
  set_value(batch.add(1, kMarket), 1);
  set_value(batch.add(2, kOtherMarket), 1);
  set_value(batch.add(1, kOtherMarket), 2);
  set_value(batch.add(2, kMarket), 2);
  auto places = batch.order();
  std::sort(places.begin(), places.end());
  EXPECT_EQ(places, (Places{0, 1, 2, 3}));
  const auto order = batch.order();
  EXPECT_LT(std::find(order.begin(), order.end(), 0), std::find(order.begin(), order.end(), 2));
  EXPECT_LT(std::find(order.begin(), order.end(), 1), std::find(order.begin(), order.end(), 3));
}

TEST(JudgingOrder, BringsTheLegsOfAWholeGroupTogether) {
  Batch batch;
  batch.leg(1, 7, 2, kMarket);
  batch.add(1, std::nullopt);
  batch.leg(1, 8, 2, kMarket);
  batch.leg(2, 7, 2, kOtherMarket);  // of another strategy: another group
  batch.leg(1, 7, 2, kOtherMarket);
  EXPECT_EQ(judging_order(batch.entries), (std::vector<JudgedTogether>{{0, 4}, {1}, {2}, {3}}));
  EXPECT_EQ(legs_in_batch(batch.entries, batch.intents[0]), 2U);
  EXPECT_EQ(legs_in_batch(batch.entries, batch.intents[2]), 1U);
  EXPECT_EQ(legs_in_batch(batch.entries, batch.intents[1]), 0U);
}

TEST(JudgingOrder, LeavesLegsSingleWhereTheyDoNotAgreeOnTheirGroup) {
  Batch batch;
  batch.leg(1, 7, 2, kMarket);
  batch.leg(1, 7, 3, kMarket);
  batch.leg(1, 8, 1, kMarket);
  batch.leg(1, 8, 1, kMarket);  // the same name twice
  EXPECT_EQ(judging_order(batch.entries).size(), 4U);
}

/// Each strategy's own queue, shuffled together anew.
std::vector<BatchEntry> reshuffled(const std::vector<BatchEntry>& entries,
                                   base::RandomStream& random) {
  std::map<std::uint32_t, std::deque<BatchEntry>> queues;
  for (const auto& entry : entries) queues[entry.intent->instance].push_back(entry);
  std::vector<BatchEntry> mixed;
  while (!queues.empty()) {
    auto at = queues.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random.below(queues.size())));
    mixed.push_back(at->second.front());
    mixed.back().id = 100 + mixed.size();
    at->second.pop_front();
    if (at->second.empty()) queues.erase(at);
  }
  return mixed;
}

/// What competes, in the order judged.
std::vector<const writ_intent*> competitors(const std::vector<BatchEntry>& entries) {
  std::vector<const writ_intent*> found;
  for (const auto& together : judging_order(entries)) {
    for (const auto place : together) {
      if (entries[place].wanted) found.push_back(entries[place].intent);
    }
  }
  return found;
}

TEST(JudgingOrder, OfManyRandomBatchesDoesNotDependOnHowStrategiesAreInterleaved) {
  base::RandomStream random(1, "judging order");
  std::size_t reordered = 0;
  for (std::size_t i = 0; i < test::scaled(100'000); ++i) {
    Batch batch;
    const auto count = 1 + random.below(10);
    std::vector<std::int64_t> values(count);  // strictly ranked
    std::iota(values.begin(), values.end(), 1);
    for (std::size_t n = 0; n < count; ++n) {
      std::swap(values[n], values[n + random.below(count - n)]);
      const auto instance = static_cast<std::uint32_t>(1 + random.below(4));
      const auto wanted = random.below(4) == 0 ? std::nullopt : std::optional(kMarket);
      set_value(batch.add(instance, wanted, static_cast<std::int32_t>(instance % 2)), values[n]);
    }
    const auto order = batch.order();
    ASSERT_EQ(std::set<std::size_t>(order.begin(), order.end()).size(), count) << "a permutation";
    std::map<std::uint32_t, std::size_t> last;
    for (const auto place : order) {
      const auto [at, first] = last.try_emplace(batch.intents[place].instance, place);
      ASSERT_TRUE(first || at->second < place) << "a strategy's own order is kept";
      at->second = place;
    }
    const auto ranked = competitors(batch.entries);
    ASSERT_EQ(ranked, competitors(reshuffled(batch.entries, random))) << "batch " << i;
    reordered += std::is_sorted(order.begin(), order.end()) ? 0 : 1;
  }
  EXPECT_GT(reordered, test::scaled(100'000) / 4);
}

}  // namespace
}  // namespace writ::arbiter
