#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> open_orders_within_limit(const Case& c) {
  // A replace and a target put one order where there was one, or none where there were several.
  if (!c.limits.open_orders_max || !c.terms.makes_order || c.intent.kind != WRIT_INTENT_PLACE) {
    return std::nullopt;
  }
  return at_most(WRIT_UNIT_COUNT, Int128{c.view.strategy_open_orders} + 1,
                 *c.limits.open_orders_max);
}

}  // namespace writ::arbiter
