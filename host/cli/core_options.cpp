#include "host/cli/core_options.hpp"

#include "host/base/file.hpp"
#include "host/base/input_error.hpp"
#include "host/model/record_view.hpp"
#include "host/venue/account_router.hpp"
#include "host/venue/paper/paper_venues.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace writ::cli {
namespace {

arbiter::RiskLimits limits_of(const config::LimitsConfig& config) {
  arbiter::RiskLimits limits;
  limits.staleness_ns = config.staleness_ns;
  limits.position_max = config.position_max;
  limits.price_band = config.price_band;
  limits.order_rate_max = config.order_rate_max;
  limits.order_rate_window_ns = config.order_rate_window_ns;
  limits.open_orders_max = config.open_orders_max;
  limits.duplicate_window_ns = config.duplicate_window_ns;
  limits.instrument_exposure_max = config.instrument_exposure_max;
  limits.market_exposure_max = config.market_exposure_max;
  limits.venue_exposure_max = config.venue_exposure_max;
  limits.strategy_exposure_max = config.strategy_exposure_max;
  limits.account_exposure_max = config.account_exposure_max;
  limits.market_worst_case_max = config.market_worst_case_max;
  limits.account_worst_case_max = config.account_worst_case_max;
  limits.daily_loss_max = config.daily_loss_max;
  limits.strategy_budget = config.strategy_budget;
  limits.order_to_trade_max = config.order_to_trade_max;
  limits.order_to_trade_window_ns = config.order_to_trade_window_ns;
  limits.order_to_trade_grace = config.order_to_trade_grace;
  limits.drawdown_multiplier_dd10 = config.drawdown_multiplier_dd10;
  limits.drawdown_multiplier_dd15 = config.drawdown_multiplier_dd15;
  return limits;
}

std::optional<arbiter::CircuitBreakRule> circuit_break_of(const config::LimitsConfig& config) {
  if (!config.circuit_break_move) return std::nullopt;
  return arbiter::CircuitBreakRule{*config.circuit_break_move, config.circuit_break_window_ns,
                                   config.circuit_break_pause_ns};
}

const config::LimitsConfig* find(const std::map<std::string, config::LimitsConfig>& by_name,
                                 const std::string& name) {
  const auto at = by_name.find(name);
  return at == by_name.end() ? nullptr : &at->second;
}

/// What its venue, its market and its own name set, the later one before the earlier.
void add_instrument(const config::RiskConfig& risk, const writ_instrument& instrument,
                    arbiter::ArbiterOptions& options) {
  const std::string venue(model::text_of(instrument.venue));
  const std::string market = venue + "/" + std::string(model::text_of(instrument.market));
  const auto* own = find(risk.instruments, model::canonical_name(instrument));
  for (const auto* limits : {find(risk.venues, venue), find(risk.markets, market), own}) {
    if (limits == nullptr) continue;
    arbiter::put_limits(options.instruments[{0, instrument.instrument}], limits_of(*limits));
  }
  const auto rule = own == nullptr ? std::nullopt : circuit_break_of(*own);
  if (rule) options.instrument_circuit_breaks[instrument.instrument] = *rule;
}

void add_account(const config::AccountLimits& risk, std::uint32_t account,
                 const model::InstrumentTable& tables, arbiter::ArbiterOptions& options) {
  options.accounts[account] = limits_of(risk.limits);
  for (const auto& [name, limits] : risk.instruments) {
    if (const auto instrument = tables.find_instrument(name)) {
      options.instruments[{account, *instrument}] = limits_of(limits);
    }
  }
}

arbiter::Ownership ownership_of(config::Ownership ownership) {
  return ownership == config::Ownership::kExclusive ? arbiter::Ownership::kExclusive
                                                    : arbiter::Ownership::kShared;
}

execution::ExternalOrders external_orders_of(config::ExternalOrders policy) {
  switch (policy) {
    case config::ExternalOrders::kTrack:
      return execution::ExternalOrders::kTrack;
    case config::ExternalOrders::kAdopt:
      return execution::ExternalOrders::kAdopt;
    case config::ExternalOrders::kHalt:
      break;
  }
  return execution::ExternalOrders::kHalt;
}

engine::SnapshotPolicy policy_of(config::SnapshotPolicy policy) {
  switch (policy) {
    case config::SnapshotPolicy::kIntent:
      return engine::SnapshotPolicy::kIntent;
    case config::SnapshotPolicy::kEvaluated:
      return engine::SnapshotPolicy::kEvaluated;
    case config::SnapshotPolicy::kPeriodic:
      break;
  }
  return engine::SnapshotPolicy::kPeriodic;
}

}  // namespace

