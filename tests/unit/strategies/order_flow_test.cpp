#include "plugins/order_flow/flow_window.hpp"
#include "tests/support/tree_paths.hpp"

#include <writ/testing/rig.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace writ::testing {
namespace {

using order_flow::FlowWindow;

TEST(FlowWindow, CountsTradesOfAHalfOpenWindow) {
  FlowWindow window;
  window.add(ReceiveTime{10}, WRIT_SIDE_BUY, quantity("3"));
  window.add(ReceiveTime{15}, WRIT_SIDE_SELL, quantity("1"));
  window.advance(ReceiveTime{15}, Duration{10});
  EXPECT_EQ(window.cvd(), nano("3")) << "the trade at 15 counts from the next instant on";
  window.advance(ReceiveTime{20}, Duration{10});
  EXPECT_EQ(window.cvd(), nano("2"));
  EXPECT_EQ(window.volume(), nano("4"));
  EXPECT_TRUE(window.warm(ReceiveTime{20}, Duration{10}));
  EXPECT_FALSE(window.warm(ReceiveTime{19}, Duration{10}));
  window.advance(ReceiveTime{21}, Duration{10});
  EXPECT_EQ(window.cvd(), nano("-1")) << "and the one at 10 no more";
}

TEST(FlowWindow, EqualsASumFromScratchAtEveryMoment) {
  struct Trade {
    std::int64_t time;
    std::int64_t signed_quantity;
  };
  std::mt19937_64 random(11);
  FlowWindow window;
  std::vector<Trade> all;
  std::int64_t time = 0;
  constexpr std::int64_t kWidth = 500;
  for (int i = 0; i < 5'000; ++i) {
    time += static_cast<std::int64_t>(random() % 40);
    const auto size = static_cast<std::int64_t>(random() % 1'000 + 1);
    const bool buy = random() % 2 == 0;
    window.add(ReceiveTime{time}, buy ? WRIT_SIDE_BUY : WRIT_SIDE_SELL, Quantity{size});
    all.push_back({time, buy ? size : -size});
    window.advance(ReceiveTime{time}, Duration{kWidth});
    Int128 cvd = 0;
    Int128 volume = 0;
    for (const Trade& trade : all) {
      if (trade.time < time - kWidth || trade.time >= time) continue;
      cvd += trade.signed_quantity;
      volume += trade.signed_quantity < 0 ? -trade.signed_quantity : trade.signed_quantity;
    }
    ASSERT_EQ(window.cvd(), cvd);
    ASSERT_EQ(window.volume(), volume);
  }
}

class OrderFlow : public ::testing::Test {
 protected:
  [[nodiscard]] static std::unique_ptr<Rig> rig(const Rig::Parameters& parameters = {}) {
    const auto& module = load_module((test::plugin_dir() / "order_flow.so").string());
    auto made = std::make_unique<Rig>(
        module, "writ.order_flow", parameters,
        std::vector<writ_instrument>{make_instrument(1, WRIT_KIND_SPOT, "0.01", "0.001")});
    made->host().books[{1, WRIT_SIDE_BUY}] = {{nano("100"), nano("3")}, {nano("99"), nano("3")}};
    made->host().books[{1, WRIT_SIDE_SELL}] = {{nano("101"), nano("1")}, {nano("102"), nano("1")}};
    return made;
  }
  static std::map<std::uint32_t, PublishedValue> last(Rig& rig) {
    std::map<std::uint32_t, PublishedValue> values;
    for (const auto& value : rig.take_published()) values[value.signal] = value;
    return values;
  }
};

TEST_F(OrderFlow, PublishesDeltaImbalanceAndTheirMix) {
  const auto r = rig({{"window", "10s"}, {"interval", "0s"}});
  r->trade(WRIT_SIDE_BUY, "101", "3");
  r->advance(seconds(1));
  r->trade(WRIT_SIDE_SELL, "100", "1");
  r->advance(seconds(1));
  (void)last(*r);
  r->trade(WRIT_SIDE_BUY, "101", "9");
  const auto values = last(*r);
  ASSERT_EQ(values.size(), 3U);
  EXPECT_EQ(values.at(1).value, 2.0) << "3 bought, 1 sold; the trade of this instant not yet";
  EXPECT_EQ(values.at(2).value, 0.5) << "(6 - 2) / (6 + 2)";
  EXPECT_EQ(values.at(3).value, 0.5) << "half of (3 - 1) / 4 and of 0.5";
  EXPECT_EQ(values.at(3).flags, 0U) << "not warm before a whole window";
  EXPECT_EQ(values.at(3).instrument, 1U);
}

TEST_F(OrderFlow, IsWarmAfterAWholeWindow) {
  const auto r = rig({{"window", "10s"}});
  r->trade(WRIT_SIDE_BUY, "101", "3");
  r->advance(seconds(10));
  (void)last(*r);
  r->trade(WRIT_SIDE_BUY, "101", "1");
  EXPECT_EQ(last(*r).at(3).flags, static_cast<std::uint32_t>(WRIT_SIGNAL_WARM));
}

TEST_F(OrderFlow, LooksAtAsManyLevelsAsAsked) {
  const auto r = rig({{"levels", "1"}, {"trade_weight", "0"}});
  r->trade(WRIT_SIDE_SELL, "100", "1");
  const auto values = last(*r);
  EXPECT_EQ(values.at(2).value, 0.5);
  EXPECT_EQ(values.at(3).value, 0.5) << "the book alone";
}

TEST_F(OrderFlow, PublishesAtMostOnceInItsInterval) {
  const auto r = rig({{"interval", "100ms"}});
  r->trade(WRIT_SIDE_BUY, "101", "1");
  EXPECT_EQ(r->take_published().size(), 3U);
  r->advance(milliseconds(99));
  r->trade(WRIT_SIDE_BUY, "101", "1");
  EXPECT_TRUE(r->take_published().empty());
  r->advance(milliseconds(1));
  r->trade(WRIT_SIDE_BUY, "101", "1");
  EXPECT_EQ(r->take_published().size(), 3U);
}

TEST_F(OrderFlow, SaysZeroOfAnEmptyBookAndStaysWithinOne) {
  const auto r = rig({{"interval", "0s"}, {"trade_weight", "1"}});
  r->host().books.clear();
  r->trade(WRIT_SIDE_SELL, "100", "5");
  EXPECT_EQ(last(*r).at(2).value, 0.0);
  r->advance(seconds(1));
  r->trade(WRIT_SIDE_SELL, "100", "5");
  EXPECT_EQ(last(*r).at(3).value, -1.0);
}

TEST_F(OrderFlow, GoesOnFromASavedState) {
  const auto first = rig({{"window", "10s"}, {"interval", "0s"}});
  first->trade(WRIT_SIDE_BUY, "101", "3");
  first->advance(seconds(1));
  first->trade(WRIT_SIDE_SELL, "100", "1");
  const auto second = rig({{"window", "10s"}, {"interval", "0s"}});
  ASSERT_EQ(second->load(first->save()), WRIT_OK);
  EXPECT_EQ(second->save(), first->save());
  second->advance(seconds(2));
  second->trade(WRIT_SIDE_BUY, "101", "1");
  EXPECT_EQ(last(*second).at(1).value, 2.0);
}

}  // namespace
}  // namespace writ::testing
