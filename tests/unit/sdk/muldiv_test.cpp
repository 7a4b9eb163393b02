#include "host/base/random.hpp"

#include <writ/muldiv.hpp>

#include <boost/multiprecision/cpp_int.hpp>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>

namespace writ {
namespace {

// Arbitrary precision, by a library that shares nothing with the code under test.
using BigInt = boost::multiprecision::cpp_int;

BigInt big(Int128 value) {
  const UInt128 size = magnitude(value);
  BigInt result = static_cast<std::uint64_t>(size >> 64U);
  result <<= 64;
  result += static_cast<std::uint64_t>(size);
  return value < 0 ? BigInt(-result) : result;
}

std::optional<BigInt> reference(Int128 a, Int128 b, Int128 c, Rounding rounding) {
  if (c == 0) return std::nullopt;
  BigInt n = big(a) * big(b);
  BigInt d = big(c);
  if (d < 0) {
    n = -n;
    d = -d;
  }
  BigInt floor = n / d;  // truncates
  if (floor * d > n) floor -= 1;
  const BigInt above = 2 * (n - floor * d);  // twice the part above the floor
  BigInt result = floor;
  switch (rounding) {
    case Rounding::kFloor:
      break;
    case Rounding::kCeil:
      if (above > 0) result += 1;
      break;
    case Rounding::kTrunc:
      if (above > 0 && n < 0) result += 1;
      break;
    case Rounding::kHalfEven:
      if (above > d || (above == d && floor % 2 != 0)) result += 1;
      break;
    case Rounding::kHalfAway:
      if (above > d || (above == d && n > 0)) result += 1;
      break;
  }
  if (result > big(kInt128Max) || result < big(kInt128Min)) return std::nullopt;
  return result;
}

constexpr std::array kRoundings = {Rounding::kHalfEven, Rounding::kHalfAway, Rounding::kFloor,
                                   Rounding::kCeil, Rounding::kTrunc};

// Numbers of every length, with the edges of the range among them.
Int128 draw(base::RandomStream& random) {
  switch (random.below(16)) {
    case 0:
      return kInt128Max - static_cast<Int128>(random.below(3));
    case 1:
      return kInt128Min + static_cast<Int128>(random.below(3));
    case 2:
      return static_cast<Int128>(random.below(5)) - 2;
    default:
      break;
  }
  const UInt128 wide = (UInt128{random.next_u64()} << 64U) | random.next_u64();
  const auto shifted = static_cast<Int128>((wide >> 1U) >> random.below(127));
  return random.below(2) == 0 ? shifted : -shifted;
}

TEST(Muldiv, EqualsArbitraryPrecisionOnRandomNumbers) {
  constexpr int kCases = 40'000;
  base::RandomStream random(20'240'601, "muldiv");
  int fitting = 0;
  int beyond_128_bits = 0;
  for (int i = 0; i < kCases; ++i) {
    const Int128 a = draw(random);
    const Int128 b = draw(random);
    const Int128 c = draw(random);
    for (const Rounding rounding : kRoundings) {
      const auto expected = reference(a, b, c, rounding);
      const auto actual = muldiv(a, b, c, rounding);
      ASSERT_EQ(actual.has_value(), expected.has_value()) << "case " << i;
      if (expected) {
        ASSERT_EQ(big(*actual), *expected) << "case " << i;
      }
      fitting += expected ? 1 : 0;
      beyond_128_bits += expected && !checked_mul(a, b) ? 1 : 0;
    }
  }
  // The draw reaches both outcomes and the wide path.
  EXPECT_GT(fitting, kCases);
  EXPECT_LT(fitting, 5 * kCases);
  EXPECT_GT(beyond_128_bits, kCases / 4);
}

TEST(Muldiv, RoundsExactTiesOfWideProducts) {
  // (2^120 + 1) × 2^70 × 3 / 2^71 = 3 × 2^119 + 1.5
  const Int128 a = (Int128{1} << 120) + 1;
  const Int128 b = (Int128{1} << 70) * 3;
  const Int128 c = Int128{1} << 71;
  const Int128 floor = 3 * (Int128{1} << 119) + 1;
  EXPECT_TRUE(muldiv(a, b, c, Rounding::kHalfEven) == floor + 1);
  EXPECT_TRUE(muldiv(a, b, c, Rounding::kTrunc) == floor);
  EXPECT_TRUE(muldiv(-a, b, c, Rounding::kHalfAway) == -floor - 1);
  EXPECT_TRUE(muldiv(-a, b, c, Rounding::kCeil) == -floor);
}

// Divisors past 2^127 need the bit that a shift loses.
TEST(DivideWide, EqualsArbitraryPrecisionForDivisorsOfAnyLength) {
  constexpr int kCases = 20'000;
  base::RandomStream random(20'240'602, "divide wide");
  const auto draw_unsigned = [&] {
    return (UInt128{random.next_u64()} << 64U) | random.next_u64();
  };
  const auto big_unsigned = [](UInt128 value) {
    BigInt result = static_cast<std::uint64_t>(value >> 64U);
    result <<= 64;
    result += static_cast<std::uint64_t>(value);
    return result;
  };
  for (int i = 0; i < kCases; ++i) {
    const UInt128 divisor = (draw_unsigned() >> random.below(127)) | 1U;
    const UInt256 n{draw_unsigned() % divisor, draw_unsigned()};
    const auto [quotient, remainder] = divide_wide(n, divisor);
    const BigInt wide = (big_unsigned(n.high) << 128) + big_unsigned(n.low);
    ASSERT_EQ(big_unsigned(quotient), wide / big_unsigned(divisor)) << "case " << i;
    ASSERT_EQ(big_unsigned(remainder), wide % big_unsigned(divisor)) << "case " << i;
  }
}

TEST(Muldiv, GivesNothingForWhatDoesNotFit) {
  // (2^65 - 1) × (2^65 + 1) / 4 = 2^128 - 1/4: rounding up must not wrap to zero.
  EXPECT_FALSE(muldiv((Int128{1} << 65) - 1, (Int128{1} << 65) + 1, 4, Rounding::kHalfEven));
  EXPECT_FALSE(muldiv(1, 1, 0, Rounding::kFloor));
  EXPECT_FALSE(muldiv(kInt128Max, 2, 1, Rounding::kFloor));
  EXPECT_FALSE(muldiv(kInt128Min, 1, -1, Rounding::kFloor));
  EXPECT_TRUE(muldiv(kInt128Min, -1, -1, Rounding::kFloor) == kInt128Min);
  EXPECT_TRUE(muldiv(kInt128Max, kInt128Max, kInt128Max, Rounding::kFloor) == kInt128Max);
}

}  // namespace
}  // namespace writ
