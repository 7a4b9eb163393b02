#include "host/arbiter/checks/checks.hpp"
#include "host/arbiter/exposure.hpp"

namespace writ::arbiter {

std::optional<CheckResult> position_within_limit(const Case& c) {
  if (!c.limits.position_max || !c.terms.makes_order) return std::nullopt;
  const bool buys = c.terms.side == WRIT_SIDE_BUY;
  const bool bets = c.view.instrument != nullptr && c.view.instrument->kind == WRIT_KIND_RUNNER;
  Holding account = c.view.account;
  leave_out_replaced(c.intent, c.view, account);
  const Quantity backed = bets ? account.back_units : account.working_buy;
  const Quantity laid = bets ? account.lay_units : account.working_sell;
  const Quantity order = bets ? win_units_of(c.terms, c.view) : c.terms.quantity;
  const Int128 position = buys ? Int128{account.position.raw} : -Int128{account.position.raw};
  return at_most(WRIT_UNIT_QUANTITY, position + (buys ? backed : laid).raw + order.raw,
                 c.limits.position_max->raw);
}

}  // namespace writ::arbiter
