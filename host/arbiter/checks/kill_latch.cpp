#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> not_killed(const Case& c) {
  return at_most(WRIT_UNIT_COUNT, c.killed ? 1 : 0, 0);
}

}  // namespace writ::arbiter
