#include "tests/support/tree_paths.hpp"

#include <writ/testing/rig.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace writ::testing {
namespace {

using ::testing::HasSubstr;

class Directional : public ::testing::Test {
 protected:
  [[nodiscard]] static std::unique_ptr<Rig> rig(
      const Rig::Parameters& parameters = {},
      const writ_instrument& instrument = make_instrument(1, WRIT_KIND_PERP, "0.1", "0.001")) {
    const auto& module = load_module((test::plugin_dir() / "directional.so").string());
    return std::make_unique<Rig>(module, "writ.directional", parameters,
                                 std::vector<writ_instrument>{instrument});
  }
  /// In a long position of 0.01 bought at 10000.5.
  static void enter(Rig& rig) {
    rig.signal(1, 0.5);
    rig.top("10000", "1", "10000.5", "1");
    const auto entry = rig.take_intent();
    rig.approve(entry);
    rig.fill(entry, "10000.5", "0.01");
  }
};

TEST_F(Directional, EntersWithTheSignalAtALimitedPrice) {
  const auto r = rig();
  r->signal(1, 0.4);
  r->top("10000", "1", "10000.5", "1");
  const auto up = r->take_intent();
  EXPECT_EQ(up.intent.side, WRIT_SIDE_BUY);
  EXPECT_EQ(up.intent.time_in_force, WRIT_TIF_IOC);
  EXPECT_EQ(up.intent.price, nano("10001"));
  EXPECT_EQ(up.intent.quantity, nano("0.009"));
  EXPECT_EQ(up.intent.confidence, nano("0.4"));
  EXPECT_THAT(up.rationale, HasSubstr(R"("action":"enter","signal":"0.4","threshold":"0.4")"));

  const auto other = rig();
  other->signal(1, -0.7);
  other->top("10000", "1", "10000.5", "1");
  const auto down = other->take_intent();
  EXPECT_EQ(down.intent.side, WRIT_SIDE_SELL);
  EXPECT_EQ(down.intent.price, nano("9999.5"));
}

TEST_F(Directional, StaysOutWithoutAStrongWarmSignal) {
  const auto r = rig();
  r->top("10000", "1", "10000.5", "1");
  EXPECT_TRUE(r->take_intents().empty()) << "no signal";
  r->signal(1, 0.399999999);
  r->evaluate();
  EXPECT_TRUE(r->take_intents().empty()) << "too weak";
  r->signal(1, 0.9, 0);
  r->evaluate();
  EXPECT_TRUE(r->take_intents().empty()) << "not warm";
  r->signal(1, 0.9);
  r->snapshot_flags(WRIT_SNAPSHOT_STALE);
  r->evaluate();
  EXPECT_TRUE(r->take_intents().empty()) << "stale";
}

TEST_F(Directional, TakesOnlyTheSidesItMay) {
  const auto r = rig({{"sides", "long"}});
  r->signal(1, -0.9);
  r->top("10000", "1", "10000.5", "1");
  EXPECT_TRUE(r->take_intents().empty());
  EXPECT_THROW((void)rig({{"sides", "up"}}), std::runtime_error);
}

TEST_F(Directional, AsksOnceAndPausesAfterAVeto) {
  const auto r = rig({{"pause", "2s"}});
  r->signal(1, 0.9);
  r->top("10000", "1", "10000.5", "1");
  const auto entry = r->take_intent();
  r->evaluate();
  EXPECT_TRUE(r->take_intents().empty()) << "waits for the verdict";
  r->veto(entry);
  r->evaluate();
  EXPECT_TRUE(r->take_intents().empty()) << "pauses";
  r->advance(seconds(2));
  r->evaluate();
  EXPECT_EQ(r->take_intents().size(), 1U);
}

TEST_F(Directional, LeavesForEachReasonAndSaysWhich) {
  const auto rationale_after = [&](auto&& change) {
    const auto r = rig();
    enter(*r);
    change(*r);
    const auto intents = r->take_intents();
    if (intents.size() != 1) return std::string("no exit");
    EXPECT_EQ(intents[0].intent.kind, WRIT_INTENT_FLATTEN);
    return intents[0].rationale;
  };
  EXPECT_THAT(rationale_after([](Rig& r) { r.evaluate(); }), HasSubstr("no exit"));
  EXPECT_THAT(rationale_after([](Rig& r) {
                r.signal(1, -0.1);
                r.evaluate();
              }),
              HasSubstr("signal reversed"));
  EXPECT_THAT(rationale_after([](Rig& r) { r.top("9980.2", "1", "9980.7", "1"); }),
              HasSubstr("\"reason\":\"stop\""));
  EXPECT_THAT(rationale_after([](Rig& r) { r.top("10040.4", "1", "10040.9", "1"); }),
              HasSubstr("\"reason\":\"profit\""));
  EXPECT_THAT(rationale_after([](Rig& r) {
                r.advance(seconds(60));
                r.evaluate();
              }),
              HasSubstr("held long enough"));
}

TEST_F(Directional, HoldsAShortTheSameWay) {
  const auto r = rig();
  r->signal(1, -0.5);
  r->top("10000", "1", "10000.5", "1");
  const auto entry = r->take_intent();
  r->approve(entry);
  r->fill(entry, "10000", "0.01");
  r->evaluate();
  EXPECT_TRUE(r->take_intents().empty());
  r->top("10020.2", "1", "10020.7", "1");
  EXPECT_THAT(r->take_intent().rationale, HasSubstr("\"reason\":\"stop\""));
}

TEST_F(Directional, PausesAfterAPosition) {
  const auto r = rig({{"pause", "10s"}});
  enter(*r);
  r->advance(seconds(60));
  r->evaluate();
  auto exit = r->take_intent();
  exit.intent.side = WRIT_SIDE_SELL;
  r->approve(exit);
  r->fill(exit, "10000", "0.01");
  r->evaluate();
  EXPECT_TRUE(r->take_intents().empty());
  r->advance(seconds(10));
  r->evaluate();
  EXPECT_EQ(r->take_intent().intent.kind, WRIT_INTENT_PLACE);
}

TEST_F(Directional, IsOutOfAPositionWhoseRestTheVenueWouldNotTake) {
  auto spot = make_instrument(1, WRIT_KIND_SPOT, "0.01", "0.00001");
  spot.notional_min = to_abi(Money{Int128{5} * 1'000'000'000'000'000'000});
  for (const double way : {0.5, -0.5}) {
    SCOPED_TRACE(way);
    const auto r = rig({{"pause", "10s"}}, spot);
    r->signal(1, way);
    r->top("30000", "1", "30000.01", "1");
    auto entry = r->take_intent();
    r->approve(entry);
    const bool bought = entry.intent.side == WRIT_SIDE_BUY;
    r->fill(entry, "30000", "0.01065", bought ? "0.00001065" : "0");
    r->advance(seconds(60));
    r->evaluate();
    auto exit = r->take_intent();
    EXPECT_EQ(exit.intent.kind, WRIT_INTENT_FLATTEN);
    exit.intent.side = bought ? WRIT_SIDE_SELL : WRIT_SIDE_BUY;
    r->approve(exit);
    r->fill(exit, "30000", bought ? "0.01063" : "0.01065", bought ? "0" : "0.00001065");
    r->advance(seconds(9));
    r->evaluate();
    EXPECT_TRUE(r->take_intents().empty()) << "the pause";
    r->advance(seconds(1));
    r->evaluate();
    EXPECT_EQ(r->take_intent().intent.kind, WRIT_INTENT_PLACE);
  }
}

TEST_F(Directional, GoesOnFromASavedState) {
  const auto first = rig();
  enter(*first);
  const auto second = rig();
  ASSERT_EQ(second->load(first->save()), WRIT_OK);
  EXPECT_EQ(second->save(), first->save());
  second->top("9980.2", "1", "9980.7", "1");
  EXPECT_THAT(second->take_intent().rationale, HasSubstr("\"entry\":\"10000.5\""));
}

}  // namespace
}  // namespace writ::testing
