#include "host/arbiter/checks/checks.hpp"

#include <writ/rate.hpp>
#include <writ/rounding.hpp>

#include <algorithm>

namespace writ::arbiter {

namespace {

/// Distance from a reference as a fraction of it, rounded up; both times two so that the middle of
/// a book is exact.
Int128 distance(Price price, Int128 doubled_reference) {
  const Int128 apart = Int128{price.raw} * 2 - doubled_reference;
  return divide_rounded((apart < 0 ? -apart : apart) * Rate::one().raw, doubled_reference,
                        Rounding::kCeil);
}

}  // namespace

std::optional<CheckResult> price_within_band(const Case& c) {
  if (!c.limits.price_band || !c.terms.makes_order || c.terms.market) return std::nullopt;
  const Int128 limit = c.limits.price_band->raw;
  const market::MarketView& market = c.view.market;
  std::optional<Int128> farthest;
  const auto measure = [&](Int128 doubled_reference) {
    if (doubled_reference <= 0 || c.terms.price.is_none()) return;
    farthest = std::max(farthest.value_or(0), distance(c.terms.price, doubled_reference));
  };
  if (market.bid_price != WRIT_NONE && market.ask_price != WRIT_NONE) {
    measure(Int128{market.bid_price} + market.ask_price);
  }
  if (market.mark_price != WRIT_NONE) measure(Int128{market.mark_price} * 2);
  if (!farthest && market.last_trade_price != WRIT_NONE) {
    measure(Int128{market.last_trade_price} * 2);
  }
  if (!farthest) return CheckResult{false, WRIT_UNIT_RATE, 0, limit};  // nothing to measure it by
  return at_most(WRIT_UNIT_RATE, *farthest, limit);
}

}  // namespace writ::arbiter
