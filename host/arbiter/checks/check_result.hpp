#pragma once

#include "host/arbiter/effect.hpp"
#include "host/arbiter/order_terms.hpp"
#include "host/arbiter/risk_limits.hpp"
#include "host/arbiter/risk_view.hpp"

#include <writ/abi/intent.h>
#include <writ/abi/outcome.h>
#include <writ/int128.hpp>
#include <writ/money.hpp>

#include <cstdint>
#include <optional>

namespace writ::arbiter {

/// What a check is made on: the intent, the order it would make, the view, the limits that apply,
/// and what the arbiter itself remembers.
struct Case {
  const writ_intent& intent;
  OrderTerms terms;  ///< cut by the checks before, where they allow a part
  const RiskView& view;
  const RiskLimits& limits;
  Quantity asked;  ///< by the order, before any check cut it
  /// Cash the order can consume, as it is cut now, whenever one it replaces fills; nothing: no
  /// price to go by, or past the bound of money.
  std::optional<Money> required = {};
  bool killed = false;
  bool paused = false;
  bool exclusive = false;
  std::uint32_t owner = 0;  ///< instance that holds the market
  bool owner_idle = false;  ///< it is flat there and has no working order
  bool owner_new = false;   ///< it took the market in this batch
  std::int32_t owner_priority = 0;
  std::int32_t priority = 0;         ///< of the strategy that asks
  std::uint64_t recent_orders = 0;   ///< of the strategy, in the window of the order rate
  std::uint64_t counted_orders = 0;  ///< the same in the window of orders to trades
  std::uint64_t counted_fills = 0;   ///< its fills there
  bool watched = false;              ///< for moves that break the circuit
  std::int64_t broken_until = 0;     ///< core time; 0: the market never broke

  /// Asks for so much instead.
  void set_quantity(Quantity quantity);
};

/// What was found, what is allowed, and whether that passes; numbers in `unit` (WRIT_UNIT_*).
struct CheckResult {
  bool passed = false;
  std::uint32_t unit = WRIT_UNIT_NONE;
  Int128 value = 0;
  Int128 limit = 0;
};

/// Passes while value <= limit.
[[nodiscard]] constexpr CheckResult at_most(std::uint32_t unit, Int128 value, Int128 limit) {
  return {value <= limit, unit, value, limit};
}
/// The same for money; one that is nothing is past every limit.
[[nodiscard]] constexpr CheckResult money_at_most(std::optional<Money> value, Money limit) {
  if (!value) return {false, WRIT_UNIT_MONEY, kMoneyLimit, limit.raw};
  return at_most(WRIT_UNIT_MONEY, value->raw, limit.raw);
}
/// Passes while value >= limit.
[[nodiscard]] constexpr CheckResult at_least(std::uint32_t unit, Int128 value, Int128 limit) {
  return {value >= limit, unit, value, limit};
}

}  // namespace writ::arbiter
