#include "host/base/random.hpp"

#include <writ/money.hpp>
#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <type_traits>

namespace writ {
namespace {

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept Comparable = requires(A a, B b) {
  a < b;
};

template <class A, class B>
concept HasNotional = requires(A a, B b) {
  notional(a, b);
};

static_assert(Addable<Money, Money>);
static_assert(!Addable<Money, Price> && !Addable<Money, Quantity> && !Addable<Money, int>);
static_assert(!Comparable<Money, Price> && !Comparable<Money, int>);
static_assert(!std::is_constructible_v<Money, double> && !std::is_constructible_v<Money, Price>);
static_assert(!std::is_convertible_v<Int128, Money>);
static_assert(HasNotional<Price, Quantity> && !HasNotional<Quantity, Price>);
static_assert(std::is_trivially_copyable_v<Money> && sizeof(Money) == 16);

static_assert(notional(Price{1}, Quantity{1}).raw == 1);

TEST(Notional, IsExactAtTheEndsOfTheRange) {
  const Money most = notional(Price::max(), Quantity::max());
  EXPECT_TRUE(most.raw == Int128{Price::max().raw} * Price::max().raw);
  EXPECT_FALSE(most.in_bounds());
  EXPECT_GT(most, Money{kMoneyLimit}) << "comparison works past the limit";
  EXPECT_TRUE(notional(Price::max(), Quantity::min()).raw == -most.raw);
  EXPECT_FALSE(checked_notional(Price::max(), Quantity::max()));
  EXPECT_FALSE(checked_notional(Price::none(), Quantity{1}));
  EXPECT_FALSE(checked_notional(Price{1}, Quantity::none()));
  EXPECT_EQ(checked_notional(Price{7}, Quantity{-6}), Money{-42});
}

TEST(Money, SumsStopAtTheLimitOfEitherSign) {
  const Money limit{kMoneyLimit};
  EXPECT_EQ(checked_add(Money{kMoneyLimit - 1}, Money{1}), limit);
  EXPECT_FALSE(checked_add(limit, Money{1}));
  EXPECT_FALSE(checked_sub(-limit, Money{1}));
  EXPECT_EQ(checked_sub(-limit, Money{-1}), Money{1 - kMoneyLimit});
  EXPECT_FALSE(checked_mul(limit, -2));
  EXPECT_EQ(checked_mul(Money{-3}, 100), Money{-300});
  EXPECT_EQ(abs(Money{-3}), Money{3});
}

TEST(Money, SumsRefuseForeignAmountsThatWouldNotFit) {
  EXPECT_FALSE(checked_add(Money{kInt128Max}, Money{1}));
  EXPECT_FALSE(checked_sub(Money{kInt128Min}, Money{1}));
  EXPECT_FALSE(checked_add(Money{kInt128Max}, Money{0}));
}

TEST(MoneyDeathTest, OperatorsAbortRatherThanWrap) {
  EXPECT_DEATH(static_cast<void>(Money{kMoneyLimit} + Money{1}), "overflow in Money");
  EXPECT_DEATH(static_cast<void>(Money{-kMoneyLimit} - Money{1}), "overflow in Money");
  EXPECT_DEATH(static_cast<void>(notional(Price::none(), Quantity{1})), "notional of none");
}

TEST(Money, AbiHalvesAreTwosComplement) {
  EXPECT_EQ(to_abi(Money{1}).lo, 1U);
  EXPECT_EQ(to_abi(Money{1}).hi, 0);
  EXPECT_EQ(to_abi(Money{-1}).lo, ~std::uint64_t{0});
  EXPECT_EQ(to_abi(Money{-1}).hi, -1);
  EXPECT_EQ(to_abi(Money{Int128{1} << 64}).hi, 1);
}

TEST(Money, AbiRoundTripKeepsEveryBit) {
  base::RandomStream random(7, "money abi");
  for (int i = 0; i < 10'000; ++i) {
    const UInt128 bits = (UInt128{random.next_u64()} << 64U) | random.next_u64();
    const Money amount{static_cast<Int128>(bits)};
    ASSERT_EQ(from_abi(to_abi(amount)), amount) << i;
  }
  EXPECT_EQ(from_abi(to_abi(Money{kInt128Min})), Money{kInt128Min});
  EXPECT_EQ(from_abi(to_abi(Money{kInt128Max})), Money{kInt128Max});
}

TEST(UnitPrice, RoundsOnceAndRefusesWhatDoesNotFit) {
  const Money ten{Int128{10} * 1'000'000'000'000'000'000};
  const Quantity three{3'000'000'000};
  EXPECT_EQ(unit_price(ten, three, Rounding::kFloor), Price{3'333'333'333});
  EXPECT_EQ(unit_price(ten, three, Rounding::kCeil), Price{3'333'333'334});
  EXPECT_EQ(unit_price(ten, -three, Rounding::kFloor), Price{-3'333'333'334});
  EXPECT_FALSE(unit_price(ten, Quantity{}, Rounding::kFloor));
  EXPECT_FALSE(unit_price(ten, Quantity::none(), Rounding::kFloor));
  EXPECT_FALSE(unit_price(Money{kMoneyLimit}, Quantity{1}, Rounding::kFloor));
  EXPECT_EQ(quantity_for(ten, Price{4'000'000'000}, Rounding::kFloor), Quantity{2'500'000'000});
  EXPECT_FALSE(quantity_for(ten, Price{}, Rounding::kFloor));
}

}  // namespace
}  // namespace writ
