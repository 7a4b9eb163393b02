#pragma once

#include <writ/int128.hpp>
#include <writ/overflow.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rounding.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <optional>

namespace writ {

/// An amount of one currency, exact at 1e-18, so that price × quantity needs no rounding and
/// NUMERIC(38,18) holds it. The currency is the caller's to know.
/// Sums stay within 1e18 units of either sign (`kMoneyLimit`); what leaves that aborts or, in the
/// checked forms, gives nothing.
struct Money {
  /// Value in units of 1e-18.
  Int128 raw = 0;

  constexpr Money() noexcept = default;
  explicit constexpr Money(Int128 raw_atto) noexcept : raw(raw_atto) {}
  template <std::floating_point F>
  explicit Money(F) = delete;  // exact numbers never come from a floating-point one

  /// Whether the amount is within the limit that sums keep.
  [[nodiscard]] constexpr bool in_bounds() const noexcept;

  friend constexpr auto operator<=>(Money, Money) noexcept = default;
};

/// 1e18 units. It leaves a factor of 170 to 128 bits, so a hundredfold for comparisons cannot wrap.
inline constexpr Int128 kMoneyLimit = Int128{1'000'000'000'000'000'000} * 1'000'000'000'000'000'000;

constexpr bool Money::in_bounds() const noexcept {
  return raw >= -kMoneyLimit && raw <= kMoneyLimit;
}

/// Nothing if the result is out of bounds.
[[nodiscard]] constexpr std::optional<Money> checked_add(Money a, Money b) noexcept {
  const auto sum = checked_add(a.raw, b.raw);
  if (!sum || !Money{*sum}.in_bounds()) return std::nullopt;
  return Money{*sum};
}

[[nodiscard]] constexpr std::optional<Money> checked_sub(Money a, Money b) noexcept {
  const auto difference = checked_sub(a.raw, b.raw);
  if (!difference || !Money{*difference}.in_bounds()) return std::nullopt;
  return Money{*difference};
}

[[nodiscard]] constexpr std::optional<Money> checked_mul(Money a, std::int64_t times) noexcept {
  const auto product = checked_mul(a.raw, Int128{times});
  if (!product || !Money{*product}.in_bounds()) return std::nullopt;
  return Money{*product};
}

/// The same, aborting where the checked form returns nothing.
[[nodiscard]] constexpr Money operator+(Money a, Money b) noexcept {
  const auto sum = checked_add(a, b);
  if (!sum) abort_on_overflow("Money + Money");
  return *sum;
}

[[nodiscard]] constexpr Money operator-(Money a, Money b) noexcept {
  const auto difference = checked_sub(a, b);
  if (!difference) abort_on_overflow("Money - Money");
  return *difference;
}

[[nodiscard]] constexpr Money operator-(Money a) noexcept { return Money{} - a; }
constexpr Money& operator+=(Money& a, Money b) noexcept { return a = a + b; }
constexpr Money& operator-=(Money& a, Money b) noexcept { return a = a - b; }

/// The amount without its sign.
[[nodiscard]] constexpr Money abs(Money a) noexcept { return a.raw < 0 ? -a : a; }

/// price × quantity, exact: 1e-9 times 1e-9 is 1e-18, a plain 64 × 64 -> 128 bit product.
/// It may exceed the limit that sums keep; comparing it is right all the same. Aborts on none.
[[nodiscard]] constexpr Money notional(Price price, Quantity quantity) noexcept {
  if (price.is_none() || quantity.is_none()) abort_on_overflow("notional of none");
  return Money{Int128{price.raw} * quantity.raw};
}

/// The same for numbers nobody has validated: nothing on none or past the limit.
[[nodiscard]] constexpr std::optional<Money> checked_notional(Price price,
                                                              Quantity quantity) noexcept {
  if (price.is_none() || quantity.is_none()) return std::nullopt;
  const Money product = notional(price, quantity);
  if (!product.in_bounds()) return std::nullopt;
  return product;
}

/// amount / quantity as a price per unit, rounded once.
/// Nothing if the quantity is zero or none, or the price is out of range.
[[nodiscard]] constexpr std::optional<Price> unit_price(Money amount, Quantity quantity,
                                                        Rounding rounding) noexcept {
  if (quantity.raw == 0 || quantity.is_none()) return std::nullopt;
  const auto price = narrow_to_int64(divide_rounded(amount.raw, quantity.raw, rounding));
  if (!price || Price{*price}.is_none()) return std::nullopt;
  return Price{*price};
}

/// amount / price as a quantity, rounded once.
/// Nothing if the price is zero or none, or the quantity is out of range.
[[nodiscard]] constexpr std::optional<Quantity> quantity_for(Money amount, Price price,
                                                             Rounding rounding) noexcept {
  if (price.raw == 0 || price.is_none()) return std::nullopt;
  const auto quantity = narrow_to_int64(divide_rounded(amount.raw, price.raw, rounding));
  if (!quantity || Quantity{*quantity}.is_none()) return std::nullopt;
  return Quantity{*quantity};
}

}  // namespace writ
