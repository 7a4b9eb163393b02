// @NAME@ in a scripted market: what it submits, and what it does with what becomes of it.
#include <writ/testing/rig.hpp>

#include <gtest/gtest.h>

namespace {

using writ::testing::make_instrument;
using writ::testing::price;
using writ::testing::Rig;

class @CLASS@ : public ::testing::Test {
 protected:
  Rig rig_{writ::testing::load_module(PLUGIN_FILE),
           "example.@NAME@",
           {{"order_notional", "50"}},
           {make_instrument(1, WRIT_KIND_SPOT, "0.01", "0.0001")}};
};

TEST_F(@CLASS@, JoinsTheBestBidWhenItHoldsNothing) {
  rig_.top("100", "1", "100.02", "1");
  const auto intent = rig_.take_intent();
  EXPECT_EQ(intent.intent.side, WRIT_SIDE_BUY);
  EXPECT_EQ(intent.intent.price, price("100").raw);
}

TEST_F(@CLASS@, SellsWhatItBought) {
  rig_.top("100", "1", "100.02", "1");
  const auto bought = rig_.take_intent();
  rig_.open(bought);
  rig_.fill(bought, "100", "0.5");
  rig_.advance(writ::seconds(2));
  rig_.top("100.01", "1", "100.03", "1");
  EXPECT_EQ(rig_.take_intent().intent.side, WRIT_SIDE_SELL);
}

TEST_F(@CLASS@, DoesNothingWhileTheMarketCannotBeTraded) {
  rig_.snapshot_flags(WRIT_SNAPSHOT_STALE);
  rig_.top("100", "1", "100.02", "1");
  EXPECT_TRUE(rig_.take_intents().empty());
}

}  // namespace
