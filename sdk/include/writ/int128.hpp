#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace writ {

// ISO C++ has no 128-bit integer; __extension__ keeps -Wpedantic quiet at this one place.
__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

inline constexpr Int128 kInt128Max = static_cast<Int128>(~UInt128{0} >> 1U);
inline constexpr Int128 kInt128Min = -kInt128Max - 1;

/// Sum, difference and product; nothing if the exact result does not fit 128 bits.
[[nodiscard]] constexpr std::optional<Int128> checked_add(Int128 a, Int128 b) noexcept {
  Int128 result = 0;
  if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
  return result;
}

[[nodiscard]] constexpr std::optional<Int128> checked_sub(Int128 a, Int128 b) noexcept {
  Int128 result = 0;
  if (__builtin_sub_overflow(a, b, &result)) return std::nullopt;
  return result;
}

[[nodiscard]] constexpr std::optional<Int128> checked_mul(Int128 a, Int128 b) noexcept {
  Int128 result = 0;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

/// |value| as unsigned, defined for the most negative value too.
[[nodiscard]] constexpr UInt128 magnitude(Int128 value) noexcept {
  return value < 0 ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

/// The signed value of a magnitude and a sign; nothing if it does not fit.
[[nodiscard]] constexpr std::optional<Int128> with_sign(UInt128 magnitude, bool negative) noexcept {
  const auto limit = static_cast<UInt128>(kInt128Max) + (negative ? 1U : 0U);
  if (magnitude > limit) return std::nullopt;
  return negative ? static_cast<Int128>(UInt128{0} - magnitude) : static_cast<Int128>(magnitude);
}

/// The same value in 64 bits; nothing if it does not fit.
[[nodiscard]] constexpr std::optional<std::int64_t> narrow_to_int64(Int128 value) noexcept {
  if (value < std::numeric_limits<std::int64_t>::min() ||
      value > std::numeric_limits<std::int64_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(value);
}

}  // namespace writ