arbiter::ArbiterOptions arbiter_options(const config::Config& config,
                                        const model::InstrumentTable& tables) {
  arbiter::ArbiterOptions options;
  options.defaults = limits_of(config.risk.limits);
  options.circuit_break = circuit_break_of(config.risk.limits);
  tables.for_each_instrument(
      [&](const writ_instrument& instrument) { add_instrument(config.risk, instrument, options); });
  for (const auto& [name, limits] : config.risk.strategies) {
    if (const auto number = tables.find_instance(name)) {
      options.strategies[*number] = limits_of(limits);
    }
  }
  for (const auto& [name, account] : config.risk.accounts) {
    const auto named = tables.find_account(name);
    if (!named) continue;
    for (const auto number : tables.with_shadow(*named)) {
      add_account(account, number, tables, options);
    }
  }
  options.ownership = ownership_of(config.ownership.by_default);
  for (const auto& [name, ownership] : config.ownership.instruments) {
    if (const auto number = tables.find_instrument(name)) {
      options.instrument_ownership[*number] = ownership_of(ownership);
    }
  }
  for (const auto& instance : config.instances) {
    const auto number = tables.find_instance(instance.name);
    if (number && instance.priority != 0) options.priorities[*number] = instance.priority;
  }
  options.group_timeout_ns = config.risk.group_timeout_ns;
  options.ownership_lease_ns = config.risk.ownership_lease_ns;
  options.market_order_slippage = config.risk.market_order_slippage;
  return options;
}

engine::CoreOptions core_options(const config::Config& config, const model::InstrumentTable& tables,
                                 std::uint64_t seed) {
  engine::CoreOptions options;
  options.markets.stale_ns = config.market.stale_ns;
  options.markets.clock_offset_ns = config.market.clock_offset_ns;
  options.markets.clock_offset_calm_ns = config.market.clock_offset_calm_ns;
  auto& features = options.markets.features;
  features.sample_ns = config.market.sample_ns;
  features.spread_samples = config.market.spread_samples;
  features.spread_warm = config.market.spread_warm;
  features.volatility_samples = config.market.volatility_samples;
  features.volatility_warm = config.market.volatility_warm;
  features.toxicity_bucket = config.market.toxicity_bucket.raw;
  features.toxicity_buckets = config.market.toxicity_buckets;
  options.arbiter = arbiter_options(config, tables);
  options.orders.finished_kept_ns = config.orders.finished_kept_ns;
  options.orders.finished_kept_max = config.orders.finished_kept_max;
  options.orders.answer_timeout_ns = config.orders.answer_timeout_ns;
  options.orders.external = external_orders_of(config.external_orders);
  options.snapshot_policy = policy_of(config.journal.snapshot_policy);
  options.snapshot_period_ns = config.journal.snapshot_period_ns;
  options.portfolio_period_ns = config.journal.portfolio_ns;
  options.checkpoint_period_ns = config.journal.checkpoint_ns;
  // Bars a minute apart would else be an image of the whole state each.
  options.checkpoint_inputs_min = 256;
  options.plugin_error_limit = config.plugins.error_limit;
  options.plugin_error_window_ns = config.plugins.error_window_ns;
  options.swap.probation_calls = config.plugins.swap_probation_calls;
  options.swap.wait_max_ns = config.plugins.swap_wait_max_ns;
  options.seed = seed;
  return options;
}

