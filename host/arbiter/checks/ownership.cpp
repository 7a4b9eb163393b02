#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> market_not_locked(const Case& c) {
  if (!c.exclusive) return std::nullopt;
  const bool free = c.owner == 0 || c.owner == c.intent.instance;
  return CheckResult{free, WRIT_UNIT_ID, c.owner, c.intent.instance};
}

}  // namespace writ::arbiter
