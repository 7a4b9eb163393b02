#include <writ/order_size.hpp>
#include <writ/testing/records.hpp>

#include <gtest/gtest.h>

namespace writ::testing {
namespace {

constexpr Money units(std::int64_t count) {
  return Money{Int128{count} * 1'000'000'000'000'000'000};
}

TEST(OrderSize, GoesDownToTheLot) {
  const auto instrument = make_instrument(1, WRIT_KIND_SPOT, "0.01", "0.001");
  EXPECT_EQ(order_size(instrument, units(100), price("3000")), quantity("0.033"));
}

TEST(OrderSize, IsNeverLessThanTheVenueTakes) {
  auto instrument = make_instrument(1, WRIT_KIND_SPOT, "0.01", "0.001");
  EXPECT_EQ(order_size(instrument, units(1), price("3000")), quantity("0.001")) << "one lot";
  instrument.quantity_min = nano("0.01");
  EXPECT_EQ(order_size(instrument, units(1), price("3000")), quantity("0.01"));
  instrument.notional_min = to_abi(units(50));
  EXPECT_EQ(order_size(instrument, units(1), price("3000")), quantity("0.017")) << "rounded up";
}

TEST(OrderSize, IsNeverMoreThanTheVenueTakes) {
  auto instrument = make_instrument(1, WRIT_KIND_SPOT, "0.01", "0.001");
  instrument.quantity_max = nano("0.5");
  EXPECT_EQ(order_size(instrument, units(1'000'000), price("3000")), quantity("0.5"));
}

TEST(OrderSize, CountsUnitsOfTheUnderlying) {
  auto instrument = make_instrument(1, WRIT_KIND_PERP, "0.0001", "1");
  instrument.quantity_unit = 1'000 * std::int64_t{1'000'000'000};  // one is a thousand coins
  EXPECT_EQ(order_size(instrument, units(100), price("0.02")), quantity("5"));
}

TEST(OrderSize, RefusesWhatHasNoAnswer) {
  const auto instrument = make_instrument(1, WRIT_KIND_SPOT, "0.01", "0.001");
  EXPECT_FALSE(order_size(instrument, units(100), Price{}));
  EXPECT_FALSE(order_size(instrument, units(100), Price::none()));
  EXPECT_FALSE(order_size(instrument, units(1'000'000'000'000'000), price("0.000001")));
}

}  // namespace
}  // namespace writ::testing
