#pragma once

#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/muldiv.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rounding.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <optional>

namespace writ {

/// A pure number at 1e-9: a fee rate, a fraction, a probability, a conversion factor.
struct Rate {
  /// Value in units of 1e-9.
  std::int64_t raw = 0;

  constexpr Rate() noexcept = default;
  explicit constexpr Rate(std::int64_t raw_nano) noexcept : raw(raw_nano) {}
  template <std::floating_point F>
  explicit Rate(F) = delete;  // exact numbers never come from a floating-point one

  [[nodiscard]] static constexpr Rate one() noexcept { return Rate{1'000'000'000}; }

  friend constexpr auto operator<=>(Rate, Rate) noexcept = default;
};

/// amount × rate, rounded once at 1e-18. Nothing if the result is out of bounds.
[[nodiscard]] constexpr std::optional<Money> scaled(Money amount, Rate rate,
                                                    Rounding rounding) noexcept {
  const auto raw = muldiv(amount.raw, rate.raw, Rate::one().raw, rounding);
  if (!raw || !Money{*raw}.in_bounds()) return std::nullopt;
  return Money{*raw};
}

/// price × rate, rounded once at 1e-9. Nothing if none or out of range.
[[nodiscard]] constexpr std::optional<Price> scaled(Price price, Rate rate,
                                                    Rounding rounding) noexcept {
  if (price.is_none()) return std::nullopt;
  const Int128 product = Int128{price.raw} * rate.raw;
  const auto raw = narrow_to_int64(divide_rounded(product, Rate::one().raw, rounding));
  if (!raw || Price{*raw}.is_none()) return std::nullopt;
  return Price{*raw};
}

/// quantity × rate, rounded once at 1e-9. Nothing if none or out of range.
[[nodiscard]] constexpr std::optional<Quantity> scaled(Quantity quantity, Rate rate,
                                                       Rounding rounding) noexcept {
  if (quantity.is_none()) return std::nullopt;
  const Int128 product = Int128{quantity.raw} * rate.raw;
  const auto raw = narrow_to_int64(divide_rounded(product, Rate::one().raw, rounding));
  if (!raw || Quantity{*raw}.is_none()) return std::nullopt;
  return Quantity{*raw};
}

/// part / whole, rounded once at 1e-9. Nothing if whole is zero or the rate is out of range.
[[nodiscard]] constexpr std::optional<Rate> ratio(Money part, Money whole,
                                                  Rounding rounding) noexcept {
  const auto wide = muldiv(part.raw, Rate::one().raw, whole.raw, rounding);
  const auto raw = wide ? narrow_to_int64(*wide) : std::nullopt;
  if (!raw) return std::nullopt;
  return Rate{*raw};
}

}  // namespace writ
