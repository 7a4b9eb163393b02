#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> circuit_whole(const Case& c) {
  if (!c.watched && c.broken_until == 0) return std::nullopt;
  return at_least(WRIT_UNIT_NS, c.view.now, c.broken_until);
}

}  // namespace writ::arbiter
