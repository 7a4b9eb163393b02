#include "host/model/order_part.hpp"

#include "host/base/random.hpp"
#include "host/model/record_view.hpp"
#include "tests/support/scale.hpp"

#include <writ/abi/market.h>
#include <writ/money.hpp>
#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

namespace writ::model {
namespace {

constexpr std::int64_t kOne = 1'000'000'000;

writ_instrument instrument_of(std::int64_t lot, std::int64_t least, std::int64_t most) {
  auto record = make_record<writ_instrument>();
  record.kind = WRIT_KIND_PERP;
  record.lot = lot;
  record.quantity_min = least;
  record.quantity_max = most;
  return record;
}

std::int64_t part(const writ_instrument& instrument, std::int64_t whole,
                  Price price = Price::none()) {
  return order_part(instrument, price, Quantity{whole}).raw;
}

TEST(OrderPart, IsAllOfWhatFits) {
  EXPECT_EQ(part(instrument_of(1, WRIT_NONE, WRIT_NONE), 77), 77);
  EXPECT_EQ(part(instrument_of(1, WRIT_NONE, 77), 77), 77);
  EXPECT_EQ(part(instrument_of(1, WRIT_NONE, 76), 77), 76);
  EXPECT_EQ(part(instrument_of(10, WRIT_NONE, 76), 770), 70) << "whole lots";
}

TEST(OrderPart, LeavesAnOrderTheVenueTakes) {
  EXPECT_EQ(part(instrument_of(1, 10, 40), 85), 40);
  EXPECT_EQ(part(instrument_of(1, 10, 40), 45), 35);
  EXPECT_EQ(part(instrument_of(1, 30, 40), 45), 40) << "both cannot be";
}

TEST(OrderPart, IsWithinTheBoundsOfValue) {
  auto bounded = instrument_of(kOne, WRIT_NONE, WRIT_NONE);
  bounded.notional_max = to_abi(notional(Price{100 * kOne}, Quantity{5 * kOne}));
  EXPECT_EQ(part(bounded, 9 * kOne, Price{100 * kOne}), 5 * kOne);
  EXPECT_EQ(part(bounded, 9 * kOne, Price{101 * kOne}), 4 * kOne);
  EXPECT_EQ(part(bounded, 9 * kOne), 9 * kOne) << "without a price";
  bounded.notional_min = to_abi(notional(Price{100 * kOne}, Quantity{2 * kOne}));
  EXPECT_EQ(part(bounded, 6 * kOne, Price{100 * kOne}), 4 * kOne);
  bounded.kind = WRIT_KIND_RUNNER;  // of a bet it is the stake that is bounded
  EXPECT_EQ(part(bounded, 900 * kOne, Price{3 * kOne}), 500 * kOne);
  bounded.notional_max = to_abi(Money{1});
  EXPECT_EQ(part(bounded, 900 * kOne, Price{3 * kOne}), 900 * kOne) << "nothing is let through";
}

TEST(OrderPart, TakesEverythingInTheEnd) {
  const auto cases = test::scaled(100'000);
  for (std::size_t i = 0; i < cases; ++i) {
    base::RandomStream random(20'261'122, "test.order_part", i);
    const auto lot = static_cast<std::int64_t>(1 + random.below(20));
    const auto least = static_cast<std::int64_t>(random.below(50));
    const auto most = std::max(lot, 2 * least + 2 * lot);
    const auto instrument =
        instrument_of(lot, least, most + static_cast<std::int64_t>(random.below(100)));
    const auto whole =
        std::max(least + lot, static_cast<std::int64_t>(random.below(2'000))) / lot * lot;
    std::int64_t left = whole;
    for (int orders = 0; left > 0 && orders < 2'000; ++orders) {
      const auto sent = part(instrument, left);
      ASSERT_GT(sent, 0) << "case " << i;
      ASSERT_LE(sent, instrument.quantity_max) << "case " << i;
      ASSERT_GE(sent, least) << "case " << i << ": " << sent << " of " << left;
      ASSERT_EQ(sent % lot, 0) << "case " << i;
      left -= sent;
    }
    ASSERT_EQ(left, 0) << "case " << i;
  }
}

}  // namespace
}  // namespace writ::model
