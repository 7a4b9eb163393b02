#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> not_paused(const Case& c) {
  return at_most(WRIT_UNIT_COUNT, c.paused ? 1 : 0, 0);
}

}  // namespace writ::arbiter
