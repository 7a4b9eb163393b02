#include "host/arbiter/order_terms.hpp"

#include <writ/int128.hpp>
#include <writ/rounding.hpp>

#include <algorithm>

namespace writ::arbiter {
namespace {

constexpr Price kOne{1'000'000'000};

Price price_of(std::int64_t raw) { return raw == WRIT_NONE ? Price::none() : Price{raw}; }

/// What a market order is reserved at: a buy above the best ask. A perpetual sold at the best bid
/// opens no more than that; other sales are worth less than it.
Price market_price(std::uint16_t side, const RiskView& view, Rate slippage) {
  const bool buys = side == WRIT_SIDE_BUY;
  Price best = price_of(buys ? view.market.ask_price : view.market.bid_price);
  if (best.is_none()) best = price_of(view.market.last_trade_price);
  if (best.is_none()) return best;
  if (!buys && view.instrument != nullptr && view.instrument->kind == WRIT_KIND_PERP) return best;
  const auto worse = scaled(best, slippage, Rounding::kCeil);
  const auto moved =
      worse ? (buys ? checked_add(best, *worse) : checked_sub(best, *worse)) : std::nullopt;
  if (!moved) return Price::none();
  const bool binary = view.instrument != nullptr && view.instrument->kind == WRIT_KIND_BINARY;
  return binary ? std::clamp(*moved, Price{}, kOne) : *moved;
}

/// What selling (or buying) may close of the position once other working orders that way filled.
Quantity closable_by(std::uint16_t side, const Holding& account, Quantity released) {
  const bool sells = side == WRIT_SIDE_SELL;
  const Int128 open = sells ? Int128{account.position.raw} : -Int128{account.position.raw};
  const Int128 working = sells ? account.working_sell.raw : account.working_buy.raw;
  const Int128 left = open - working + released.raw;
  const auto narrow = narrow_to_int64(std::max(left, Int128{0}));
  return narrow ? Quantity{*narrow} : Quantity::max();
}

/// What is bought back was held back for, but for what the rest of the market owes all the same.
Quantity covered_of(const OrderTerms& terms, const RiskView& view) {
  if (view.instrument == nullptr || view.instrument->kind != WRIT_KIND_BINARY) {
    return terms.closable;
  }
  if (terms.side == WRIT_SIDE_SELL) return terms.closable;
  const Int128 owed = divide_rounded(view.owed_beside.raw, kOne.raw, Rounding::kCeil);
  const auto left = narrow_to_int64(std::max(terms.closable.raw - owed, Int128{0}));
  return left ? Quantity{*left} : Quantity{};
}

}  // namespace

OrderTerms order_terms(const writ_intent& intent, const RiskView& view, Rate slippage) {
  OrderTerms terms;
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
    if (replaced && replaced->raw > 0) released = *replaced;
  } else if (intent.kind == WRIT_INTENT_FLATTEN || intent.kind == WRIT_INTENT_TARGET) {
    const Quantity goal =
        intent.kind == WRIT_INTENT_TARGET ? Quantity{intent.quantity} : Quantity{};
    const auto missing = checked_sub(goal, view.strategy.position);
    if (!missing) return terms;
    terms.side = missing->raw < 0 ? WRIT_SIDE_SELL : WRIT_SIDE_BUY;
    terms.quantity = abs(*missing);
    terms.market = intent.order_type != WRIT_ORDER_LIMIT || intent.price == WRIT_NONE;
    released =
        terms.side == WRIT_SIDE_SELL ? view.strategy.working_sell : view.strategy.working_buy;
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
  terms.closable = closable_by(terms.side, view.account, released);
  terms.covered = covered_of(terms, view);
  return terms;
}

}  // namespace writ::arbiter
