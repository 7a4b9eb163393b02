#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> closes_no_more_than_held(const Case& c) {
  const auto marked = WRIT_INTENT_REDUCE_ONLY | WRIT_INTENT_CLOSE_POSITION;
  if ((c.intent.flags & marked) == 0 || !c.terms.makes_order) return std::nullopt;
  return at_most(WRIT_UNIT_QUANTITY, c.terms.quantity.raw, c.terms.closable.raw);
}

}  // namespace writ::arbiter
