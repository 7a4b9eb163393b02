#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> within_time_to_live(const Case& c) {
  if (c.intent.ttl_ns <= 0) return std::nullopt;
  return at_most(WRIT_UNIT_NS, Int128{c.view.now} - c.view.decided_ts, c.intent.ttl_ns);
}

}  // namespace writ::arbiter
