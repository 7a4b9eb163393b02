#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> meets_no_own_order(const Case& c) {
  if (!c.terms.makes_order) return std::nullopt;
  if (c.view.own_order_met.is_none()) return CheckResult{true, WRIT_UNIT_NONE, 0, 0};
  return CheckResult{false, WRIT_UNIT_PRICE, c.view.own_order_met.raw, c.terms.price.raw};
}

}  // namespace writ::arbiter
