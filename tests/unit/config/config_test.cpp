#include "tests/unit/config/config_text.hpp"

#include <writ/decimal.hpp>

#include <gtest/gtest.h>

namespace writ::config {
namespace {

TEST(Config, FillsInWhatWasLeftOut) {
  const Config config = load_text(kLeast).config;
  EXPECT_EQ(config.mode, Mode::kPaper);
  EXPECT_FALSE(config.seed.has_value());
  EXPECT_EQ(config.journal.dir, "/etc/writ/journal");
  EXPECT_EQ(config.journal.segment_bytes, std::size_t{64} << 20U);
  EXPECT_EQ(config.journal.promise, Promise::kDurable);
  EXPECT_EQ(config.journal.snapshot_policy, SnapshotPolicy::kEvaluated);
  EXPECT_EQ(config.journal.checkpoint_ns, 60'000'000'000);
  EXPECT_EQ(config.storage.url, "");
  EXPECT_EQ(config.market.stale_ns, 5'000'000'000);
  EXPECT_FALSE(config.risk.limits.position_max.has_value());
  EXPECT_EQ(config.ownership.by_default, Ownership::kExclusive);
}

TEST(Config, BacktestHasDefaultsOfItsOwn) {
  const Config config = load_text("mode: backtest\n" + kLeast.substr(kLeast.find('\n') + 1)).config;
  EXPECT_EQ(config.journal.promise, Promise::kAppended);
  EXPECT_EQ(config.journal.snapshot_policy, SnapshotPolicy::kIntent);
}

TEST(Config, ReadsAmountsExactly) {
  const Config config = load_text(kLeast +
                                  "risk:\n"
                                  "  position_max: \"0.123456789\"\n"
                                  "  price_band: \"0.05\"\n"
                                  "  accounts:\n"
                                  "    main: {open_orders_max: 7}\n"
                                  "paper: {order_latency: 1.5ms}\n")
                            .config;
  EXPECT_EQ(config.accounts.at(0).initial.at("USDT"), parse_money("10000").value);
  EXPECT_EQ(config.risk.limits.position_max->raw, 123'456'789);
  EXPECT_EQ(config.risk.limits.price_band->raw, 50'000'000);
  EXPECT_EQ(config.risk.accounts.at("main").limits.open_orders_max, 7U);
  EXPECT_EQ(config.paper.order_latency_ns, 1'500'000);
}

TEST(Config, ReadsLimitsWhereTheyMayBeSet) {
  const Config config =
      load_text(kLeast +
                "risk:\n"
                "  daily_loss_max: \"500\"\n"
                "  circuit_break_move: \"0.05\"\n"
                "  venues: {sim: {venue_exposure_max: \"9000\"}}\n"
                "  markets: {sim/BTCUSDT: {market_worst_case_max: \"300\"}}\n"
                "  strategies:\n"
                "    mm: {strategy_budget: \"2000\", order_to_trade_max: \"20\"}\n"
                "  accounts: {main: {drawdown_multiplier_dd10: \"0.4\"}}\n")
          .config;
  const RiskConfig& risk = config.risk;
  EXPECT_EQ(risk.limits.daily_loss_max, parse_money("500").value);
  EXPECT_EQ(risk.limits.circuit_break_move->raw, 50'000'000);
  EXPECT_EQ(risk.limits.circuit_break_window_ns, 10'000'000'000);
  EXPECT_EQ(risk.limits.circuit_break_pause_ns, 60'000'000'000);
  EXPECT_EQ(risk.venues.at("sim").venue_exposure_max, parse_money("9000").value);
  EXPECT_EQ(risk.markets.at("sim/BTCUSDT").market_worst_case_max, parse_money("300").value);
  const LimitsConfig& strategy = risk.strategies.at("mm");
  EXPECT_EQ(strategy.strategy_budget, parse_money("2000").value);
  EXPECT_EQ(strategy.order_to_trade_max->raw, 20'000'000'000);
  EXPECT_EQ(strategy.order_to_trade_window_ns, 60'000'000'000);
  EXPECT_EQ(risk.accounts.at("main").limits.drawdown_multiplier_dd10->raw, 400'000'000);
}

TEST(Config, ReadsInstancesInTheirOrder) {
  const Config config =
      load_text(kLeast +
                "    signals: {flow: flow.cvd}\n"
                "    capabilities: [trade]\n"
                "signals:\n"
                "  - {name: flow, plugin: writ.order_flow, instruments: [\"*\"]}\n")
          .config;
  ASSERT_EQ(config.instances.size(), 2U);
  EXPECT_EQ(config.instances[0].name, "flow");
  EXPECT_FALSE(config.instances[0].strategy);
  EXPECT_EQ(config.instances[0].instruments, std::vector<std::string>{"*"});
  EXPECT_FALSE(config.instances[0].capabilities.has_value());
  const InstanceConfig& mm = config.instances[1];
  EXPECT_EQ(mm.path, "strategies[0]");
  ASSERT_EQ(mm.inputs.size(), 1U);
  EXPECT_EQ(mm.inputs[0].publisher, "flow");
  EXPECT_EQ(mm.inputs[0].signal, "cvd");
  EXPECT_EQ(mm.parameters.at("gamma"), "0.10");
  EXPECT_EQ(mm.parameters.at("levels"), "2");
  EXPECT_EQ(mm.parameters.at("post_only"), "true");
  EXPECT_EQ(*mm.capabilities, std::vector<std::string>{"trade"});
}

TEST(Config, ReadsWhatAPluginMayCostAndWhichFileItIs) {
  const std::string hash(64, 'a');
  const Config config = load_text(kLeast + "    sha256: \"" + hash +
                                  "\"\n    budget: {deadline: 250us, intents_per_second: 20}\n")
                            .config;
  const InstanceConfig& bounded = config.instances.at(0);
  EXPECT_EQ(bounded.sha256, hash);
  EXPECT_EQ(bounded.budget.deadline_ns, 250'000);
  EXPECT_EQ(bounded.budget.intents_per_second, 20U);
  const Config least = load_text(kLeast).config;
  const InstanceConfig& free = least.instances.at(0);
  EXPECT_FALSE(free.sha256);
  EXPECT_FALSE(free.budget.deadline_ns);
  EXPECT_FALSE(free.budget.intents_per_second);
}

TEST(Config, AStrategyIsWatchedOnlyIfItSaysSo) {
  EXPECT_FALSE(load_text(kLeast).config.instances[0].shadow);
  EXPECT_TRUE(load_text(kLeast + "    shadow: true\n").config.instances[0].shadow);
}

TEST(Config, ReadsASimulatedFeed) {
  const Config config =
      load_text(kLeast +
                "feeds:\n"
                "  - name: f\n"
                "    type: simulated\n"
                "    seed: 7\n"
                "    instruments:\n"
                "      - {market: BTCUSDT, base: BTC, quote: USDT, tick: \"0.1\", lot: \"0.001\",\n"
                "         price: \"60000\", typical_quantity: \"0.5\", maker_fee: \"-0.0001\"}\n")
          .config;
  ASSERT_EQ(config.feeds.size(), 1U);
  EXPECT_EQ(config.feeds[0].seed, 7U);
  EXPECT_EQ(config.feeds[0].venue, "sim");
  EXPECT_EQ(config.feeds[0].oddities.gap, 300U);
  EXPECT_EQ(config.feeds[0].instruments.at(0).maker_fee.raw, -100'000);
  EXPECT_EQ(config.feeds[0].instruments.at(0).price.raw, 60'000'000'000'000);
  EXPECT_TRUE(config.feeds[0].files.empty());
}

TEST(Config, PathsAreRelativeToTheFile) {
  const Config config = load_text(kLeast +
                                  "storage: {url: \"sqlite:../db/x.db\"}\n"
                                  "plugins: {dirs: [mine, /opt/plugins]}\n")
                            .config;
  EXPECT_EQ(config.storage.url, "sqlite:/etc/db/x.db");
  EXPECT_EQ(config.plugins.dirs.at(0), "/etc/writ/mine");
  EXPECT_EQ(config.plugins.dirs.at(1), "/opt/plugins");
}

}  // namespace
}  // namespace writ::config
