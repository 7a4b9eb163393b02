#include "host/arbiter/amendment.hpp"

#include <writ/int128.hpp>
#include <writ/rounding.hpp>

namespace writ::arbiter {

std::optional<OrderTerms> terms_filled_before(const Case& c) {
  const TargetOrder& target = c.view.target;
  if (c.intent.kind != WRIT_INTENT_REPLACE || !c.terms.makes_order) return std::nullopt;
  if (c.terms.price.is_none() || target.price.is_none()) return std::nullopt;
  const Int128 whole = c.terms.quantity.raw;
  const Int128 before = Int128{target.quantity.raw} - target.filled.raw;
  if (before <= 0 || before >= whole) return std::nullopt;
  const bool odds = c.view.instrument != nullptr && c.view.instrument->kind == WRIT_KIND_RUNNER;
  const bool higher_is_worse = (c.terms.side == WRIT_SIDE_BUY) != odds;
  OrderTerms both = c.terms;
  both.price = Price{static_cast<std::int64_t>(
      divide_rounded(before * target.price.raw + (whole - before) * c.terms.price.raw, whole,
                     higher_is_worse ? Rounding::kCeil : Rounding::kFloor))};
  return both;
}

}  // namespace writ::arbiter
