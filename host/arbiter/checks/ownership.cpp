#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {
namespace {

bool held_by_another(const Case& c) {
  return c.exclusive && c.owner != 0 && c.owner != c.intent.instance;
}

/// An idle owner hands over, and one that took the market in this batch may be outranked only.
bool decided_by_priority(const Case& c) {
  return held_by_another(c) && (c.owner_new || (c.owner_idle && c.priority > c.owner_priority));
}

}  // namespace

std::optional<CheckResult> market_not_locked(const Case& c) {
  if (!c.exclusive || decided_by_priority(c)) return std::nullopt;
  return CheckResult{!held_by_another(c), WRIT_UNIT_ID, c.owner, c.intent.instance};
}

std::optional<CheckResult> first_by_priority(const Case& c) {
  if (!decided_by_priority(c)) return std::nullopt;
  return CheckResult{!c.owner_new, WRIT_UNIT_COUNT, c.priority, c.owner_priority};
}

}  // namespace writ::arbiter
