#include "host/arbiter/amendment.hpp"
#include "host/arbiter/checks/checks.hpp"
#include "host/arbiter/exposure.hpp"

namespace writ::arbiter {

std::optional<CheckResult> worst_case_within_limits(const Case& c) {
  const auto& market_max = c.limits.market_worst_case_max;
  const auto& account_max = c.limits.account_worst_case_max;
  if ((!market_max && !account_max) || !c.terms.makes_order) return std::nullopt;
  const auto loss = worst_cost(c, [&c](const OrderTerms& terms) -> std::optional<Money> {
    if (!c.view.market_payoff || terms.price.is_none()) return std::nullopt;
    const std::int64_t sign = terms.side == WRIT_SIDE_BUY ? 1 : -1;
    const ledger::Offer offer{Quantity{sign * terms.quantity.raw}, terms.price};
    return reported(c.view.market_payoff->worst_loss_with(offer), c.view.reporting_rate);
  });
  if (market_max) {
    const CheckResult in_market = money_at_most(loss, *market_max);
    if (!in_market.passed || !account_max) return in_market;
  }
  return money_at_most(loss ? checked_add(*loss, c.view.worst_case_elsewhere) : std::nullopt,
                       *account_max);
}

}  // namespace writ::arbiter
