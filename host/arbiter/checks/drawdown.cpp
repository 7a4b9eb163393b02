#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> drawdown_not_halted(const Case& c) {
  return at_most(WRIT_UNIT_COUNT, c.view.tier, WRIT_TIER_DD15);
}

}  // namespace writ::arbiter
