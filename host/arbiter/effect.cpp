#include "host/arbiter/effect.hpp"

#include "host/arbiter/exposure.hpp"
#include "host/ledger/payoff.hpp"
#include "host/model/order_cost.hpp"

#include <algorithm>

namespace writ::arbiter {
namespace {

using ledger::Payoff;

Quantity moved(Quantity position, Quantity by) {
  const auto sum = checked_add(position, by);
  if (sum) return *sum;
  return by.raw < 0 ? Quantity::min() : Quantity::max();
}

/// Whether the last unit of the order leaves the worst outcome no worse. The worst outcome is
/// concave in how much of the order fills, so then no unit before it does either.
bool last_unit_is_safe(const Payoff& held, const OrderTerms& terms) {
  const std::int64_t sign = terms.side == WRIT_SIDE_BUY ? 1 : -1;
  Payoff whole = held;
  Payoff but_one = held;
  whole.trade(Quantity{sign * terms.quantity.raw}, terms.price);
  but_one.trade(Quantity{sign * (terms.quantity.raw - 1)}, terms.price);
  return whole.worst() >= but_one.worst();
}

/// Of spot and perpetuals only the position counts: what is bought is safe as long as no unit of it
/// is held in the end, though everything bought elsewhere fills.
bool stays_short_of_zero(const Holding& own, const OrderTerms& terms) {
  const bool buys = terms.side == WRIT_SIDE_BUY;
  const Int128 sign = buys ? 1 : -1;
  const Quantity others = buys ? own.working_buy : -own.working_sell;
  return sign * moved(own.position, others).raw + terms.quantity.raw <= 0;
}

/// The same whichever of the working orders fill.
bool reduces(const Holding& own, const Holding& complement, const RiskView& view,
             const OrderTerms& terms) {
  const std::uint32_t kind = view.instrument->kind;
  if (kind != WRIT_KIND_BINARY && kind != WRIT_KIND_RUNNER) return stays_short_of_zero(own, terms);
  if (kind == WRIT_KIND_RUNNER) {
    // At what odds working bets would match is not in the view.
    if (own.working_buy.raw != 0 || own.working_sell.raw != 0) return false;
    return last_unit_is_safe(Payoff::of_selection(own.if_wins, own.if_loses), terms);
  }
  for (unsigned corner = 0; corner < 16; ++corner) {
    const auto filled = [corner](unsigned bit, Quantity quantity, std::int64_t sign) {
      return (corner & bit) != 0 ? Quantity{sign * quantity.raw} : Quantity{};
    };
    const Quantity position =
        moved(moved(own.position, filled(1, own.working_buy, 1)), filled(2, own.working_sell, -1));
    const Quantity other = moved(moved(complement.position, filled(4, complement.working_buy, 1)),
                                 filled(8, complement.working_sell, -1));
    if (!last_unit_is_safe(Payoff::of_tokens(position, other), terms)) return false;
  }
  return true;
}

bool can_be_paid(const OrderTerms& terms, const RiskView& view) {
  const auto required = model::cash_required(*view.instrument, terms.side, terms.price,
                                             terms.quantity, terms.covered);
  return required && *required <= view.cash_free;
}

}  // namespace

Effect effect_of(const writ_intent& intent, const OrderTerms& terms, const RiskView& view) {
  switch (intent.kind) {
    case WRIT_INTENT_NOOP:
    case WRIT_INTENT_CANCEL:
    case WRIT_INTENT_CANCEL_ALL:
      return Effect::kNeutral;
    case WRIT_INTENT_FLATTEN:
      return terms.makes_order ? Effect::kReduces : Effect::kNeutral;
    case WRIT_INTENT_PLACE:
    case WRIT_INTENT_REPLACE:
    case WRIT_INTENT_TARGET:
      break;
    default:
      return Effect::kAdds;
  }
  const bool replaces = intent.kind == WRIT_INTENT_REPLACE;
  if (!terms.makes_order) {
    // A target that is reached, or an order cut to no more than what it filled; never a PLACE.
    return intent.kind == WRIT_INTENT_PLACE ? Effect::kAdds : Effect::kNeutral;
  }
  const bool buys = terms.side == WRIT_SIDE_BUY;
  const bool odds = view.instrument != nullptr && view.instrument->kind == WRIT_KIND_RUNNER;
  const bool lower_is_safer = buys != odds;  // a lay owes more at longer odds
  const auto left = checked_sub(view.target.quantity, view.target.filled);
  const std::int64_t replaced_left = replaces && left ? std::max<std::int64_t>(0, left->raw) : 0;
  if (replaces && terms.quantity.raw <= replaced_left && !terms.price.is_none() &&
      (lower_is_safer ? terms.price <= view.target.price : terms.price >= view.target.price)) {
    return Effect::kNeutral;
  }
  if (view.instrument == nullptr) return Effect::kAdds;
  const std::uint32_t kind = view.instrument->kind;
  const bool priced = kind == WRIT_KIND_BINARY || kind == WRIT_KIND_RUNNER;
  OrderTerms valued = terms;
  if (priced && terms.price.is_none()) {
    // A sale that nobody bids for still rids of what is held.
    if (buys || kind == WRIT_KIND_RUNNER) return Effect::kAdds;
    valued.price = Price{};
  }
  if (buys && (kind == WRIT_KIND_BINARY || kind == WRIT_KIND_SPOT) && !can_be_paid(terms, view)) {
    return Effect::kAdds;  // a hedge nobody can pay for is none
  }

  const auto reduces_those = [&](Holding own, const Holding& complement) {
    leave_out_taken_back(intent, view, own);
    return reduces(own, complement, view, valued);
  };
  const bool marked = (intent.flags & (WRIT_INTENT_REDUCE_ONLY | WRIT_INTENT_CLOSE_POSITION)) != 0;
  if (!reduces_those(view.account, view.complement)) return Effect::kAdds;
  if (!marked && !reduces_those(view.strategy, view.strategy_complement)) return Effect::kAdds;
  return Effect::kReduces;
}

}  // namespace writ::arbiter
