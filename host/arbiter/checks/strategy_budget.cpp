#include "host/arbiter/amendment.hpp"
#include "host/arbiter/checks/checks.hpp"
#include "host/arbiter/exposure.hpp"
#include "host/model/order_cost.hpp"

namespace writ::arbiter {

std::optional<CheckResult> capital_within_budget(const Case& c) {
  if (!c.limits.strategy_budget || !c.terms.makes_order || c.view.instrument == nullptr) {
    return std::nullopt;
  }
  const auto cost = worst_cost(c, [&c](const OrderTerms& terms) {
    return model::cash_required(*c.view.instrument, terms.side, terms.price, terms.quantity,
                                terms.covered);
  });
  const auto more = reported(cost, c.view.reporting_rate);
  return money_at_most(more ? checked_add(*more, c.view.strategy_capital) : std::nullopt,
                       *c.limits.strategy_budget);
}

}  // namespace writ::arbiter
