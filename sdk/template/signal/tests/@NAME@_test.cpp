// @NAME@ in a scripted market: what it publishes.
#include <writ/testing/rig.hpp>

#include <gtest/gtest.h>

namespace {

using writ::testing::make_instrument;
using writ::testing::Rig;

class @CLASS@ : public ::testing::Test {
 protected:
  Rig rig_{writ::testing::load_module(PLUGIN_FILE),
           "example.@NAME@",
           {{"trades", "2"}},
           {make_instrument(1, WRIT_KIND_SPOT, "0.01", "0.0001")}};
};

TEST_F(@CLASS@, IsZeroAtTheFirstTrade) {
  rig_.trade(WRIT_SIDE_BUY, "100", "1");
  const auto published = rig_.take_published();
  ASSERT_EQ(published.size(), 1U);
  EXPECT_EQ(published[0].value, 0.0);
}

TEST_F(@CLASS@, IsPositiveWhenThePriceRose) {
  rig_.trade(WRIT_SIDE_BUY, "100", "1");
  rig_.trade(WRIT_SIDE_BUY, "102", "1");
  const auto published = rig_.take_published();
  ASSERT_EQ(published.size(), 2U);
  EXPECT_GT(published[1].value, 0.0);
}

}  // namespace
