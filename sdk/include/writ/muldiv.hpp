#pragma once

#include <writ/int128.hpp>
#include <writ/rounding.hpp>

#include <cstdint>
#include <optional>

namespace writ {

/// An unsigned 256-bit number, the exact product of two 128-bit ones.
struct UInt256 {
  UInt128 high = 0;
  UInt128 low = 0;
};

/// a × b, exact.
[[nodiscard]] constexpr UInt256 multiply_wide(UInt128 a, UInt128 b) noexcept {
  constexpr UInt128 kMask = ~std::uint64_t{0};
  const UInt128 low = (a & kMask) * (b & kMask);
  const UInt128 cross_a = (a >> 64U) * (b & kMask);
  const UInt128 cross_b = (a & kMask) * (b >> 64U);
  const UInt128 middle = (low >> 64U) + (cross_a & kMask) + (cross_b & kMask);
  return UInt256{(a >> 64U) * (b >> 64U) + (cross_a >> 64U) + (cross_b >> 64U) + (middle >> 64U),
                 (middle << 64U) | (low & kMask)};
}

/// Quotient and remainder of one division.
struct UInt128Division {
  UInt128 quotient = 0;
  UInt128 remainder = 0;
};

/// n / d for a quotient that fits 128 bits, that is n.high < d. The caller has checked that.
[[nodiscard]] constexpr UInt128Division divide_wide(UInt256 n, UInt128 d) noexcept {
  const auto divide = [d](UInt128 part) {  // the remainder by a product: a division is dear
    const UInt128 quotient = part / d;
    return UInt128Division{quotient, part - quotient * d};
  };
  if (n.high == 0) return divide(n.low);
  if ((d >> 64U) == 0) {  // n.high < d < 2^64: schoolbook division, two 64-bit digits
    const auto upper = divide((n.high << 64U) | (n.low >> 64U));
    const auto lower = divide((upper.remainder << 64U) | (n.low & ~std::uint64_t{0}));
    return {(upper.quotient << 64U) | lower.quotient, lower.remainder};
  }
  UInt128Division result{0, n.high};
  for (unsigned bit = 128; bit-- > 0;) {
    const bool carry = (result.remainder >> 127U) != 0;
    result.remainder = (result.remainder << 1U) | ((n.low >> bit) & 1U);
    result.quotient <<= 1U;
    if (carry || result.remainder >= d) {  // with a carry the subtraction wraps to the right value
      result.remainder -= d;
      result.quotient |= 1U;
    }
  }
  return result;
}

/// a × b / c through an exact 256-bit product, rounded once.
/// Nothing if c = 0 or the result does not fit 128 bits.
[[nodiscard]] constexpr std::optional<Int128> muldiv(Int128 a, Int128 b, Int128 c,
                                                     Rounding rounding) noexcept {
  if (c == 0) return std::nullopt;
  const bool negative = ((a < 0) != (b < 0)) != (c < 0);
  const UInt128 divisor = magnitude(c);
  const UInt256 product = multiply_wide(magnitude(a), magnitude(b));
  if (product.high >= divisor) return std::nullopt;
  const auto [quotient, remainder] = divide_wide(product, divisor);
  if (!rounds_up_magnitude(quotient, remainder, divisor, negative, rounding)) {
    return with_sign(quotient, negative);
  }
  if (quotient == ~UInt128{0}) return std::nullopt;
  return with_sign(quotient + 1U, negative);
}

}  // namespace writ
