#pragma once

#include "words.hpp"

#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace writ::venue_sim {

/// One symbol as it is listed, with the rules its orders obey.
struct Listing {
  std::string symbol;
  std::string base;
  std::string quote;
  Price tick;
  Price price_max;
  Quantity step;
  Quantity quantity_min;
  Quantity quantity_max;
  Money notional_min;
  Rate band_up;    ///< of the reference price, the dearest a buy may be
  Rate band_down;  ///< and the cheapest a sell may be
  std::int64_t orders_max = 200;
  int price_decimals = 8;     ///< in answers and events
  int quantity_decimals = 8;  ///< in answers and events
  Price start;                ///< where the synthetic market begins
};

/// What a simulator lists that is not told otherwise: BTCUSDT, ETHUSDT, BNBUSDT and LTCBTC on
/// spot; BTCUSDT and ETHUSDT perpetuals.
[[nodiscard]] std::vector<Listing> default_listings(Market market);

/// Amounts, as text with a fixed number of decimals, cut off, as the venue writes them.
[[nodiscard]] std::string fixed(Int128 value, int scale, int decimals);
[[nodiscard]] std::string fixed(Price price, int decimals);
[[nodiscard]] std::string fixed(Quantity quantity, int decimals);
[[nodiscard]] std::string fixed(Money amount, int decimals);
[[nodiscard]] std::string fixed(Rate rate, int decimals);

/// A quantity of an asset as an amount of it.
[[nodiscard]] constexpr Money amount_of(Quantity quantity) noexcept {
  return Money{Int128{quantity.raw} * 1'000'000'000};
}

}  // namespace writ::venue_sim
