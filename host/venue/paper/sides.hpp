#pragma once

#include "host/market/book.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/outcome.h>

#include <cstddef>
#include <cstdint>

// Buy and sell, back and lay as one sign rule: which side an order is on and which prices it trades
// at. Everything after `resting_side` knows the sides of a book only.

namespace writ::venue::paper {

/// The side of the book an order rests on: a buy on the bids; in odds, where a back wants the
/// higher price, a back on the asks (writ/abi/market.h).
[[nodiscard]] inline market::Side resting_side(const writ_instrument& instrument,
                                               std::uint16_t side) {
  const bool buys = side == WRIT_SIDE_BUY;
  const bool odds = instrument.kind == WRIT_KIND_RUNNER;
  return buys != odds ? market::Side::kBid : market::Side::kAsk;
}

/// The side such an order takes from.
[[nodiscard]] inline market::Side opposite(market::Side rests) {
  return rests == market::Side::kBid ? market::Side::kAsk : market::Side::kBid;
}

/// Place in an array of both sides.
[[nodiscard]] inline std::size_t index_of(market::Side side) {
  return side == market::Side::kBid ? 0 : 1;
}

/// Whether an order of this side and limit trades at `price`; a market order at any.
[[nodiscard]] inline bool reaches(market::Side rests, std::int64_t limit, std::int64_t price) {
  if (limit == WRIT_NONE) return true;
  return rests == market::Side::kBid ? price <= limit : price >= limit;
}

/// Whether a resting order's limit lies beyond `price`, so that trading there went through it.
[[nodiscard]] inline bool is_through(market::Side rests, std::int64_t limit, std::int64_t price) {
  return rests == market::Side::kBid ? price < limit : price > limit;
}

/// Whether `a` is a better price than `b` to take from that side.
[[nodiscard]] inline bool is_better(market::Side side, std::int64_t a, std::int64_t b) {
  return side == market::Side::kAsk ? a < b : a > b;
}

/// What the exchange has not filled.
[[nodiscard]] inline std::int64_t left_of(const writ_order& order) {
  return order.quantity - order.filled;
}

[[nodiscard]] inline bool may_rest(const writ_order& order) {
  return order.order_type != WRIT_ORDER_MARKET &&
         (order.time_in_force == WRIT_TIF_GTC || order.time_in_force == WRIT_TIF_GTD);
}

}  // namespace writ::venue::paper
