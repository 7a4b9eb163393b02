#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> target_order_working(const Case& c) {
  const bool replaces = c.intent.kind == WRIT_INTENT_REPLACE;
  if (c.intent.kind != WRIT_INTENT_CANCEL && !replaces) return std::nullopt;
  const TargetOrder& target = c.view.target;
  CheckResult result{false, WRIT_UNIT_ID, 0, c.intent.instance};
  if (!target.working) return result;
  result.value = target.instance;
  const bool may_touch = target.instance == c.intent.instance || (c.view.by_operator && !replaces);
  result.passed = may_touch && (!replaces || target.instrument == c.intent.instrument);
  return result;
}

}  // namespace writ::arbiter
