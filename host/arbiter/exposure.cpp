#include "host/arbiter/exposure.hpp"

#include "host/ledger/betting_market.hpp"

#include <writ/abi/market.h>

#include <algorithm>

namespace writ::arbiter {
namespace {

Quantity less(Quantity working, Int128 gone) {
  const Int128 left = Int128{working.raw} - std::max(gone, Int128{0});
  return Quantity{static_cast<std::int64_t>(std::max(left, Int128{0}))};
}

/// Value of so much at a price; zero needs none.
std::optional<Money> valued(Int128 size, Price price) {
  if (size <= 0) return Money{};
  if (const auto quantity = narrow_to_int64(size)) {
    return checked_notional(price, Quantity{*quantity});
  }
  const auto raw = price.is_none() ? std::nullopt : checked_mul(size, Int128{price.raw});
  if (!raw || !Money{*raw}.in_bounds()) return std::nullopt;
  return Money{*raw};
}

}  // namespace

void leave_out_replaced(const writ_intent& intent, const RiskView& view, Holding& holding) {
  if (intent.kind != WRIT_INTENT_REPLACE) return;
  const Int128 left = Int128{view.target.quantity.raw} - view.target.filled.raw;
  Quantity& working =
      view.target.side == WRIT_SIDE_BUY ? holding.working_buy : holding.working_sell;
  working = less(working, left);
}

void leave_out_taken_back(const writ_intent& intent, const RiskView& view, Holding& holding) {
  if (intent.kind == WRIT_INTENT_TARGET || intent.kind == WRIT_INTENT_FLATTEN) {
    holding.working_buy = less(holding.working_buy, view.strategy.working_buy.raw);
    holding.working_sell = less(holding.working_sell, view.strategy.working_sell.raw);
  }
  leave_out_replaced(intent, view, holding);
}

bool add_order(std::uint32_t kind, const OrderTerms& terms, Holding& holding) {
  const auto sum = [](Quantity& to, Quantity more) {
    const auto total = checked_add(to, more);
    to = total ? *total : Quantity::max();
  };
  sum(terms.side == WRIT_SIDE_BUY ? holding.working_buy : holding.working_sell, terms.quantity);
  if (kind != WRIT_KIND_RUNNER) return true;
  const auto bet = ledger::bet_result(terms.side, terms.quantity, terms.price);
  ledger::BetResult unmatched{holding.unmatched_if_wins, holding.unmatched_if_loses};
  if (!bet || !unmatched.add_unmatched(*bet)) return false;
  holding.unmatched_if_wins = unmatched.if_wins;
  holding.unmatched_if_loses = unmatched.if_loses;
  return true;
}

std::optional<Money> gross_exposure(std::uint32_t kind, const Holding& holding,
                                    const MarkPrices& marks) {
  if (kind == WRIT_KIND_RUNNER) {
    const Int128 wins = holding.if_wins.raw + holding.unmatched_if_wins.raw;
    const Int128 loses = holding.if_loses.raw + holding.unmatched_if_loses.raw;
    const Money loss{-std::min({wins, loses, Int128{0}})};
    return loss.in_bounds() ? std::optional(loss) : std::nullopt;
  }
  const Int128 position = holding.position.raw;
  const auto as_long = valued(position + holding.working_buy.raw, marks.of_long);
  const auto as_short = valued(Int128{holding.working_sell.raw} - position, marks.of_short);
  if (!as_long || !as_short) return std::nullopt;
  return std::max(*as_long, *as_short);
}

std::optional<Money> gross_exposure_with(const OrderTerms& terms, const Holding& holding,
                                         const MarkPrices& marks) {
  const bool buys = terms.side == WRIT_SIDE_BUY;
  const Quantity working = buys ? holding.working_buy : holding.working_sell;
  const Quantity more = checked_add(working, terms.quantity).value_or(Quantity::max());
  const Int128 position = holding.position.raw;
  const auto as_long = valued(position + (buys ? more : holding.working_buy).raw, marks.of_long);
  const auto as_short =
      valued(Int128{(buys ? holding.working_sell : more).raw} - position, marks.of_short);
  if (!as_long || !as_short) return std::nullopt;
  return std::max(*as_long, *as_short);
}

std::optional<Money> reported(std::optional<Money> amount, std::optional<Rate> rate) {
  if (!amount || !rate) return std::nullopt;
  if (*rate == Rate::one()) return amount;
  return scaled(*amount, *rate, Rounding::kCeil);
}

}  // namespace writ::arbiter
