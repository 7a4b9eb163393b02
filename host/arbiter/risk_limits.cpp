#include "host/arbiter/risk_limits.hpp"

namespace writ::arbiter {
namespace {

/// What `more` sets replaces what `limits` had.
void put(RiskLimits& limits, const RiskLimits& more) {
  if (more.staleness_ns) limits.staleness_ns = more.staleness_ns;
  if (more.position_max) limits.position_max = more.position_max;
  if (more.price_band) limits.price_band = more.price_band;
  if (more.order_rate_max) {
    limits.order_rate_max = more.order_rate_max;
    limits.order_rate_window_ns = more.order_rate_window_ns;
  }
  if (more.open_orders_max) limits.open_orders_max = more.open_orders_max;
}

}  // namespace

RiskLimits ArbiterOptions::limits(std::uint32_t account, std::uint32_t instrument) const {
  RiskLimits found = defaults;
  if (const auto at = accounts.find(account); at != accounts.end()) put(found, at->second);
  if (const auto at = instruments.find({0, instrument}); at != instruments.end()) {
    put(found, at->second);
  }
  if (account == 0) return found;
  if (const auto at = instruments.find({account, instrument}); at != instruments.end()) {
    put(found, at->second);
  }
  return found;
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
