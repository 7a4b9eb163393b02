// Limits near enough to bite, on a busy market: what is cut, that nothing goes past them, and that
// it is the same again.
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <writ/decimal.hpp>
#include <writ/ids.hpp>

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

namespace writ::test {
namespace {

Money money(std::string_view text) { return parse_money(text).value; }

World limited() {
  World world = small_world(20'000'000'000);
  world.players = {{"a", "test.churn"}, {"b", "test.churn"}};
  auto& arbiter = world.core.arbiter;
  arbiter.ownership = arbiter::Ownership::kShared;
  auto& limits = arbiter.defaults;
  limits.strategy_exposure_max = money("250");
  limits.strategy_budget = money("300");
  limits.account_worst_case_max = money("1100000");
  limits.duplicate_window_ns = 1'000'000;
  limits.order_to_trade_max = Rate{5'000'000'000};
  limits.order_to_trade_grace = 50;
  limits.daily_loss_max = money("100000");
  arbiter.circuit_break = arbiter::CircuitBreakRule{Rate{2'000'000}, 1'000'000'000, 500'000'000};
  return world;
}

TEST(Limits, CutWhatIsAskedAndAreTheSameAgain) {
  const World world = limited();
  FaultyStorage storage;
  const auto records = records_of(world, storage);
  std::map<std::uint64_t, const writ_intent*> intents;
  for (const auto* intent : all<writ_intent>(records)) {
    intents[record_id<IntentId>(RunNumber{1}, Seq{intent->header.seq}).raw()] = intent;
  }
  std::map<std::uint64_t, const writ_verdict*> cut;  // of PLACE, by intent
  std::set<std::uint16_t> cut_by;
  for (const auto* verdict : all<writ_verdict>(records)) {
    if (verdict->approved == 0 || verdict->detail == WRIT_CHECK_NONE) continue;
    const auto* intent = intents.at(verdict->intent_id);
    cut_by.insert(verdict->detail);
    if (intent->kind != WRIT_INTENT_PLACE) continue;
    EXPECT_LT(verdict->quantity, intent->quantity);
    cut[verdict->intent_id] = verdict;
  }
  EXPECT_TRUE(cut_by.contains(WRIT_CHECK_EXPOSURE));
  EXPECT_TRUE(cut_by.contains(WRIT_CHECK_STRATEGY_BUDGET));
  std::set<std::uint64_t> sent;
  for (const auto* order : all<writ_order>(records)) {
    const auto verdict = cut.find(order->intent_id);
    if (order->command != WRIT_COMMAND_SEND || verdict == cut.end()) continue;
    EXPECT_EQ(order->quantity, verdict->second->quantity);
    sent.insert(order->intent_id);
  }
  EXPECT_EQ(sent.size(), cut.size());
}

TEST(Limits, GoOnWhereTheyWereAfterARestart) {
  const World world = limited();
  FaultyStorage storage;
  const auto whole = records_of(world, storage);
  for (const std::size_t part : {3, 5, 8}) {
    const std::size_t count = whole.size() * part / 10;
    SCOPED_TRACE("cut after record " + std::to_string(count));
    auto dead = dead_run(world, whole, count);
    const auto past = open_past(world, *dead);
    ASSERT_TRUE(past.has_value());
    {
      Life life{world, *dead, 2, &*past};
      ASSERT_TRUE(life.run) << to_string(*life.error);
      EXPECT_EQ(life.run->restarted()->unmatched_records, 0U);
      EXPECT_TRUE(life.run->restarted()->differing.empty());
      life.go();
    }
    expect_verifies(world, *dead, 2);
  }
}

}  // namespace
}  // namespace writ::test
