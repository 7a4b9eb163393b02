#include "host/model/order_part.hpp"

#include <writ/abi/market.h>
#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/money_abi.hpp>
#include <writ/rounding.hpp>

#include <algorithm>

namespace writ::model {
namespace {

constexpr Price kOne{1'000'000'000};

/// How many lots are worth so much.
Int128 lots_worth(Money value, Price price, Int128 lot, Rounding rounding) {
  return divide_rounded(value.raw, price.raw * lot, rounding);
}

}  // namespace

Quantity order_part(const writ_instrument& instrument, Price price, Quantity whole) noexcept {
  const Int128 lot = std::max<std::int64_t>(instrument.lot, 1);
  const Price unit = instrument.kind == WRIT_KIND_RUNNER ? kOne : price;
  const bool valued = !unit.is_none() && unit.raw > 0;
  Int128 most = whole.raw / lot;
  Int128 least = 0;
  if (instrument.quantity_max != WRIT_NONE) most = std::min(most, instrument.quantity_max / lot);
  if (instrument.quantity_min != WRIT_NONE) {
    least = divide_rounded(instrument.quantity_min, lot, Rounding::kCeil);
  }
  if (const auto value = from_abi(instrument.notional_max); valued && value != Money{}) {
    most = std::min(most, lots_worth(value, unit, lot, Rounding::kFloor));
  }
  if (const auto value = from_abi(instrument.notional_min); valued && value != Money{}) {
    least = std::max(least, lots_worth(value, unit, lot, Rounding::kCeil));
  }
  const Int128 lots = whole.raw / lot;
  if (most <= 0 || most >= lots) return whole;
  const Int128 lacking = least - (lots - most);
  if (lacking > 0 && most - lacking >= least) most -= lacking;
  return Quantity{static_cast<std::int64_t>(most * lot)};
}

}  // namespace writ::model
