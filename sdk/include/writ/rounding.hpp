#pragma once

#include <writ/int128.hpp>
#include <writ/overflow.hpp>

namespace writ {

/// How a quotient that is not whole becomes whole. Costs round up (kCeil), marks, proceeds and
/// sizes down (kFloor), statistics kHalfEven; kHalfAway is what PostgreSQL's numeric does.
enum class Rounding { kHalfEven, kHalfAway, kFloor, kCeil, kTrunc };

/// Whether the truncated magnitude `quotient` of a quotient with the given sign grows by one.
/// `remainder` < `divisor`, both magnitudes.
[[nodiscard]] constexpr bool rounds_up_magnitude(UInt128 quotient, UInt128 remainder,
                                                 UInt128 divisor, bool negative,
                                                 Rounding rounding) noexcept {
  if (remainder == 0) return false;
  // Compared with what is missing, since twice the remainder may not fit.
  const UInt128 missing = divisor - remainder;
  switch (rounding) {
    case Rounding::kHalfEven:
      return remainder > missing || (remainder == missing && (quotient & 1U) != 0);
    case Rounding::kHalfAway:
      return remainder >= missing;
    case Rounding::kFloor:
      return negative;
    case Rounding::kCeil:
      return !negative;
    case Rounding::kTrunc:
      return false;
  }
  return false;
}

/// n / d rounded to a whole number. Aborts on d = 0 and on the one quotient that does not fit,
/// the most negative number by -1.
[[nodiscard]] constexpr Int128 divide_rounded(Int128 n, Int128 d, Rounding rounding) noexcept {
  if (d == 0) abort_on_overflow("divide_rounded: division by zero");
  const bool negative = (n < 0) != (d < 0);
  const UInt128 divisor = magnitude(d);
  UInt128 quotient = magnitude(n) / divisor;
  const UInt128 remainder = magnitude(n) - quotient * divisor;  // a second division is dear
  if (rounds_up_magnitude(quotient, remainder, divisor, negative, rounding)) ++quotient;
  const auto result = with_sign(quotient, negative);
  if (!result) abort_on_overflow("divide_rounded");
  return *result;
}

}  // namespace writ
