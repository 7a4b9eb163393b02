#include "host/arbiter/risk_limits.hpp"

namespace writ::arbiter {
namespace {

template <class T>
void put(std::optional<T>& limit, const std::optional<T>& more) {
  if (more) limit = more;
}

}  // namespace

void put_limits(RiskLimits& limits, const RiskLimits& more) {
  put(limits.staleness_ns, more.staleness_ns);
  put(limits.position_max, more.position_max);
  put(limits.price_band, more.price_band);
  if (more.order_rate_max) {
    limits.order_rate_max = more.order_rate_max;
    limits.order_rate_window_ns = more.order_rate_window_ns;
  }
  put(limits.open_orders_max, more.open_orders_max);
  put(limits.duplicate_window_ns, more.duplicate_window_ns);
  put(limits.instrument_exposure_max, more.instrument_exposure_max);
  put(limits.market_exposure_max, more.market_exposure_max);
  put(limits.venue_exposure_max, more.venue_exposure_max);
  put(limits.strategy_exposure_max, more.strategy_exposure_max);
  put(limits.account_exposure_max, more.account_exposure_max);
  put(limits.market_worst_case_max, more.market_worst_case_max);
  put(limits.account_worst_case_max, more.account_worst_case_max);
  put(limits.daily_loss_max, more.daily_loss_max);
  put(limits.strategy_budget, more.strategy_budget);
  if (more.order_to_trade_max) {
    limits.order_to_trade_max = more.order_to_trade_max;
    limits.order_to_trade_window_ns = more.order_to_trade_window_ns;
    limits.order_to_trade_grace = more.order_to_trade_grace;
  }
  put(limits.drawdown_multiplier_dd10, more.drawdown_multiplier_dd10);
  put(limits.drawdown_multiplier_dd15, more.drawdown_multiplier_dd15);
}

RiskLimits ArbiterOptions::limits(std::uint32_t account, std::uint32_t instrument,
                                  std::uint32_t instance) const {
  RiskLimits found = defaults;
  if (const auto at = accounts.find(account); at != accounts.end()) put_limits(found, at->second);
  if (const auto at = strategies.find(instance); at != strategies.end()) {
    put_limits(found, at->second);
  }
  if (const auto at = instruments.find({0, instrument}); at != instruments.end()) {
    put_limits(found, at->second);
  }
  if (account == 0) return found;
  if (const auto at = instruments.find({account, instrument}); at != instruments.end()) {
    put_limits(found, at->second);
  }
  return found;
}

const CircuitBreakRule* ArbiterOptions::circuit_break_of(std::uint32_t instrument) const {
  const auto at = instrument_circuit_breaks.find(instrument);
  if (at != instrument_circuit_breaks.end()) return &at->second;
  return circuit_break ? &*circuit_break : nullptr;
}

Ownership ArbiterOptions::ownership_of(std::uint32_t instrument) const {
  const auto at = instrument_ownership.find(instrument);
  return at == instrument_ownership.end() ? ownership : at->second;
}

std::int32_t ArbiterOptions::priority_of(std::uint32_t instance) const {
  const auto at = priorities.find(instance);
  return at == priorities.end() ? 0 : at->second;
}

}  // namespace writ::arbiter
