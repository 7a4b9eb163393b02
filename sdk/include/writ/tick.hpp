#pragma once

#include <writ/int128.hpp>
#include <writ/overflow.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rounding.hpp>

#include <cstdint>
#include <optional>

namespace writ {

/// The multiple of `step` next to `raw`; nothing if step <= 0 or the multiple is out of range.
[[nodiscard]] constexpr std::optional<std::int64_t> checked_round_to_step(
    std::int64_t raw, std::int64_t step, Rounding rounding) noexcept {
  if (step <= 0) return std::nullopt;
  return narrow_to_int64(divide_rounded(raw, step, rounding) * step);
}

/// The price on the grid of `tick` next to `price`.
/// Nothing if the price is none, the tick not positive or the result out of range.
[[nodiscard]] constexpr std::optional<Price> checked_round_to_tick(Price price, Price tick,
                                                                   Rounding rounding) noexcept {
  if (price.is_none()) return std::nullopt;
  const auto raw = checked_round_to_step(price.raw, tick.raw, rounding);
  if (!raw || Price{*raw}.is_none()) return std::nullopt;
  return Price{*raw};
}

/// The quantity on the grid of `lot` next to `quantity`; nothing as above.
[[nodiscard]] constexpr std::optional<Quantity> checked_round_to_lot(Quantity quantity,
                                                                     Quantity lot,
                                                                     Rounding rounding) noexcept {
  if (quantity.is_none()) return std::nullopt;
  const auto raw = checked_round_to_step(quantity.raw, lot.raw, rounding);
  if (!raw || Quantity{*raw}.is_none()) return std::nullopt;
  return Quantity{*raw};
}

/// The same, aborting where the checked form returns nothing.
[[nodiscard]] constexpr Price round_to_tick(Price price, Price tick, Rounding rounding) noexcept {
  const auto result = checked_round_to_tick(price, tick, rounding);
  if (!result) abort_on_overflow("round_to_tick");
  return *result;
}

[[nodiscard]] constexpr Quantity round_to_lot(Quantity quantity, Quantity lot,
                                              Rounding rounding) noexcept {
  const auto result = checked_round_to_lot(quantity, lot, rounding);
  if (!result) abort_on_overflow("round_to_lot");
  return *result;
}

/// Whether the value lies on the grid; false for none and for a step that is not positive.
[[nodiscard]] constexpr bool is_on_tick(Price price, Price tick) noexcept {
  return !price.is_none() && tick.raw > 0 && price.raw % tick.raw == 0;
}

[[nodiscard]] constexpr bool is_on_lot(Quantity quantity, Quantity lot) noexcept {
  return !quantity.is_none() && lot.raw > 0 && quantity.raw % lot.raw == 0;
}

/// The middle of two prices, rounded at 1e-9; aborts on none.
[[nodiscard]] constexpr Price midpoint(Price bid, Price ask, Rounding rounding) noexcept {
  if (bid.is_none() || ask.is_none()) abort_on_overflow("midpoint of none");
  // The middle lies between the two, so it fits.
  return Price{static_cast<std::int64_t>(divide_rounded(Int128{bid.raw} + ask.raw, 2, rounding))};
}

}  // namespace writ
