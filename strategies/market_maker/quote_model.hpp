#pragma once

#include <writ/abi/instrument.h>
#include <writ/price.hpp>
#include <writ/quantize.hpp>
#include <writ/tick.hpp>

#include <cmath>
#include <cstdint>
#include <optional>

// Where a market maker quotes: pure functions, doubles in, exact prices out.

namespace writ::market_maker {

/// Inputs of both models; the unit of price, quantity and time is the caller's, the same in all.
struct ModelInputs {
  double gamma = 0;      ///< risk aversion
  double k = 0;          ///< fills arrive with intensity A·e^(-k·distance)
  double sigma = 0;      ///< volatility of the price per square root of the time unit
  double inventory = 0;  ///< signed
};

/// Distances of bid and ask from the mid; either may be negative when the inventory is large.
struct HalfSpreads {
  double c1 = 0;  ///< what an empty inventory with no volatility would ask
  double c2 = 0;  ///< price of one unit of sigma and inventory
  double bid = 0;
  double ask = 0;
};

/// Stationary quotes of Guéant, Lehalle and Fernandez-Tapia (2013), in the form of Guéant (2017);
/// `lot` is the size of one quote, `intensity` is A.
[[nodiscard]] inline HalfSpreads glft(const ModelInputs& in, double intensity, double lot) {
  const double gl = in.gamma * lot;
  const double ratio = gl / in.k;
  HalfSpreads out;
  out.c1 = std::log1p(ratio) / gl;
  out.c2 = std::sqrt(in.gamma / (2 * intensity * lot * in.k) * std::pow(1 + ratio, in.k / gl + 1));
  out.bid = out.c1 + (2 * in.inventory + lot) / 2 * in.sigma * out.c2;
  out.ask = out.c1 - (2 * in.inventory - lot) / 2 * in.sigma * out.c2;
  return out;
}

/// Avellaneda and Stoikov (2008) with `horizon` left.
struct Reservation {
  double price = 0;   ///< the mid moved against the inventory
  double spread = 0;  ///< of the two quotes around it
};
[[nodiscard]] inline Reservation avellaneda_stoikov(const ModelInputs& in, double mid,
                                                    double horizon) {
  const double variance = in.sigma * in.sigma;
  return {mid - in.inventory * in.gamma * variance * horizon,
          in.gamma * variance * horizon + 2 / in.gamma * std::log1p(in.gamma / in.k)};
}

/// Volatility of a probability whose log-odds have volatility `sigma_logit`: it fades at 0 and 1.
[[nodiscard]] inline double probability_sigma(double sigma_logit, double p) {
  return sigma_logit * p * (1 - p);
}

/// What a side may be quoted at, by the rules of the market.
struct QuoteBounds {
  Price tick;
  Price best_bid;
  Price best_ask;
  Price lowest;   ///< inclusive; none = no bound
  Price highest;  ///< inclusive; none = no bound
};

/// Bids are rounded down to the tick and never take; nothing if that is outside the bounds.
[[nodiscard]] inline std::optional<Price> bid_quote(double wanted, const QuoteBounds& bounds) {
  const auto exact = quantized_price(wanted);
  if (!exact) return std::nullopt;
  auto price = checked_round_to_tick(*exact, bounds.tick, Rounding::kFloor);
  const auto passive = checked_sub(bounds.best_ask, bounds.tick);
  if (!price || !passive) return std::nullopt;
  if (*price > *passive) price = checked_round_to_tick(*passive, bounds.tick, Rounding::kFloor);
  if (!price || price->raw <= 0) return std::nullopt;
  if (!bounds.lowest.is_none() && *price < bounds.lowest) return std::nullopt;
  if (!bounds.highest.is_none() && *price > bounds.highest) return std::nullopt;
  return price;
}

/// Asks are rounded up to the tick and never take; nothing if that is outside the bounds.
[[nodiscard]] inline std::optional<Price> ask_quote(double wanted, const QuoteBounds& bounds) {
  const auto exact = quantized_price(wanted);
  if (!exact) return std::nullopt;
  auto price = checked_round_to_tick(*exact, bounds.tick, Rounding::kCeil);
  const auto passive = checked_add(bounds.best_bid, bounds.tick);
  if (!price || !passive) return std::nullopt;
  if (*price < *passive) price = checked_round_to_tick(*passive, bounds.tick, Rounding::kCeil);
  if (!price || price->raw <= 0) return std::nullopt;
  if (!bounds.lowest.is_none() && *price < bounds.lowest) return std::nullopt;
  if (!bounds.highest.is_none() && *price > bounds.highest) return std::nullopt;
  return price;
}

/// The bounds an instrument sets; a probability is never quoted at 0 or 1.
[[nodiscard]] inline QuoteBounds bounds_of(const writ_instrument& instrument, Price best_bid,
                                           Price best_ask) {
  QuoteBounds bounds{Price{instrument.tick}, best_bid, best_ask, Price{instrument.price_min},
                     Price{instrument.price_max}};
  if (instrument.kind == WRIT_KIND_BINARY) {
    constexpr std::int64_t kOne = 1'000'000'000;
    bounds.lowest = Price{instrument.tick};
    bounds.highest = Price{kOne - instrument.tick};
  }
  return bounds;
}

}  // namespace writ::market_maker
