#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> no_duplicate(const Case& c) {
  if (!c.limits.duplicate_window_ns || !c.terms.makes_order) return std::nullopt;
  const std::int64_t window = *c.limits.duplicate_window_ns;
  if (!c.view.duplicate_age_ns) return CheckResult{true, WRIT_UNIT_NS, window, window};
  return at_least(WRIT_UNIT_NS, *c.view.duplicate_age_ns, window);
}

}  // namespace writ::arbiter
