// A host lives at the simulated venue: what it has on record is what happened there.
#include "tests/sim/binance/live_simulation.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <set>
#include <string>
#include <vector>

namespace writ::test {
namespace {

using venue_sim::Market;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kHour = 3'600 * kSecond;
/// So long after the last fault everything is known again: what had no answer is looked up, and a
/// connection that froze has been given up.
constexpr std::int64_t kSettled = 180 * kSecond;

std::string name_of(Market market) { return market == Market::kSpot ? "spot" : "usdm"; }

LiveWorld trading_world(Market market, std::uint64_t seed = 1) {
  LiveWorld setup;
  setup.market = market;
  setup.seed = seed;
  constexpr std::uint32_t kSignal = 1;
  constexpr std::uint32_t kFlow = 3;
  setup.players = {{"flow", "writ.order_flow"},
                   {"maker", "writ.market_maker", {{"order_notional", "300"}}},
                   {"follower",
                    "writ.directional",
                    {{"order_notional", "500"}, {"threshold", "0.3"}, {"hold", "20s"}},
                    {{kSignal, "flow", kFlow}}},
                   {"churn", "test.churn", {{"size", "0.01"}}}};
  return setup;
}

/// Without faults, a host that begins now finds the venue as its books say, to the last unit.
void expect_agrees(LiveSimulation& simulation) {
  const auto records = simulation.records();
  simulation.end_faults();
  EXPECT_EQ(simulation.live(kSettled), std::uint32_t{WRIT_STOP_OPERATOR}) << simulation.trouble();
  const auto after = simulation.records();
  EXPECT_GT(incidents(after, WRIT_INCIDENT_RESTART_RECONCILED).size(),
            incidents(records, WRIT_INCIDENT_RESTART_RECONCILED).size());
  EXPECT_EQ(differences(after, simulation.world(), simulation.venue()), std::vector<std::string>{});
  EXPECT_EQ(all<writ_adjustment>(after).size(), all<writ_adjustment>(records).size())
      << "something had to be put right";
}

class LiveHost : public ::testing::TestWithParam<Market> {};

INSTANTIATE_TEST_SUITE_P(Markets, LiveHost, ::testing::Values(Market::kSpot, Market::kUsdm),
                         [](const auto& market) { return name_of(market.param); });

TEST_P(LiveHost, AgreesWithTheVenueToTheLastUnitAfterTenHours) {
  auto setup = trading_world(GetParam());
  if (const auto data = data_folder()) {
    const auto folder = *data / "binance_feed" / "hftbacktest";
    setup.recordings = {
        (folder / (name_of(GetParam()) == "spot" ? "spot_btcusdt_20230405.jsonl.gz"
                                                 : "usdm_btcusdt_20230404.jsonl.gz"))
            .string()};
  }
  LiveSimulation simulation(setup);
  const std::int64_t length = static_cast<std::int64_t>(scaled(10'000)) * kHour / 1'000;
  EXPECT_EQ(simulation.live(length), std::uint32_t{WRIT_STOP_OPERATOR}) << simulation.trouble();
  simulation.expect_last_life_verifies();
  const auto records = simulation.records();
  EXPECT_EQ(differences(records, simulation.world(), simulation.venue()),
            std::vector<std::string>{});
  EXPECT_GT(all<writ_fill>(records).size(), 10U);
  expect_agrees(simulation);
  std::cout << name_of(GetParam()) << ": " << length / kSecond << " s, "
            << all<writ_intent>(records).size() << " intents, " << all<writ_fill>(records).size()
            << " fills\n";
}

TEST_P(LiveHost, BooksFeesInACoinOfTheirOwn) {
  auto setup = trading_world(GetParam());
  setup.fees_in_bnb = true;
  LiveSimulation simulation(setup);
  EXPECT_EQ(simulation.live(600 * kSecond), std::uint32_t{WRIT_STOP_OPERATOR})
      << simulation.trouble();
  expect_agrees(simulation);
}

struct ScriptedFault {
  const char* json;
  std::uint16_t incident;  ///< that it leaves; 0: it is no trouble by itself
};

/// Each as one of them and in mixes; `%` stands for a time in ms.
constexpr std::array kFaults = {
    ScriptedFault{R"({"fault":"gap","target":"depth","count":3,"at_ms":%})",
                  WRIT_INCIDENT_DATA_GAP},
    ScriptedFault{R"({"fault":"gap","target":"rade","count":3,"at_ms":%})", WRIT_INCIDENT_DATA_GAP},
    ScriptedFault{R"({"fault":"duplicate","count":50,"at_ms":%})", 0},
    ScriptedFault{R"({"fault":"reorder","count":20,"at_ms":%})", 0},
    ScriptedFault{R"({"fault":"stale","for_ms":8000,"at_ms":%})", 0},
    ScriptedFault{R"({"fault":"accept_then_timeout","target":"order","count":3,"at_ms":%})",
                  WRIT_INCIDENT_ORDER_UNKNOWN},
    ScriptedFault{R"({"fault":"accept_then_silence","target":"order","count":3,"at_ms":%})",
                  WRIT_INCIDENT_ORDER_UNKNOWN},
    ScriptedFault{R"({"fault":"server_error","target":"order","count":3,"at_ms":%})",
                  WRIT_INCIDENT_ORDER_UNKNOWN},
    ScriptedFault{R"({"fault":"rate_limit","for_ms":3000,"at_ms":%})", WRIT_INCIDENT_VENUE_WARNING},
    ScriptedFault{R"({"fault":"drop","at_ms":%})", WRIT_INCIDENT_VENUE_LOST},
    ScriptedFault{R"({"fault":"half_open","at_ms":%})", WRIT_INCIDENT_VENUE_LOST},
    ScriptedFault{R"({"fault":"cut_24h","at_ms":%})", WRIT_INCIDENT_VENUE_LOST},
    ScriptedFault{R"({"fault":"server_shutdown","at_ms":%})", WRIT_INCIDENT_VENUE_LOST},
    ScriptedFault{R"({"fault":"listen_key_expiry","at_ms":%})", 0},
};

std::string at(const ScriptedFault& fault, std::int64_t ms) {
  std::string json = fault.json;
  return json.replace(json.find('%'), 1, std::to_string(ms));
}

TEST_P(LiveHost, OutlivesEachFaultAloneAndNamesIt) {
  for (const auto& fault : kFaults) {
    SCOPED_TRACE(fault.json);
    LiveSimulation simulation(trading_world(GetParam()));
    simulation.suffer(at(fault, 40'000));
    EXPECT_EQ(simulation.live(100 * kSecond + kSettled), std::uint32_t{WRIT_STOP_OPERATOR})
        << simulation.trouble();
    if (fault.incident != 0) {
      const auto records = simulation.records();
      EXPECT_FALSE(incidents(records, fault.incident).empty());
    }
    simulation.expect_last_life_verifies();
    expect_agrees(simulation);
  }
}

TEST_P(LiveHost, OutlivesMixesOfFaults) {
  const std::size_t runs = scaled(500) / 2;
  std::size_t fills = 0;
  std::size_t stopped = 0;
  for (std::size_t run = 1; run <= runs; ++run) {
    SCOPED_TRACE("seed " + std::to_string(run));
    base::RandomStream random{run, "live_faults"};
    auto setup = trading_world(GetParam(), run);
    const bool spot = GetParam() == Market::kSpot;
    const Quantity begin{spot ? 10'000'000'000 : 0};
    setup.position_max = begin + Quantity{40'000'000};
    setup.network.requests_lost = static_cast<std::uint32_t>(random.below(10'000));
    setup.network.answers_lost = static_cast<std::uint32_t>(random.below(10'000));
    LiveSimulation simulation(setup);
    for (std::size_t i = 2 + random.below(4); i > 0; --i) {
      simulation.suffer(at(kFaults[random.below(kFaults.size())],
                           10'000 + static_cast<std::int64_t>(random.below(50'000))));
    }
    EXPECT_EQ(simulation.live(60 * kSecond + kSettled), std::uint32_t{WRIT_STOP_OPERATOR})
        << simulation.trouble();
    simulation.expect_last_life_verifies();
    expect_agrees(simulation);
    EXPECT_LE(largest_position(simulation.venue(), "BTCUSDT", begin), *setup.position_max);
    const auto records = simulation.records();
    fills += all<writ_fill>(records).size();
    for (const auto* one : all<writ_verdict>(records)) {
      stopped += one->detail == WRIT_CHECK_POSITION ? 1 : 0;
    }
    if (HasFailure()) break;
  }
  std::cout << name_of(GetParam()) << ": " << runs << " mixes of faults, " << fills << " fills, "
            << stopped << " intents beyond the position's limit\n";
  EXPECT_GT(stopped, 0U);
}

TEST_P(LiveHost, IsKilledAtAnyMomentAndLosesNothing) {
  const std::size_t kills = scaled(100) / 2;
  LiveSimulation simulation(trading_world(GetParam(), 7));
  base::RandomStream random{7, "live_kills"};
  for (std::size_t kill = 1; kill <= kills; ++kill) {
    SCOPED_TRACE("kill " + std::to_string(kill));
    const auto length = 2 * kSecond + static_cast<std::int64_t>(random.below(20 * kSecond));
    simulation.live(length, LiveSimulation::End::kDeath);
    ASSERT_EQ(simulation.trouble(), "");
    simulation.pass(static_cast<std::int64_t>(random.below(3 * kSecond)));
  }
  expect_agrees(simulation);
  const auto records = simulation.records();
  std::cout << name_of(GetParam()) << ": " << kills << " kills, " << all<writ_fill>(records).size()
            << " fills\n";
}

TEST(DeadHost, LeavesItsOrdersToTheDeadMansSwitch) {
  LiveSimulation simulation(trading_world(Market::kUsdm, 3));
  simulation.live(60 * kSecond, LiveSimulation::End::kDeath);
  EXPECT_FALSE(simulation.venue().exchange().open_orders(1, "").empty());
  simulation.pass(130 * kSecond);
  EXPECT_TRUE(simulation.venue().exchange().open_orders(1, "").empty());
  expect_agrees(simulation);
}

}  // namespace
}  // namespace writ::test
