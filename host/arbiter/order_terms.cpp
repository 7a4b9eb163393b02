#include "host/arbiter/order_terms.hpp"

#include <writ/int128.hpp>
#include <writ/rounding.hpp>

#include <algorithm>

namespace writ::arbiter {
namespace {

constexpr Price kOne{1'000'000'000};

Price price_of(std::int64_t raw) { return raw == WRIT_NONE ? Price::none() : Price{raw}; }

bool is_runner(const RiskView& view) {
  return view.instrument != nullptr && view.instrument->kind == WRIT_KIND_RUNNER;
}

/// What a market order is reserved at: a buy above the best ask. A perpetual sold at the best bid
/// opens no more than that; other sales are worth less than it. In odds a lay above the lowest ask.
Price market_price(std::uint16_t side, const RiskView& view, Rate slippage) {
  const bool takes_asks = (side == WRIT_SIDE_BUY) != is_runner(view);
  Price best = price_of(takes_asks ? view.market.ask_price : view.market.bid_price);
  if (best.is_none()) best = price_of(view.market.last_trade_price);
  if (best.is_none()) return best;
  const std::uint32_t kind = view.instrument == nullptr ? 0 : view.instrument->kind;
  if (!takes_asks && kind == WRIT_KIND_PERP) return best;
  const auto worse = scaled(best, slippage, Rounding::kCeil);
  const auto moved =
      worse ? (takes_asks ? checked_add(best, *worse) : checked_sub(best, *worse)) : std::nullopt;
  if (!moved) return Price::none();
  if (kind == WRIT_KIND_RUNNER) return std::max(*moved, kOne);
  return kind == WRIT_KIND_BINARY ? std::clamp(*moved, Price{}, kOne) : *moved;
}

/// What works that way, of a runner in win units.
Quantity working_of(std::uint16_t side, const RiskView& view, const Holding& holding) {
  const bool sells = side == WRIT_SIDE_SELL;
  if (is_runner(view)) return sells ? holding.lay_units : holding.back_units;
  return sells ? holding.working_sell : holding.working_buy;
}

/// What selling (or buying) may close of the position once other working orders that way filled; of
/// a runner in win units.
Int128 closable_by(std::uint16_t side, const RiskView& view, Quantity released) {
  const Int128 position = view.account.position.raw;
  const Int128 open = side == WRIT_SIDE_SELL ? position : -position;
  return std::max(open - working_of(side, view, view.account).raw + released.raw, Int128{0});
}

Quantity narrowed(Int128 quantity) {
  const auto raw = narrow_to_int64(quantity);
  return raw ? Quantity{*raw} : Quantity::max();
}

/// The odds by which win units are turned into a stake that does not buy or sell more of them: a
/// lay is matched at its odds at most, a back at its odds or the better ones that are there.
Price stake_odds(const OrderTerms& terms, const RiskView& view) {
  if (terms.side == WRIT_SIDE_SELL || terms.price.is_none()) return terms.price;
  const Price best = price_of(view.market.bid_price);
  return best.is_none() ? terms.price : std::max(terms.price, best);
}

/// The largest stake, on the lot, for so many win units.
Quantity stake_of(Int128 units, const OrderTerms& terms, const RiskView& view) {
  const Price odds = stake_odds(terms, view);
  if (odds.is_none() || odds < kOne) return {};
  const Int128 lot = std::max<std::int64_t>(view.instrument->lot, 1);
  return narrowed(divide_rounded(units * kOne.raw, odds.raw * lot, Rounding::kFloor) * lot);
}

/// What of `closable` was held back for, so that closing it needs no free cash: not what the rest
/// of the market owes all the same.
Int128 covered_of(Int128 closable, const OrderTerms& terms, const RiskView& view) {
  const std::uint32_t kind = view.instrument == nullptr ? 0 : view.instrument->kind;
  if (kind != WRIT_KIND_BINARY && kind != WRIT_KIND_RUNNER) return closable;
  if (terms.side == WRIT_SIDE_SELL) {
    // Of several winners one pays for what another owes.
    return kind == WRIT_KIND_RUNNER && view.instrument->winners > 1 ? Int128{0} : closable;
  }
  const Int128 owed = divide_rounded(view.owed_beside.raw, kOne.raw, Rounding::kCeil);
  return std::max(closable - owed, Int128{0});
}

}  // namespace

OrderTerms order_terms(const writ_intent& intent, const RiskView& view, Rate slippage) {
  OrderTerms terms;
  const bool by_position = intent.kind == WRIT_INTENT_FLATTEN || intent.kind == WRIT_INTENT_TARGET;
  Quantity released;  // of own working orders that way, gone when this one is sent
  if (intent.kind == WRIT_INTENT_PLACE) {
    terms.side = intent.side;
    terms.quantity = Quantity{intent.quantity};
    terms.market = intent.order_type == WRIT_ORDER_MARKET;
  } else if (intent.kind == WRIT_INTENT_REPLACE) {
    const auto left = checked_sub(Quantity{intent.quantity}, view.target.filled);
    terms.side = view.target.side;
    terms.quantity = left ? *left : Quantity{};
    const auto replaced = checked_sub(view.target.quantity, view.target.filled);
    if (replaced && replaced->raw > 0 && !is_runner(view)) released = *replaced;
  } else if (by_position) {
    const Quantity goal =
        intent.kind == WRIT_INTENT_TARGET ? Quantity{intent.quantity} : Quantity{};
    const auto missing = checked_sub(goal, view.strategy.position);
    if (!missing) return terms;
    terms.side = missing->raw < 0 ? WRIT_SIDE_SELL : WRIT_SIDE_BUY;
    terms.quantity = abs(*missing);
    terms.market = intent.order_type != WRIT_ORDER_LIMIT || intent.price == WRIT_NONE;
    released = working_of(terms.side, view, view.strategy);
  } else {
    return terms;
  }
  const bool one_side = terms.side == WRIT_SIDE_BUY || terms.side == WRIT_SIDE_SELL;
  terms.makes_order = one_side && !terms.quantity.is_none() && terms.quantity.raw > 0;
  if (!terms.makes_order) {
    terms.quantity = {};
    return terms;
  }
  terms.price = terms.market ? market_price(terms.side, view, slippage) : price_of(intent.price);
  const Int128 closable = closable_by(terms.side, view, released);
  const Int128 covered = covered_of(closable, terms, view);
  if (!is_runner(view)) {
    terms.closable = narrowed(closable);
    terms.covered = narrowed(covered);
    const std::int64_t lot = view.instrument == nullptr ? 0 : view.instrument->lot;
    if (by_position && lot > 0) terms.quantity.raw -= terms.quantity.raw % lot;
    if (terms.quantity.raw == 0) terms.makes_order = false;
    return terms;
  }
  if (by_position) {
    // What a cancel does not reach in time counts as if it filled, at its own odds.
    const Int128 missing = Int128{terms.quantity.raw} - released.raw;
    terms.quantity = stake_of(std::max(missing, Int128{0}), terms, view);
  }
  terms.closable = stake_of(closable, terms, view);
  terms.covered = stake_of(covered, terms, view);
  if (terms.quantity.raw == 0) terms.makes_order = false;
  return terms;
}

Quantity market_stake(std::uint16_t side, Quantity win_units, const RiskView& view, Rate slippage) {
  OrderTerms terms;
  terms.side = side;
  terms.price = market_price(side, view, slippage);
  return terms.price.is_none() ? Quantity::none() : stake_of(win_units.raw, terms, view);
}

Quantity win_units_of(const OrderTerms& terms, const RiskView& view) {
  const Price odds = stake_odds(terms, view);
  if (odds.is_none()) return {};
  return narrowed(divide_rounded(Int128{terms.quantity.raw} * odds.raw, kOne.raw, Rounding::kCeil));
}

}  // namespace writ::arbiter
