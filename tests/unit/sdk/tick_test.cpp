#include <writ/tick.hpp>

#include <gtest/gtest.h>

namespace writ {
namespace {

TEST(RoundToTick, GoesToTheGridInTheAskedDirection) {
  const Price tick{50};
  EXPECT_EQ(round_to_tick(Price{1'049}, tick, Rounding::kFloor), Price{1'000});
  EXPECT_EQ(round_to_tick(Price{1'001}, tick, Rounding::kCeil), Price{1'050});
  EXPECT_EQ(round_to_tick(Price{1'025}, tick, Rounding::kHalfEven), Price{1'000});
  EXPECT_EQ(round_to_tick(Price{1'075}, tick, Rounding::kHalfEven), Price{1'100});
  EXPECT_EQ(round_to_tick(Price{1'025}, tick, Rounding::kHalfAway), Price{1'050});
  EXPECT_EQ(round_to_tick(Price{-1'001}, tick, Rounding::kFloor), Price{-1'050});
  EXPECT_EQ(round_to_tick(Price{-1'001}, tick, Rounding::kTrunc), Price{-1'000});
  EXPECT_EQ(round_to_tick(Price{1'050}, tick, Rounding::kCeil), Price{1'050});
}

TEST(RoundToTick, GivesNothingWithoutAGridOrPastTheRange) {
  EXPECT_FALSE(checked_round_to_tick(Price{1}, Price{0}, Rounding::kFloor));
  EXPECT_FALSE(checked_round_to_tick(Price{1}, Price{-5}, Rounding::kFloor));
  EXPECT_FALSE(checked_round_to_tick(Price{1}, Price::none(), Rounding::kFloor));
  EXPECT_FALSE(checked_round_to_tick(Price::none(), Price{1}, Rounding::kFloor));
  EXPECT_FALSE(checked_round_to_tick(Price::max(), Price{1'000}, Rounding::kCeil));
  EXPECT_FALSE(checked_round_to_tick(Price::min(), Price{1'000}, Rounding::kFloor));
}

TEST(RoundToTickDeathTest, AbortsWithoutAGrid) {
  EXPECT_DEATH(static_cast<void>(round_to_tick(Price{1}, Price{0}, Rounding::kFloor)),
               "round_to_tick");
}

TEST(RoundToLot, CutsSizes) {
  EXPECT_EQ(round_to_lot(Quantity{1'999}, Quantity{100}, Rounding::kFloor), Quantity{1'900});
  EXPECT_EQ(round_to_lot(Quantity{-1'999}, Quantity{100}, Rounding::kTrunc), Quantity{-1'900});
  EXPECT_FALSE(checked_round_to_lot(Quantity::none(), Quantity{1}, Rounding::kFloor));
}

TEST(IsOnTick, TellsGridPoints) {
  EXPECT_TRUE(is_on_tick(Price{150}, Price{50}));
  EXPECT_TRUE(is_on_tick(Price{-150}, Price{50}));
  EXPECT_FALSE(is_on_tick(Price{151}, Price{50}));
  EXPECT_FALSE(is_on_tick(Price::none(), Price{1}));
  EXPECT_FALSE(is_on_tick(Price{150}, Price{0}));
  EXPECT_TRUE(is_on_lot(Quantity{0}, Quantity{3}));
}

TEST(Midpoint, IsExactOrRounded) {
  EXPECT_EQ(midpoint(Price{10}, Price{20}, Rounding::kFloor), Price{15});
  EXPECT_EQ(midpoint(Price{10}, Price{21}, Rounding::kFloor), Price{15});
  EXPECT_EQ(midpoint(Price{10}, Price{21}, Rounding::kCeil), Price{16});
  EXPECT_EQ(midpoint(Price::max(), Price::max(), Rounding::kFloor), Price::max());
}

}  // namespace
}  // namespace writ
