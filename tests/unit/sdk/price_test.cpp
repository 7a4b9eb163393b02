#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <type_traits>

namespace writ {
namespace {

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept Subtractable = requires(A a, B b) {
  a - b;
};
template <class A, class B>
concept Multipliable = requires(A a, B b) {
  a* b;
};
template <class A, class B>
concept Comparable = requires(A a, B b) {
  a < b;
};
template <class A, class B>
concept EqualityComparable = requires(A a, B b) {
  a == b;
};

static_assert(Addable<Price, Price> && Addable<Quantity, Quantity>, "the concepts see operators");
static_assert(!Addable<Price, Quantity> && !Addable<Quantity, Price>);
static_assert(!Subtractable<Price, Quantity> && !Subtractable<Quantity, Price>);
static_assert(!Multipliable<Price, Quantity> && !Multipliable<Price, Price>);
static_assert(!Comparable<Price, Quantity> && !EqualityComparable<Price, Quantity>);
static_assert(!Addable<Price, int> && !Comparable<Price, int>);

static_assert(!std::is_convertible_v<std::int64_t, Price>, "only explicitly");
static_assert(std::is_constructible_v<Price, std::int64_t>);
static_assert(!std::is_constructible_v<Price, double> && !std::is_constructible_v<Quantity, float>);
static_assert(!std::is_constructible_v<Price, Quantity> &&
              !std::is_constructible_v<Quantity, Price>);
static_assert(!std::is_assignable_v<Price&, Quantity>);

static_assert(std::is_trivially_copyable_v<Price> && sizeof(Price) == 8);
static_assert(std::is_trivially_copyable_v<Quantity> && sizeof(Quantity) == 8);
static_assert(std::is_standard_layout_v<Price> && std::is_standard_layout_v<Quantity>);

static_assert(Price{} == Price{0} && Price{1} < Price{2});
static_assert(Price{5} - Price{7} == Price{-2});
static_assert(-Quantity{3} == Quantity{-3} && abs(Quantity{-3}) == Quantity{3});

TEST(Price, NoneIsNotANumber) {
  EXPECT_TRUE(Price::none().is_none());
  EXPECT_FALSE(Price{}.is_none());
  EXPECT_FALSE(Price::min().is_none());
  EXPECT_LT(Price::none(), Price::min());
  EXPECT_FALSE(checked_add(Price::none(), Price{1}));
  EXPECT_FALSE(checked_add(Price{1}, Price::none()));
  EXPECT_FALSE(checked_sub(Price::none(), Price{1}));
  EXPECT_FALSE(checked_mul(Price::none(), 0));
}

TEST(Price, CheckedFormsStopAtBothEnds) {
  EXPECT_EQ(checked_add(Price{Price::max().raw - 1}, Price{1}), Price::max());
  EXPECT_FALSE(checked_add(Price::max(), Price{1}));
  EXPECT_EQ(checked_sub(Price{Price::min().raw + 1}, Price{1}), Price::min());
  EXPECT_FALSE(checked_sub(Price::min(), Price{1})) << "that number stands for none";
  EXPECT_FALSE(checked_sub(Price::min(), Price{2}));
  EXPECT_EQ(checked_mul(Price{3}, -4), Price{-12});
  EXPECT_FALSE(checked_mul(Price::max(), 2));
}

TEST(Quantity, CheckedFormsStopAtBothEnds) {
  EXPECT_FALSE(checked_add(Quantity::max(), Quantity{1}));
  EXPECT_FALSE(checked_sub(Quantity::min(), Quantity{1}));
  EXPECT_EQ(-Quantity::min(), Quantity::max());
  Quantity position{5};
  position -= Quantity{8};
  position += Quantity{1};
  EXPECT_EQ(position, Quantity{-2});
}

TEST(PriceDeathTest, OperatorsAbortRatherThanWrap) {
  EXPECT_DEATH(static_cast<void>(Price::max() + Price{1}), "overflow in Price");
  EXPECT_DEATH(static_cast<void>(Price::min() - Price{1}), "overflow in Price");
  EXPECT_DEATH(static_cast<void>(Quantity::max() + Quantity{1}), "overflow in Quantity");
  EXPECT_DEATH(static_cast<void>(-Quantity::none()), "overflow in Quantity");
}

}  // namespace
}  // namespace writ
