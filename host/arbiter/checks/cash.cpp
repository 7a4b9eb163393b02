#include "host/arbiter/amendment.hpp"
#include "host/arbiter/checks/checks.hpp"
#include "host/model/order_cost.hpp"

namespace writ::arbiter {

namespace {

/// Of the asset a spot sale gives up.
CheckResult coins_within_balance(const Case& c) {
  const Int128 needed = Int128{c.terms.quantity.raw} * c.view.instrument->quantity_unit;
  return at_most(WRIT_UNIT_MONEY, needed, c.view.base_free.raw + c.view.target.base_reserved.raw);
}

}  // namespace

void Case::set_quantity(Quantity quantity) {
  terms.quantity = quantity;
  required.reset();
  if (!terms.makes_order || view.instrument == nullptr) return;
  required = worst_cost(*this, [this](const OrderTerms& order) {
    return model::cash_required(*view.instrument, order.side, order.price, order.quantity,
                                order.covered);
  });
}

std::optional<CheckResult> notional_within_cash(const Case& c) {
  if (!c.terms.makes_order || c.view.instrument == nullptr) return std::nullopt;
  if (c.view.instrument->kind == WRIT_KIND_SPOT && c.terms.side == WRIT_SIDE_SELL) {
    return coins_within_balance(c);
  }
  // An order that replaces another may use what that one reserved.
  const Money free = c.view.cash_free + c.view.target.cash_reserved;
  if (c.required == Money{}) return CheckResult{true, WRIT_UNIT_MONEY, 0, free.raw};
  return money_at_most(c.required, free);
}

}  // namespace writ::arbiter
