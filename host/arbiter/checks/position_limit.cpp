#include "host/arbiter/checks/checks.hpp"
#include "host/arbiter/exposure.hpp"

namespace writ::arbiter {

std::optional<CheckResult> position_within_limit(const Case& c) {
  if (!c.limits.position_max || !c.terms.makes_order) return std::nullopt;
  const bool buys = c.terms.side == WRIT_SIDE_BUY;
  const Holding account = without_replaced(c.intent, c.view, c.view.account);
  const Int128 working = buys ? account.working_buy.raw : account.working_sell.raw;
  const Int128 position = buys ? Int128{account.position.raw} : -Int128{account.position.raw};
  return at_most(WRIT_UNIT_QUANTITY, position + working + c.terms.quantity.raw,
                 c.limits.position_max->raw);
}

}  // namespace writ::arbiter
