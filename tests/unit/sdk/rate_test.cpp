#include <writ/decimal.hpp>
#include <writ/rate.hpp>

#include <gtest/gtest.h>

#include <type_traits>

namespace writ {
namespace {

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept Multipliable = requires(A a, B b) {
  a* b;
};

static_assert(!Addable<Rate, Price> && !Addable<Rate, Money>);
static_assert(!Multipliable<Money, Rate>, "a product that rounds says how: scaled()");
static_assert(!std::is_constructible_v<Rate, double> && !std::is_constructible_v<Rate, Price>);

TEST(Scaled, TakesAFeeFromAnAmountExactly) {
  const Money amount = parse_money("82.561782").value;
  EXPECT_EQ(scaled(amount, parse_rate("0.0004").value, Rounding::kCeil),
            parse_money("0.0330247128").value);
}

TEST(Scaled, RoundsMoneyOnceInTheAskedDirection) {
  const Money smallest{1};
  const Rate half{500'000'000};
  EXPECT_EQ(scaled(smallest, half, Rounding::kHalfEven), Money{0});
  EXPECT_EQ(scaled(Money{3}, half, Rounding::kHalfEven), Money{2});
  EXPECT_EQ(scaled(smallest, half, Rounding::kHalfAway), Money{1});
  EXPECT_EQ(scaled(smallest, half, Rounding::kCeil), Money{1});
  EXPECT_EQ(scaled(Money{-1}, half, Rounding::kFloor), Money{-1});
}

TEST(Scaled, HoldsProductsOfTwoHundredBits) {
  // 1e36 × 1e9 needs 150 bits before it is divided again.
  EXPECT_EQ(scaled(Money{kMoneyLimit}, Rate::one(), Rounding::kFloor), Money{kMoneyLimit});
  EXPECT_EQ(scaled(Money{-kMoneyLimit}, Rate::one(), Rounding::kFloor), Money{-kMoneyLimit});
  EXPECT_FALSE(scaled(Money{kMoneyLimit}, Rate{1'000'000'001}, Rounding::kFloor));
}

TEST(Scaled, ScalesPricesAndQuantitiesWithinRange) {
  EXPECT_EQ(scaled(Price{1'000'000'001}, Rate{500'000'000}, Rounding::kFloor), Price{500'000'000});
  EXPECT_EQ(scaled(Price{1'000'000'001}, Rate{500'000'000}, Rounding::kCeil), Price{500'000'001});
  EXPECT_FALSE(scaled(Price::max(), Rate{1'000'000'001}, Rounding::kCeil));
  EXPECT_FALSE(scaled(Price::none(), Rate{1}, Rounding::kCeil));
  EXPECT_EQ(scaled(Quantity{-3}, Rate{500'000'000}, Rounding::kTrunc), Quantity{-1});
  EXPECT_FALSE(scaled(Quantity::none(), Rate{1}, Rounding::kCeil));
}

TEST(Ratio, DividesAmounts) {
  EXPECT_EQ(ratio(Money{1}, Money{3}, Rounding::kFloor), Rate{333'333'333});
  EXPECT_EQ(ratio(Money{kMoneyLimit}, Money{kMoneyLimit}, Rounding::kFloor), Rate::one());
  EXPECT_FALSE(ratio(Money{1}, Money{}, Rounding::kFloor));
  EXPECT_FALSE(ratio(Money{kMoneyLimit}, Money{1}, Rounding::kFloor));
}

}  // namespace
}  // namespace writ
