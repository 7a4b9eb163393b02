#pragma once

#include "host/arbiter/order_terms.hpp"
#include "host/execution/orders.hpp"
#include "host/market/book.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/intent.h>
#include <writ/ids.hpp>
#include <writ/price.hpp>

#include <vector>

namespace writ::engine {

/// An own resting order that another own order would match.
struct OwnOrderMet {
  OrderId order;
  Price price;  ///< in terms of the other order's instrument: of the complement 1 less its price
};

/// The account's resting orders, of whichever strategy, that the order of this intent would match
/// if it arrived now, the one it would match first first: in its instrument, and in the complement
/// of a binary one, where two buys, or two sales, meet. An order that a cancel was sent for is out
/// of the way, and so are those the intent itself cancels. `terms` must make an order.
[[nodiscard]] std::vector<OwnOrderMet> own_orders_met(const execution::Orders& orders,
                                                      const writ_instrument& instrument,
                                                      const writ_intent& intent,
                                                      const arbiter::OrderTerms& terms);

/// The worst price a market order would match at in the book as it is, no worse than what it is
/// reserved at; that, where the book is too thin to say. None: at any. A limit order's own price.
[[nodiscard]] Price price_reached(const market::Book& book, const writ_instrument& instrument,
                                  const arbiter::OrderTerms& terms);

}  // namespace writ::engine