engine::ReconcileOptions reconcile_options(const config::Config& config) {
  engine::ReconcileOptions options;
  options.window_ns = config.reconcile.window_ns;
  options.retry_ns = config.reconcile.retry_ns;
  options.adopt = config.reconcile.adopt;
  return options;
}

void refuse_unknown_markets(const config::Loaded& loaded, const model::InstrumentTable& tables) {
  std::set<std::string> venues;
  std::set<std::string> markets;
  tables.for_each_instrument([&](const writ_instrument& instrument) {
    const std::string venue(model::text_of(instrument.venue));
    venues.insert(venue);
    markets.insert(venue + "/" + std::string(model::text_of(instrument.market)));
  });
  const auto check = [&](const auto& limits, const std::string& section, const char* what,
                         const std::set<std::string>& known) {
    for (const auto& [name, limit] : limits) {
      if (known.contains(name)) continue;
      const auto where = section + "." + name;
      const auto& place = loaded.document.key_place(where);
      throw base::InputError(place.file, place.line, place.column,
                             where + ": no instrument has this " + what);
    }
  };
  check(loaded.config.risk.venues, "risk.venues", "venue", venues);
  check(loaded.config.risk.markets, "risk.markets", "market", markets);
}

namespace {

std::shared_ptr<const venue::paper::RecordedLatency> recorded_latency(
    const std::filesystem::path& file) {
  const auto text = base::read_file(file);
  if (!text) throw base::InputError::from(file.string(), text.error());
  return std::make_shared<venue::paper::RecordedLatency>(
      venue::paper::parse_latency(*text, file.string()));
}

venue::paper::QueueKind queue_kind(config::QueueKind kind) {
  switch (kind) {
    case config::QueueKind::kRiskAverse:
      break;
    case config::QueueKind::kPower:
      return venue::paper::QueueKind::kPower;
    case config::QueueKind::kLog:
      return venue::paper::QueueKind::kLog;
    case config::QueueKind::kPower3:
      return venue::paper::QueueKind::kPower3;
  }
  return venue::paper::QueueKind::kRiskAverse;
}

}  // namespace

venue::paper::PaperOptions paper_options(const config::Config& config) {
  venue::paper::PaperOptions options;
  options.order_latency_ns = config.paper.order_latency_ns;
  options.report_latency_ns = config.paper.report_latency_ns;
  options.bet_delay_ns = config.paper.bet_delay_ns;
  if (config.paper.latency_file) {
    options.recorded_latency = recorded_latency(*config.paper.latency_file);
  }
  options.queue_model = {queue_kind(config.paper.queue),
                         static_cast<int>(config.paper.queue_power)};
  switch (config.paper.self_trade) {
    case config::SelfTrade::kExpireTaker:
      options.self_trade = venue::paper::SelfTrade::kExpireTaker;
      break;
    case config::SelfTrade::kExpireMaker:
      options.self_trade = venue::paper::SelfTrade::kExpireMaker;
      break;
    case config::SelfTrade::kExpireBoth:
      options.self_trade = venue::paper::SelfTrade::kExpireBoth;
      break;
    case config::SelfTrade::kDecrement:
      options.self_trade = venue::paper::SelfTrade::kDecrement;
      break;
  }
  return options;
}

std::unique_ptr<execution::OrderGateway> gateway_without_venues(const config::Config& config) {
  const auto options = paper_options(config);
  if (config.mode == config::Mode::kLive) return std::make_unique<venue::AccountRouter>(options);
  return std::make_unique<venue::paper::PaperVenues>(options);
}

journal::WriterOptions writer_options(const config::Config& config) {
  journal::WriterOptions options;
  options.folder = config.journal.dir;
  options.ring_bytes = config.journal.ring_bytes;
  options.segment_bytes = config.journal.segment_bytes;
  options.reserve_bytes = config.journal.reserve_bytes;
  options.sync = config.journal.promise == config::Promise::kDurable
                     ? journal::SyncPolicy::kGroupCommit
                     : journal::SyncPolicy::kNever;
  return options;
}

}  // namespace writ::cli
