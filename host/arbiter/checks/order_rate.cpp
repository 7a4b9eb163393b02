#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> order_rate_within_limit(const Case& c) {
  if (!c.limits.order_rate_max || !c.terms.makes_order) return std::nullopt;
  return at_most(WRIT_UNIT_COUNT, Int128{c.recent_orders} + 1, *c.limits.order_rate_max);
}

}  // namespace writ::arbiter
