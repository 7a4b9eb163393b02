#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

namespace {

/// Of the asset a spot sale gives up.
CheckResult coins_within_balance(const Case& c) {
  const Int128 needed = Int128{c.terms.quantity.raw} * c.view.instrument->quantity_unit;
  return at_most(WRIT_UNIT_MONEY, needed, c.view.base_free.raw + c.view.target.base_reserved.raw);
}

}  // namespace

std::optional<CheckResult> notional_within_cash(const Case& c) {
  if (!c.terms.makes_order || c.view.instrument == nullptr) return std::nullopt;
  if (c.view.instrument->kind == WRIT_KIND_SPOT && c.terms.side == WRIT_SIDE_SELL) {
    return coins_within_balance(c);
  }
  // An order that replaces another may use what that one reserved.
  const Int128 free = c.view.cash_free.raw + c.view.target.cash_reserved.raw;
  if (!c.view.cash_required) {  // no price to go by, or past the bound of money
    return CheckResult{false, WRIT_UNIT_MONEY, kMoneyLimit, free};
  }
  const Int128 required = c.view.cash_required->raw;
  if (required == 0) return CheckResult{true, WRIT_UNIT_MONEY, 0, free};
  return at_most(WRIT_UNIT_MONEY, required, free);
}

}  // namespace writ::arbiter
