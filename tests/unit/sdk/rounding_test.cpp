#include <writ/rounding.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>

namespace writ {
namespace {

struct Division {
  int n;
  int d;
  // In the order of Rounding: half even, half away, floor, ceil, trunc.
  std::array<int, 5> quotients;
};

constexpr std::array kRoundings = {Rounding::kHalfEven, Rounding::kHalfAway, Rounding::kFloor,
                                   Rounding::kCeil, Rounding::kTrunc};

TEST(DivideRounded, FollowsEachModeForEverySign) {
  constexpr std::array<Division, 12> kCases = {{{5, 2, {2, 3, 2, 3, 2}},
                                                {-5, 2, {-2, -3, -3, -2, -2}},
                                                {5, -2, {-2, -3, -3, -2, -2}},
                                                {-5, -2, {2, 3, 2, 3, 2}},
                                                {7, 2, {4, 4, 3, 4, 3}},
                                                {-7, 2, {-4, -4, -4, -3, -3}},
                                                {1, 3, {0, 0, 0, 1, 0}},
                                                {-1, 3, {0, 0, -1, 0, 0}},
                                                {2, 3, {1, 1, 0, 1, 0}},
                                                {6, 3, {2, 2, 2, 2, 2}},
                                                {-6, 3, {-2, -2, -2, -2, -2}},
                                                {0, 7, {0, 0, 0, 0, 0}}}};
  for (const Division& division : kCases) {
    for (std::size_t mode = 0; mode < kRoundings.size(); ++mode) {
      EXPECT_TRUE(divide_rounded(division.n, division.d, kRoundings[mode]) ==
                  division.quotients[mode])
          << division.n << " / " << division.d << " mode " << mode;
    }
  }
}

TEST(DivideRounded, FindsTheHalfOfDivisorsPastHalfTheRange) {
  // Twice this remainder would not fit 128 bits.
  EXPECT_TRUE(divide_rounded(kInt128Max - 1, kInt128Max, Rounding::kHalfEven) == 1);
  EXPECT_TRUE(divide_rounded(kInt128Max / 2, kInt128Max, Rounding::kHalfAway) == 0);
  EXPECT_TRUE(divide_rounded(kInt128Max / 2 + 1, kInt128Max, Rounding::kHalfAway) == 1);
  EXPECT_TRUE(divide_rounded(kInt128Min, 2, Rounding::kFloor) == kInt128Min / 2);
}

TEST(DivideRoundedDeathTest, AbortsWhereThereIsNoQuotient) {
  EXPECT_DEATH(static_cast<void>(divide_rounded(1, 0, Rounding::kFloor)), "division by zero");
  EXPECT_DEATH(static_cast<void>(divide_rounded(kInt128Min, -1, Rounding::kFloor)), "overflow");
}

static_assert(divide_rounded(-5, 2, Rounding::kHalfAway) == -3, "usable at compile time");

}  // namespace
}  // namespace writ
