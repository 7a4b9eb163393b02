#include "host/arbiter/checks/checks.hpp"
#include "host/arbiter/exposure.hpp"

namespace writ::arbiter {

std::optional<CheckResult> capital_within_budget(const Case& c) {
  if (!c.limits.strategy_budget || !c.terms.makes_order || c.view.instrument == nullptr) {
    return std::nullopt;
  }
  const auto more = reported(c.required, c.view.reporting_rate);
  return money_at_most(more ? checked_add(*more, c.view.strategy_capital) : std::nullopt,
                       *c.limits.strategy_budget);
}

}  // namespace writ::arbiter
