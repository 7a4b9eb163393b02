#include "host/arbiter/checks/checks.hpp"

#include <writ/rate.hpp>
#include <writ/rounding.hpp>

namespace writ::arbiter {

namespace {

/// The middle of the book times two, so that it is exact; nothing without two sides or a trade.
std::optional<Int128> doubled_reference(const market::MarketView& market) {
  if (market.bid_price != WRIT_NONE && market.ask_price != WRIT_NONE) {
    return Int128{market.bid_price} + market.ask_price;
  }
  if (market.last_trade_price != WRIT_NONE) return Int128{market.last_trade_price} * 2;
  return std::nullopt;
}

}  // namespace

std::optional<CheckResult> price_within_band(const Case& c) {
  if (!c.limits.price_band || !c.terms.makes_order || c.terms.market) return std::nullopt;
  const Int128 limit = c.limits.price_band->raw;
  const auto reference = doubled_reference(c.view.market);
  if (!reference || *reference <= 0 || c.terms.price.is_none()) {
    return CheckResult{false, WRIT_UNIT_RATE, 0, limit};  // nothing to measure it by
  }
  const Int128 distance = Int128{c.terms.price.raw} * 2 - *reference;
  const Int128 size = distance < 0 ? -distance : distance;
  const Int128 fraction = divide_rounded(size * Rate::one().raw, *reference, Rounding::kCeil);
  return at_most(WRIT_UNIT_RATE, fraction, limit);
}

}  // namespace writ::arbiter
