#pragma once

#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <cmath>
#include <cstdint>
#include <optional>

// Between the exact numbers of the market and the doubles of a model. What a model computed becomes
// exact again here, before anything is decided by it: the last bits of a double differ between
// processors and math libraries, decisions must not.

namespace writ {

/// `value` in units of 1e-9, rounded half to even. Nothing for NaN and what does not fit.
[[nodiscard]] inline std::optional<std::int64_t> quantized(double value) noexcept {
  const double scaled = value * 1e9;
  if (!(std::abs(scaled) < 9.2e18)) return std::nullopt;
  return static_cast<std::int64_t>(std::nearbyint(scaled));
}

[[nodiscard]] inline std::optional<Price> quantized_price(double value) noexcept {
  const auto raw = quantized(value);
  return raw ? std::optional(Price{*raw}) : std::nullopt;
}

[[nodiscard]] inline std::optional<Quantity> quantized_quantity(double value) noexcept {
  const auto raw = quantized(value);
  return raw ? std::optional(Quantity{*raw}) : std::nullopt;
}

[[nodiscard]] inline std::optional<Rate> quantized_rate(double value) noexcept {
  const auto raw = quantized(value);
  return raw ? std::optional(Rate{*raw}) : std::nullopt;
}

/// The nearest double, for models only.
[[nodiscard]] inline double to_double(Price price) noexcept {
  return static_cast<double>(price.raw) / 1e9;
}
[[nodiscard]] inline double to_double(Quantity quantity) noexcept {
  return static_cast<double>(quantity.raw) / 1e9;
}
[[nodiscard]] inline double to_double(Rate rate) noexcept {
  return static_cast<double>(rate.raw) / 1e9;
}

}  // namespace writ
