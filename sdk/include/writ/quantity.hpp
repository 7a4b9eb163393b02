#pragma once

#include <writ/overflow.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>

namespace writ {

/// An amount of an instrument, exact at 1e-9. Signed: a short position is negative.
struct Quantity {
  /// Value in units of 1e-9; the most negative number stands for "none".
  std::int64_t raw = 0;

  constexpr Quantity() noexcept = default;
  explicit constexpr Quantity(std::int64_t raw_nano) noexcept : raw(raw_nano) {}
  template <std::floating_point F>
  explicit Quantity(F) = delete;  // exact numbers never come from a floating-point one

  /// No quantity: not known, or not applicable (a market order has no limit price).
  [[nodiscard]] static constexpr Quantity none() noexcept {
    return Quantity{std::numeric_limits<std::int64_t>::min()};
  }
  [[nodiscard]] constexpr bool is_none() const noexcept { return *this == none(); }

  [[nodiscard]] static constexpr Quantity max() noexcept {
    return Quantity{std::numeric_limits<std::int64_t>::max()};
  }
  [[nodiscard]] static constexpr Quantity min() noexcept { return Quantity{-max().raw}; }

  /// Numeric order; none sorts before every quantity.
  friend constexpr auto operator<=>(Quantity, Quantity) noexcept = default;
};

/// Sum, difference and multiple; nothing if an operand is none or the result is out of range.
[[nodiscard]] constexpr std::optional<Quantity> checked_add(Quantity a, Quantity b) noexcept {
  Quantity result;
  if (a.is_none() || b.is_none() || __builtin_add_overflow(a.raw, b.raw, &result.raw) ||
      result.is_none()) {
    return std::nullopt;
  }
  return result;
}

[[nodiscard]] constexpr std::optional<Quantity> checked_sub(Quantity a, Quantity b) noexcept {
  Quantity result;
  if (a.is_none() || b.is_none() || __builtin_sub_overflow(a.raw, b.raw, &result.raw) ||
      result.is_none()) {
    return std::nullopt;
  }
  return result;
}

[[nodiscard]] constexpr std::optional<Quantity> checked_mul(Quantity a,
                                                            std::int64_t times) noexcept {
  Quantity result;
  if (a.is_none() || __builtin_mul_overflow(a.raw, times, &result.raw) || result.is_none()) {
    return std::nullopt;
  }
  return result;
}

/// The same, aborting where the checked form returns nothing.
[[nodiscard]] constexpr Quantity operator+(Quantity a, Quantity b) noexcept {
  const auto result = checked_add(a, b);
  if (!result) abort_on_overflow("Quantity + Quantity");
  return *result;
}

[[nodiscard]] constexpr Quantity operator-(Quantity a, Quantity b) noexcept {
  const auto result = checked_sub(a, b);
  if (!result) abort_on_overflow("Quantity - Quantity");
  return *result;
}

[[nodiscard]] constexpr Quantity operator-(Quantity a) noexcept { return Quantity{} - a; }

constexpr Quantity& operator+=(Quantity& a, Quantity b) noexcept { return a = a + b; }
constexpr Quantity& operator-=(Quantity& a, Quantity b) noexcept { return a = a - b; }

/// The size without its sign.
[[nodiscard]] constexpr Quantity abs(Quantity a) noexcept { return a.raw < 0 ? -a : a; }

}  // namespace writ
