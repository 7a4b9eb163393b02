#pragma once

#include "host/arbiter/risk_view.hpp"

#include <writ/abi/intent.h>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <cstdint>

namespace writ::arbiter {

/// The order an intent would make, before anyone approved it.
struct OrderTerms {
  bool makes_order = false;  ///< false: NOOP, cancels, and targets or flattens with nothing to do
  std::uint16_t side = 0;    ///< WRIT_SIDE_*
  bool market = false;       ///< a market order: `price` is what cash is reserved at
  Price price = Price::none();  ///< none: a market order without any price to go by
  Quantity quantity;            ///< > 0; of a REPLACE what is left to fill of the new order
  Quantity closable;            ///< part of the opposite position it may close, >= 0
  Quantity covered;  ///< part of that which needs no free cash: what it closes pays for it
};

/// Resolves PLACE, REPLACE, FLATTEN and TARGET. A market order is reserved at the best opposite
/// price, or else the last trade, worsened by `slippage`. A flatten or target is of whole lots and
/// never beyond its goal; of a runner the largest such stake, counted in win units, though all that
/// works that way fills. Safe for any bytes; whether the numbers make sense the checks say.
[[nodiscard]] OrderTerms order_terms(const writ_intent& intent, const RiskView& view,
                                     Rate slippage);

/// Of a runner: the largest stake, on the lot, of a market order to that side that moves its
/// position by no more than so many win units, as order_terms makes it of a flatten. None: there
/// are no odds to go by.
[[nodiscard]] Quantity market_stake(std::uint16_t side, Quantity win_units, const RiskView& view,
                                    Rate slippage);

/// Of a runner: what the order moves its position by, rounded up to 1e-9.
[[nodiscard]] Quantity win_units_of(const OrderTerms& terms, const RiskView& view);

}  // namespace writ::arbiter
