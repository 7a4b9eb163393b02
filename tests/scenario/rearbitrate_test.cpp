// A run on record judged under another rule book: the same rules give the same verdicts, and what
// other rules change is told with what it comes to.
#include "host/engine/rearbitration.hpp"
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace writ::test {
namespace {

World company(std::uint64_t seed, std::int64_t seconds = 20) {
  feed::SimulatedOptions options;
  options.seed = seed;
  options.burst = 5'000;
  options.sweep = 20'000;
  options.gap = 2'000;
  options.one_sided = 2'000;
  World world;
  world.script = simulate(options, seconds * 1'000'000'000);
  world.players = {{"flow", "test.flow"},
                   {"churn", "test.churn", {}, {{1, "flow", 1}}},
                   {"other", "test.churn", {{"pace", "3"}, {"size", "0.002"}}, {{1, "flow", 2}}}};
  world.core.portfolio_period_ns = 2'000'000'000;
  world.core.arbiter.ownership = arbiter::Ownership::kShared;
  return world;
}

struct Judged {
  engine::Rearbitrated result;
  std::vector<std::pair<std::uint64_t, std::uint16_t>> otherwise;  // intent, reason now
};

Judged judge_again(const World& world, journal::Storage& storage, std::uint32_t run_number,
                   const arbiter::ArbiterOptions& rules) {
  Judged judged;
  engine::RearbitrationSetup setup;
  setup.core = world.core;
  setup.core.arbiter = rules;
  setup.rejudged = [&](const engine::Rejudgement& rejudged, const model::InstrumentTable&) {
    if (!rejudged.decides_otherwise()) return;
    judged.otherwise.emplace_back(rejudged.intent_id, rejudged.other.reason);
  };
  venue::paper::PaperVenues venue{world.paper};
  auto result = engine::rearbitrate_run(storage, run_folder(world, run_number), setup, venue);
  EXPECT_TRUE(result.has_value()) << (result ? "" : to_string(result.error()));
  if (result) judged.result = *result;
  return judged;
}

void expect_reproduced(const engine::Rearbitrated& result) {
  EXPECT_GT(result.intents, 0U);
  EXPECT_EQ(result.identical, result.intents);
  EXPECT_EQ(result.otherwise, 0U);
  EXPECT_EQ(result.not_made, 0U);
  EXPECT_EQ(result.recorded.approved, result.other.approved);
  EXPECT_EQ(result.recorded.vetoed, result.other.vetoed);
  EXPECT_EQ(result.recorded.fills, result.other.fills);
  EXPECT_EQ(result.recorded.results, result.other.results);
  EXPECT_EQ(result.recorded.equity, result.other.equity);
}

TEST(Rearbitration, UnderTheSameRulesReproducesEveryVerdict) {
  for (std::uint64_t seed = 1; seed <= scaled(8); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world = company(seed);
    if (seed % 2 == 0) world.core.arbiter.ownership = arbiter::Ownership::kExclusive;
    if (seed % 3 == 0) world.core.arbiter.defaults.order_rate_max = 3;
    FaultyStorage storage;
    Life life{world, storage};
    EXPECT_EQ(life.go(), WRIT_STOP_END_OF_DATA);
    EXPECT_GT(life.run->summary().fills, 0U);
    expect_reproduced(judge_again(world, storage, 1, world.core.arbiter).result);
  }
}

TEST(Rearbitration, OfARunThatContinuesAnotherReproducesItsVerdicts) {
  const World world = company(3);
  FaultyStorage storage;
  Life first{world, storage};
  first.operators.at(400, [](engine::Run& run) { run.stop(WRIT_STOP_OPERATOR); });
  EXPECT_EQ(first.go(), WRIT_STOP_OPERATOR);
  const auto past = open_past(world, storage);
  ASSERT_TRUE(past.has_value());
  Life second{world, storage, 2, &*past};
  EXPECT_EQ(second.go(), WRIT_STOP_END_OF_DATA);
  expect_reproduced(judge_again(world, storage, 2, world.core.arbiter).result);
}

TEST(Rearbitration, UnderTighterRulesNamesEachChangedVerdict) {
  const World world = company(5);
  FaultyStorage storage;
  Life life{world, storage};
  life.go();
  auto tighter = world.core.arbiter;
  tighter.defaults.order_rate_max = 1;
  tighter.defaults.order_rate_window_ns = 3'000'000'000;
  const auto judged = judge_again(world, storage, 1, tighter);
  EXPECT_GT(judged.result.otherwise, 0U);
  EXPECT_EQ(judged.result.otherwise, judged.otherwise.size());
  EXPECT_GT(judged.result.other.vetoed, judged.result.recorded.vetoed);
  EXPECT_LT(judged.result.other.approved, judged.result.recorded.approved);
  EXPECT_LT(judged.result.other.fills, judged.result.recorded.fills);
  EXPECT_NE(judged.result.other.equity, judged.result.recorded.equity);
}

TEST(Rearbitration, UnderRulesThatAllowNothingLeavesTheMoneyAsItWas) {
  const World world = company(7);
  FaultyStorage storage;
  Life life{world, storage};
  life.go();
  auto none = world.core.arbiter;
  none.defaults.order_rate_max = 0;
  const auto judged = judge_again(world, storage, 1, none);
  for (const auto& [whose, amount] : judged.result.other.results) {
    EXPECT_TRUE(whose.instance == 0 || amount == Money{}) << "instance " << whose.instance;
  }
  EXPECT_GT(judged.result.recorded.fills, 0U);
  EXPECT_EQ(judged.result.other.fills, 0U);
}

TEST(Rearbitration, KeepsWhatNoRuleBookHasASayIn) {
  World world = company(9, 60);
  world.players.push_back({"bad", "test.faulty"});
  world.core.plugin_error_limit = 3;
  FaultyStorage storage;
  Life life{world, storage};
  life.go();
  const auto records = read_run(storage, run_folder(world, 1));
  const auto verdicts = all<writ_verdict>(records);
  ASSERT_TRUE(std::any_of(verdicts.begin(), verdicts.end(),
                          [](const auto* v) { return v->reason == WRIT_REASON_PLUGIN_ERROR; }));
  expect_reproduced(judge_again(world, storage, 1, world.core.arbiter).result);
}

}  // namespace
}  // namespace writ::test
