#pragma once

#include <writ/overflow.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>

namespace writ {

/// A price per unit of quantity, exact at 1e-9. Differences and ticks are prices too.
/// A price and a quantity do not mix: their product is `notional` in <writ/money.hpp>.
struct Price {
  /// Value in units of 1e-9; the most negative number stands for "none".
  std::int64_t raw = 0;

  constexpr Price() noexcept = default;
  explicit constexpr Price(std::int64_t raw_nano) noexcept : raw(raw_nano) {}
  template <std::floating_point F>
  explicit Price(F) = delete;  // exact numbers never come from a floating-point one

  /// No price: not known, or not applicable (a market order has no limit price).
  [[nodiscard]] static constexpr Price none() noexcept {
    return Price{std::numeric_limits<std::int64_t>::min()};
  }
  [[nodiscard]] constexpr bool is_none() const noexcept { return *this == none(); }

  [[nodiscard]] static constexpr Price max() noexcept {
    return Price{std::numeric_limits<std::int64_t>::max()};
  }
  [[nodiscard]] static constexpr Price min() noexcept { return Price{-max().raw}; }

  /// Numeric order; none sorts before every price.
  friend constexpr auto operator<=>(Price, Price) noexcept = default;
};

/// Sum, difference and multiple; nothing if an operand is none or the result is out of range.
[[nodiscard]] constexpr std::optional<Price> checked_add(Price a, Price b) noexcept {
  Price result;
  if (a.is_none() || b.is_none() || __builtin_add_overflow(a.raw, b.raw, &result.raw) ||
      result.is_none()) {
    return std::nullopt;
  }
  return result;
}

[[nodiscard]] constexpr std::optional<Price> checked_sub(Price a, Price b) noexcept {
  Price result;
  if (a.is_none() || b.is_none() || __builtin_sub_overflow(a.raw, b.raw, &result.raw) ||
      result.is_none()) {
    return std::nullopt;
  }
  return result;
}

[[nodiscard]] constexpr std::optional<Price> checked_mul(Price a, std::int64_t times) noexcept {
  Price result;
  if (a.is_none() || __builtin_mul_overflow(a.raw, times, &result.raw) || result.is_none()) {
    return std::nullopt;
  }
  return result;
}

/// The same, aborting where the checked form returns nothing.
[[nodiscard]] constexpr Price operator+(Price a, Price b) noexcept {
  const auto result = checked_add(a, b);
  if (!result) abort_on_overflow("Price + Price");
  return *result;
}

[[nodiscard]] constexpr Price operator-(Price a, Price b) noexcept {
  const auto result = checked_sub(a, b);
  if (!result) abort_on_overflow("Price - Price");
  return *result;
}

}  // namespace writ
