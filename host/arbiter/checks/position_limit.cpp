#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> position_within_limit(const Case& c) {
  if (!c.limits.position_max || !c.terms.makes_order) return std::nullopt;
  const bool buys = c.terms.side == WRIT_SIDE_BUY;
  const Holding& account = c.view.account;
  Int128 working = buys ? account.working_buy.raw : account.working_sell.raw;
  if (c.intent.kind == WRIT_INTENT_REPLACE) {  // the order it replaces is among them
    working -= Int128{c.view.target.quantity.raw} - c.view.target.filled.raw;
  } else if (c.intent.kind == WRIT_INTENT_TARGET) {  // its own are cancelled first
    working -= buys ? c.view.strategy.working_buy.raw : c.view.strategy.working_sell.raw;
  }
  if (working < 0) working = 0;
  const Int128 position = buys ? Int128{account.position.raw} : -Int128{account.position.raw};
  return at_most(WRIT_UNIT_QUANTITY, position + working + c.terms.quantity.raw,
                 c.limits.position_max->raw);
}

}  // namespace writ::arbiter
