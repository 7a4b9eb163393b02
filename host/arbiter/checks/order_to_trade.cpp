#include "host/arbiter/checks/checks.hpp"

#include <writ/rate.hpp>
#include <writ/rounding.hpp>

namespace writ::arbiter {

std::optional<CheckResult> orders_per_trade_within_limit(const Case& c) {
  if (!c.limits.order_to_trade_max || !c.terms.makes_order) return std::nullopt;
  const Int128 earned = divide_rounded(Int128{c.counted_fills} * c.limits.order_to_trade_max->raw,
                                       Rate::one().raw, Rounding::kFloor);
  return at_most(WRIT_UNIT_COUNT, Int128{c.counted_orders} + 1,
                 earned + c.limits.order_to_trade_grace);
}

}  // namespace writ::arbiter
