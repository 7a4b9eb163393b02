#include "tests/sim/host_setup.hpp"

#include "host/base/assert.hpp"
#include "host/engine/operator_instance.hpp"
#include "host/model/record_view.hpp"
#include "host/plugin/module.hpp"
#include "host/plugin/parameters.hpp"
#include "tests/sim/wild_tables.hpp"
#include "tests/support/tree_paths.hpp"

#include <writ/abi/journal.h>
#include <writ/money.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace writ::test {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr Int128 kUnit = 1'000'000'000;  // of quantities
constexpr Int128 kMoney = kUnit * kUnit;

std::shared_ptr<const plugin::Module> hostile_module() {
  static const auto module =
      plugin::Module::load(binary_dir() / "test_plugins" / "hostile.so",
                           std::filesystem::path(testing::TempDir()) / "writ-sim-objects");
  return module;
}

std::optional<Money> money(Int128 limit) {
  return limit == 0 ? std::nullopt : std::optional(Money{limit});
}

}  // namespace

RuleBook rules_of_host() {
  RuleBook rules;
  rules.position_max = {{kSpot, 40 * kUnit}, {kPerp, 40 * kUnit}};
  for (std::uint32_t season = 0; season < kSeasons; ++season) {
    rules.position_max[yes_of(season)] = rules.position_max[no_of(season)] = 4'000 * kUnit;
    for (std::uint32_t place = 0; place < kRunners; ++place) {
      rules.position_max[runner_of(season, place)] = 2'500 * kUnit;  // win units
    }
  }
  rules.instrument_exposure_max = 3'400 * kMoney;
  rules.market_exposure_max = 3'500 * kMoney;
  rules.venue_exposure_max = 6'800 * kMoney;
  rules.account_exposure_max = 6'900 * kMoney;
  rules.strategy_exposure_max = 3'300 * kMoney;
  rules.market_worst_case_max = 3'000 * kMoney;
  rules.account_worst_case_max = 4'200 * kMoney;
  rules.daily_loss_max = 900 * kMoney;
  rules.strategy_budget = 3'200 * kMoney;
  rules.price_band = 100'000'000;
  rules.slippage = 50'000'000;
  rules.open_orders_max = 6;
  rules.order_rate_max = 12;
  rules.order_rate_window_ns = kSecond;
  rules.order_to_trade_max = 3'000'000'000;
  rules.order_to_trade_window_ns = 10 * kSecond;
  rules.order_to_trade_grace = 12;
  rules.duplicate_window_ns = 2 * kSecond;
  rules.break_move = 50'000'000;
  rules.break_window_ns = kSecond;
  rules.break_pause_ns = 2 * kSecond;
  rules.group_timeout_ns = 5 * kSecond;
  return rules;
}

engine::CoreOptions core_options(const RuleBook& rules, std::uint64_t seed) {
  engine::CoreOptions core;
  core.seed = seed;
  core.plugin_error_window_ns = kSecond;
  core.orders.answer_timeout_ns = 2 * kSecond;
  core.orders.finished_kept_max = 1'000'000;  // by time alone, as the checker forgets
  auto& arbiter = core.arbiter;
  arbiter::RiskLimits& limits = arbiter.defaults;
  limits.instrument_exposure_max = money(rules.instrument_exposure_max);
  limits.market_exposure_max = money(rules.market_exposure_max);
  limits.venue_exposure_max = money(rules.venue_exposure_max);
  limits.account_exposure_max = money(rules.account_exposure_max);
  limits.strategy_exposure_max = money(rules.strategy_exposure_max);
  limits.market_worst_case_max = money(rules.market_worst_case_max);
  limits.account_worst_case_max = money(rules.account_worst_case_max);
  limits.daily_loss_max = money(rules.daily_loss_max);
  limits.strategy_budget = money(rules.strategy_budget);
  limits.price_band = Rate{rules.price_band};
  limits.open_orders_max = rules.open_orders_max;
  limits.order_rate_max = rules.order_rate_max;
  limits.order_rate_window_ns = rules.order_rate_window_ns;
  limits.order_to_trade_max = Rate{rules.order_to_trade_max};
  limits.order_to_trade_window_ns = rules.order_to_trade_window_ns;
  limits.order_to_trade_grace = rules.order_to_trade_grace;
  limits.duplicate_window_ns = rules.duplicate_window_ns;
  for (const auto& [instrument, limit] : rules.position_max) {
    arbiter.instruments[{0, instrument}].position_max = Quantity{static_cast<std::int64_t>(limit)};
  }
  arbiter.circuit_break = {Rate{rules.break_move}, rules.break_window_ns, rules.break_pause_ns};
  arbiter.market_order_slippage = Rate{rules.slippage};
  arbiter.group_timeout_ns = rules.group_timeout_ns;
  arbiter.ownership = arbiter::Ownership::kShared;
  arbiter.instrument_ownership[kPerp] = arbiter::Ownership::kExclusive;
  arbiter.priorities = {{1, 1}, {2, 2}, {3, 3}, {4, 4}};
  return core;
}

std::vector<engine::InstanceSetup> hostile_strategies() {
  std::vector<engine::InstanceSetup> setups;
  for (std::uint32_t number = 1; number <= kStrategies + kWatched; ++number) {
    const bool watched = number > kStrategies;
    const std::uint32_t manner = watched ? 3 * (number - kStrategies) : number;
    engine::InstanceSetup setup;
    setup.number = number;
    setup.name = "hostile" + std::to_string(number);
    setup.module = hostile_module();
    setup.plugin = "test.hostile";
    const std::vector<plugin::ParameterText> texts = {{"manner", std::to_string(manner)}};
    setup.parameters =
        plugin::ParameterSet::parse(*setup.module->find(setup.plugin), texts, "the simulation");
    setup.granted = ~std::uint64_t{0};
    setup.account = watched ? kShadowAccount : number % kAccounts + 1;
    for (std::uint32_t instrument = 1; instrument <= kInstruments; ++instrument) {
      setup.instruments.push_back(instrument);
    }
    setups.push_back(std::move(setup));
  }
  return setups;
}

std::vector<model::RecordWords> people_and_strategies() {
  std::vector<model::RecordWords> tables;
  for (std::uint32_t number = 1; number <= kShadowAccount; ++number) {
    const bool watched = number == kShadowAccount;
    auto account = model::make_record<writ_account>();
    account.account = number;
    account.reporting_asset = kUsdt;
    account.book = watched ? WRIT_BOOK_SHADOW : WRIT_BOOK_MAIN;
    account.shadow_of = watched ? 1 : 0;
    WRIT_ASSERT(model::set_text(account.name, "account" + std::to_string(watched ? 1 : number)));
    tables.push_back(model::words_of(account.header));
  }
  for (const auto& setup : hostile_strategies()) {
    auto made = model::make_record<writ_instance>();
    made.instance = setup.number;
    made.kind = WRIT_PLUGIN_STRATEGY;
    made.account = setup.account;
    made.state = 1;
    WRIT_ASSERT(model::set_text(made.name, setup.name) &&
                model::set_text(made.plugin, setup.plugin));
    tables.push_back(model::words_of(made.header));
  }
  tables.push_back(model::words_of(engine::operator_instance(kOperator).header));
  return tables;
}

}  // namespace writ::test
