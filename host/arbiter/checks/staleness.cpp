#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> book_fresh(const Case& c) {
  const auto& market = c.view.market;
  const bool known = market.age_ns != WRIT_NONE;
  if (!c.limits.staleness_ns) {
    return CheckResult{known && !market.stale, WRIT_UNIT_NS, known ? market.age_ns : 0, 0};
  }
  if (!known) return CheckResult{false, WRIT_UNIT_NS, 0, *c.limits.staleness_ns};
  return at_most(WRIT_UNIT_NS, market.age_ns, *c.limits.staleness_ns);
}

}  // namespace writ::arbiter
