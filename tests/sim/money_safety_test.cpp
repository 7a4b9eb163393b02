// Money safety under random fire: no seed may break a rule, and a checker that misses a breach is
// no checker.
#include "tests/sim/simulation.hpp"
#include "tests/support/scale.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <set>
#include <string>

namespace writ::test {
namespace {

SimulationOptions options_of(std::uint64_t seed, std::uint64_t intents) {
  SimulationOptions options;
  options.seed = seed;
  options.intents = intents;
  options.checked = limits_of_host();
  return options;
}

void tell(const Simulation& simulation, std::uint64_t seed) {
  const Seen& seen = simulation.seen();
  std::cout << "seed " << seed << ": " << seen.events << " events, " << seen.intents << " intents ("
            << seen.by_host << " by the host), " << seen.approved << " approved, " << seen.reducing
            << " exits, " << seen.orders << " orders, " << seen.fills << " fills ("
            << seen.repeated_fills << " repeated), " << seen.portfolios << " portfolios, "
            << seen.kills << " kills, " << seen.halts << " halts\n  vetoes";
  for (const auto& [check, count] : seen.vetoes) std::cout << " " << check << ":" << count;
  std::cout << "\n  orders";
  for (const auto& [state, count] : seen.order_states) std::cout << " " << state << ":" << count;
  const auto& faults = simulation.faults();
  std::cout << "\n  faults: rejected " << faults.rejected << ", commands lost "
            << faults.command_lost << ", timed out " << faults.timed_out << ", dropped "
            << faults.dropped << ", answers lost " << faults.answer_lost << ", twice "
            << faults.duplicate << ", late " << faults.late << ", look-ups " << faults.lookups
            << std::endl;
}

TEST(MoneySafety, NoRuleIsBrokenUnderRandomFire) {
  constexpr std::uint64_t kSeeds = 5;
  const auto intents = scaled(1'000'000) / kSeeds;
  std::uint64_t kills = 0;
  std::uint64_t fills = 0;
  std::uint64_t exits = 0;
  std::uint64_t repeated = 0;
  std::set<std::uint32_t> states;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Simulation simulation{options_of(seed, intents)};
    simulation.go();
    tell(simulation, seed);
    ASSERT_EQ(simulation.failure(), "") << "seed " << seed;
    const Seen& seen = simulation.seen();
    kills += seen.kills;
    fills += seen.fills;
    exits += seen.reducing;
    repeated += seen.repeated_fills;
    for (const auto& [state, count] : seen.order_states) states.insert(state);
  }
  EXPECT_GT(fills, kSeeds * intents / 200);
  EXPECT_GT(exits, kSeeds * intents / 50);
  EXPECT_GT(kills, 0U);
  EXPECT_GT(repeated, 0U);
  EXPECT_EQ(states.size(), std::size_t{WRIT_ORDER_FAILED});  // every state there is
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

// The checker must see what it is there for: held to less than the host is, it finds the host out.
TEST(MoneyChecker, SeesPositionOneLotBeyondLimit) {
  auto options = options_of(31, 100'000);
  for (auto& [instrument, limit] : options.checked.position_max) limit -= 1'000'000;
  Simulation simulation{options};
  simulation.go();
  EXPECT_NE(simulation.failure().find("may come to"), std::string::npos) << simulation.failure();
}

TEST(MoneyChecker, SeesOneOpenOrderTooMany) {
  auto options = options_of(31, 100'000);
  --options.checked.open_orders_max;
  Simulation simulation{options};
  simulation.go();
  EXPECT_NE(simulation.failure().find("is open"), std::string::npos) << simulation.failure();
}

TEST(MoneyChecker, SeesOneOrderTooManyInWindow) {
  auto options = options_of(31, 100'000);
  --options.checked.order_rate_max;
  Simulation simulation{options};
  simulation.go();
  EXPECT_NE(simulation.failure().find("in the window"), std::string::npos) << simulation.failure();
}

}  // namespace
}  // namespace writ::test
