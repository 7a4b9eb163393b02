// Money safety under random fire: no seed may break a rule, and a checker that misses a breach is
// no checker.
#include "host/base/random.hpp"
#include "tests/sim/host_setup.hpp"
#include "tests/sim/simulation.hpp"
#include "tests/support/scale.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <vector>

namespace writ::test {
namespace {

SimulationOptions options_of(std::uint64_t seed, std::uint64_t intents) {
  SimulationOptions options;
  options.seed = seed;
  options.intents = intents;
  options.checked = rules_of_host();
  return options;
}

void tell(const FaultCounts& faults) {
  std::cout << "  faults: rejected " << faults.rejected << ", commands lost " << faults.command_lost
            << ", timed out " << faults.timed_out << ", dropped " << faults.dropped
            << ", answers lost " << faults.answer_lost << ", twice " << faults.duplicate
            << ", late " << faults.late << ", look-ups " << faults.lookups << std::endl;
}

void expect_every_limit_bit(const Tally& tally) {
  const RuleBook rules = rules_of_host();
  for (const std::uint32_t check :
       {WRIT_CHECK_CASH, WRIT_CHECK_POSITION, WRIT_CHECK_EXPOSURE, WRIT_CHECK_WORST_CASE,
        WRIT_CHECK_DAILY_LOSS, WRIT_CHECK_STRATEGY_BUDGET, WRIT_CHECK_PRICE_BAND,
        WRIT_CHECK_ORDER_RATE, WRIT_CHECK_ORDER_TO_TRADE, WRIT_CHECK_OPEN_ORDERS,
        WRIT_CHECK_DUPLICATE, WRIT_CHECK_CIRCUIT_BREAK, WRIT_CHECK_DRAWDOWN, WRIT_CHECK_KILL,
        WRIT_CHECK_PAUSE, WRIT_CHECK_OWNERSHIP, WRIT_CHECK_SELF_CROSS, WRIT_CHECK_GROUP}) {
    EXPECT_TRUE(tally.vetoes.contains(check)) << "check " << check << " refused nothing";
  }
  const auto bit = [&](std::uint32_t check, Int128 limit) {
    return tally.limits.contains({check, limit});
  };
  EXPECT_TRUE(bit(WRIT_CHECK_EXPOSURE, rules.instrument_exposure_max)) << "instrument";
  EXPECT_TRUE(bit(WRIT_CHECK_EXPOSURE, rules.market_exposure_max)) << "market";
  EXPECT_TRUE(bit(WRIT_CHECK_EXPOSURE, rules.venue_exposure_max)) << "venue";
  EXPECT_TRUE(bit(WRIT_CHECK_EXPOSURE, rules.account_exposure_max)) << "account";
  EXPECT_TRUE(bit(WRIT_CHECK_EXPOSURE, rules.strategy_exposure_max)) << "strategy";
  EXPECT_TRUE(bit(WRIT_CHECK_WORST_CASE, rules.market_worst_case_max)) << "market";
  EXPECT_TRUE(bit(WRIT_CHECK_WORST_CASE, rules.account_worst_case_max)) << "account";
}

/// One of them, to see it again: WRIT_SEED.
std::vector<std::uint64_t> seeds() {
  if (const char* one = std::getenv("WRIT_SEED")) return {std::strtoull(one, nullptr, 10)};
  return {1, 2, 3, 4, 5};
}

// A run ends at the first input after which a property does not hold: that, named in the failure,
// is the smallest step that shows it.
TEST(MoneySafety, NoRuleIsBrokenUnderRandomFire) {
  const auto all = seeds();
  const auto intents = scaled(200'000);
  Tally tally;
  GroupTally groups;
  for (const std::uint64_t seed : all) {
    Simulation simulation{options_of(seed, intents)};
    simulation.go();
    std::cout << "seed " << seed << ": " << simulation.tally() << simulation.groups() << "\n";
    tell(simulation.faults());
    ASSERT_EQ(simulation.failure(), "") << "again with WRIT_SEED=" << seed;
    tally.add(simulation.tally());
    groups.add(simulation.groups());
  }
  if (all.size() == 1 || scaled(1'000) < 1'000) return;  // too little to have seen everything
  EXPECT_GE(tally.intents, 1'000'000U);
  EXPECT_GT(tally.fills, tally.intents / 200);
  EXPECT_GT(tally.exits, tally.intents / 50);
  EXPECT_GT(tally.repeated_fills, 0U);
  EXPECT_EQ(tally.order_states.size(), std::size_t{WRIT_ORDER_FAILED});  // every state there is
  EXPECT_EQ(tally.instruments.size(), std::size_t{WRIT_KIND_RUNNER});    // every kind of payoff
  for (const auto input : {WRIT_RECORD_SETTLEMENT, WRIT_RECORD_REDUCTION, WRIT_RECORD_FUNDING,
                           WRIT_RECORD_TOKENS, WRIT_RECORD_INTENT_INPUT}) {
    EXPECT_TRUE(tally.inputs.contains(input)) << "no record of type " << input;
  }
  EXPECT_GT(groups.whole, 0U);
  EXPECT_GT(groups.refused_leg, 0U);
  EXPECT_GT(groups.partial_leg, 0U);
  EXPECT_GT(groups.late_leg, 0U);
  EXPECT_GT(groups.closed, 0U);
  expect_every_limit_bit(tally);
}

// The second life is judged by what the first one left: every property holds over both.
TEST(MoneySafety, NoRuleIsBrokenOverADeathOfTheHost) {
  constexpr std::uint64_t kSeeds = 20;
  Tally tally;
  GroupTally groups;
  for (std::uint64_t seed = 61; seed < 61 + kSeeds; ++seed) {
    base::RandomStream random{seed, "test.deaths"};
    auto options = options_of(seed, scaled(20'000));
    options.checkpoints = true;
    options.dies_after = 1'500 + random.below(2 * options.intents);
    Simulation simulation{options};
    simulation.go();
    ASSERT_EQ(simulation.failure(), "") << "seed " << seed << ", dead after " << options.dies_after;
    EXPECT_EQ(simulation.life(), 2U) << "seed " << seed << " ended before";
    tally.add(simulation.tally());
    groups.add(simulation.groups());
  }
  std::cout << kSeeds << " deaths: " << tally << groups << "\n";
}

TEST(MoneySafety, SameSeedGivesSameRecords) {
  const auto run = [](std::uint64_t seed) {
    Simulation simulation{options_of(seed, scaled(50'000))};
    simulation.go();
    EXPECT_EQ(simulation.failure(), "");
    return simulation.digest();
  };
  const auto first = run(11);
  EXPECT_EQ(run(11), first);
  EXPECT_NE(run(12), first);
}

TEST(MoneySafety, MarketDataPassByNothingThatIsDue) {
  auto options = options_of(31, scaled(50'000));
  Simulation passing{options};
  passing.go();
  options.attentive = true;
  Simulation attentive{options};
  attentive.go();
  EXPECT_EQ(attentive.failure(), "");
  EXPECT_EQ(attentive.digest(), passing.digest());
}

TEST(MoneySafety, RestartedCoreGoesOnIdentically) {
  auto options = options_of(21, scaled(50'000));
  Simulation whole{options};
  whole.go();
  options.restart_every = 997;
  Simulation restarted{options};
  restarted.go();
  EXPECT_EQ(restarted.failure(), "");
  EXPECT_GT(restarted.restarts(), 0U);
  EXPECT_EQ(restarted.digest(), whole.digest());
}

}  // namespace
}  // namespace writ::test
