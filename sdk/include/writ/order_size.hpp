#pragma once

#include <writ/abi/instrument.h>
#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/money_abi.hpp>
#include <writ/muldiv.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rounding.hpp>
#include <writ/tick.hpp>

#include <algorithm>
#include <optional>

namespace writ {

/// How much of the instrument `worth` (in its quote asset) is at `price`, on its lots.
/// Nothing if the price is not positive or the result out of range.
[[nodiscard]] constexpr std::optional<Quantity> quantity_worth(const writ_instrument& instrument,
                                                               Money worth, Price price,
                                                               Rounding rounding) noexcept {
  if (price.raw <= 0) return std::nullopt;
  const auto underlying = quantity_for(worth, price, rounding);
  if (!underlying) return std::nullopt;
  const auto units = muldiv(underlying->raw, 1'000'000'000, instrument.quantity_unit, rounding);
  const auto raw = units ? narrow_to_int64(*units) : std::nullopt;
  if (!raw) return std::nullopt;
  return checked_round_to_lot(Quantity{*raw}, Quantity{instrument.lot}, rounding);
}

/// The size of an order of about `worth` at `price`: down to the lot, but never below what the
/// venue takes (lot, least quantity, least notional) nor above its largest quantity.
[[nodiscard]] constexpr std::optional<Quantity> order_size(const writ_instrument& instrument,
                                                           Money worth, Price price) noexcept {
  const auto wanted = quantity_worth(instrument, worth, price, Rounding::kFloor);
  const auto worth_least =
      quantity_worth(instrument, from_abi(instrument.notional_min), price, Rounding::kCeil);
  if (!wanted || !worth_least) return std::nullopt;
  // A bound that is none is the lowest number of all.
  const Quantity size = std::max(
      {*wanted, *worth_least, Quantity{instrument.lot}, Quantity{instrument.quantity_min}});
  const Quantity most{instrument.quantity_max};
  return most.is_none() ? size : std::min(size, most);
}

}  // namespace writ
