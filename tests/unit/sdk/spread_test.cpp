#include <writ/decimal.hpp>
#include <writ/spread.hpp>

#include <gtest/gtest.h>

namespace writ {
namespace {

using State = Numeric12Scale8::State;

Price price(const char* text) { return parse_price(text).value; }

TEST(SpreadBps, DividesByTheMid) {
  EXPECT_EQ(spread_bps(price("0.52"), price("0.53")), BasisPoints{190'476'190'476});
  EXPECT_EQ(spread_bps(price("67000"), price("67000.1")), BasisPoints{14'925'362});
  EXPECT_EQ(spread_bps(price("0.53"), price("0.52")), BasisPoints{-190'476'190'476});
  EXPECT_FALSE(spread_bps(Price::none(), price("1")));
  EXPECT_FALSE(spread_bps(price("1"), Price::none()));
  EXPECT_FALSE(spread_bps(Price{}, Price{}));
}

TEST(SpreadBpsOfBid, DividesByTheBidAndOverflowsLikeItsColumn) {
  EXPECT_EQ(spread_bps_of_bid(price("0.52"), price("0.53")),
            (Numeric12Scale8{State::kValue, 19'230'769'231}));
  EXPECT_EQ(spread_bps_of_bid(price("0.01"), price("0.99")).state, State::kOverflow);
  EXPECT_EQ(spread_bps_of_bid(price("1"), price("1.9999")).state, State::kValue);
  EXPECT_EQ(spread_bps_of_bid(price("1"), price("2")).state, State::kOverflow);
  EXPECT_EQ(spread_bps_of_bid(Price{}, price("0.01")).state, State::kNull);
}

}  // namespace
}  // namespace writ
