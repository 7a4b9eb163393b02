#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> group_whole(const Case& c) {
  if (c.intent.group_policy == WRIT_GROUP_NONE) return std::nullopt;
  const bool whole = c.view.group_legs == c.intent.group_size;
  return CheckResult{whole, WRIT_UNIT_COUNT, c.view.group_legs, c.intent.group_size};
}

}  // namespace writ::arbiter
