#include "host/arbiter/reduction.hpp"

#include "host/arbiter/checks/checks.hpp"

#include <algorithm>

namespace writ::arbiter {

bool may_be_reduced(const writ_intent& intent, const OrderTerms& terms) {
  constexpr std::uint32_t kWhole =
      WRIT_INTENT_REDUCE_ONLY | WRIT_INTENT_CLOSE_POSITION | WRIT_INTENT_NO_REDUCTION;
  const bool sized = intent.kind == WRIT_INTENT_PLACE || intent.kind == WRIT_INTENT_REPLACE ||
                     intent.kind == WRIT_INTENT_TARGET;
  return sized && terms.makes_order && (intent.flags & kWhole) == 0 &&
         intent.time_in_force != WRIT_TIF_FOK && intent.group_id == 0 &&
         intent.group_policy == WRIT_GROUP_NONE;
}

namespace {

/// So much passes the check, or only closes, which no check of risk may refuse.
bool admits(Check check, const Case& c) {
  const auto result = check(c);
  return !result || result->passed || effect_of(c.intent, c.terms, c.view) != Effect::kAdds;
}

}  // namespace

bool reduce_to_pass(Check check, Case& c) {
  if (admits(check, c)) return true;
  const Quantity asked = c.terms.quantity;
  const std::int64_t lot = std::max<std::int64_t>(c.view.instrument->lot, 1);
  // The venue's lots are those of the whole order; what it filled stays.
  const std::int64_t whole = whole_quantity(c).raw;
  const std::int64_t filled = whole - asked.raw;
  std::int64_t passing = filled / lot;  // lots: nothing more than what filled
  std::int64_t failing = whole / lot + (whole % lot == 0 ? 0 : 1);
  while (failing - passing > 1) {
    const std::int64_t middle = passing + (failing - passing) / 2;
    c.set_quantity(Quantity{middle * lot - filled});
    (admits(check, c) ? passing : failing) = middle;
  }
  c.set_quantity(Quantity{passing * lot - filled});
  if (c.terms.quantity.raw > 0 && size_admitted(c)) return true;
  c.set_quantity(asked);
  return false;
}

Quantity approved_quantity(const Case& c) {
  if (c.intent.kind != WRIT_INTENT_TARGET) return whole_quantity(c);
  const bool buys = c.terms.side == WRIT_SIDE_BUY;
  const Holding& own = c.view.strategy;
  const bool runner = c.view.instrument != nullptr && c.view.instrument->kind == WRIT_KIND_RUNNER;
  Quantity moved = c.terms.quantity;
  if (runner) {
    // The order was sized for what is missing once the others filled.
    const Quantity others = buys ? own.back_units : own.lay_units;
    moved = checked_add(win_units_of(c.terms, c.view), others).value_or(Quantity::max());
  }
  return buys ? own.position + moved : own.position - moved;
}

}  // namespace writ::arbiter
