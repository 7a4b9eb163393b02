#include "tests/support/tree_paths.hpp"

#include <writ/testing/rig.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace writ::testing {
namespace {

using ::testing::HasSubstr;

class MarketMaker : public ::testing::Test {
 protected:
  static const writ_module& module() {
    return load_module((test::plugin_dir() / "market_maker.so").string());
  }
  [[nodiscard]] static writ_instrument spot() {
    auto instrument = make_instrument(1, WRIT_KIND_SPOT, "0.01", "0.0001", "ETHUSDT");
    instrument.notional_min = to_abi(Money{Int128{5} * 1'000'000'000'000'000'000});
    instrument.quantity_min = instrument.lot;
    return instrument;
  }
  [[nodiscard]] std::unique_ptr<Rig> rig(Rig::Parameters parameters = {},
                                         writ_instrument instrument = spot()) {
    auto made = std::make_unique<Rig>(module(), "writ.market_maker", parameters,
                                      std::vector<writ_instrument>{instrument});
    made->feature(WRIT_FEATURE_VOLATILITY, 0.05);
    made->feature(WRIT_FEATURE_WARM, 1);
    made->feature(WRIT_FEATURE_TOXICITY, 0);
    made->feature(WRIT_FEATURE_CROWDING, 0);
    return made;
  }
  /// Both quotes placed and resting.
  static std::pair<RecordedIntent, RecordedIntent> quoted(Rig& rig) {
    rig.top("2000", "1", "2000.02", "1");
    const auto intents = rig.take_intents();
    EXPECT_EQ(intents.size(), 2U);
    rig.open(intents.at(0));
    rig.open(intents.at(1));
    return {intents.at(0), intents.at(1)};
  }
};

TEST_F(MarketMaker, QuotesBothSidesPostOnlyOnTickAndLot) {
  const auto r = rig();
  r->top("2000", "1", "2000.02", "1");
  const auto intents = r->take_intents();
  ASSERT_EQ(intents.size(), 2U);
  const auto& bid = intents[0].intent;
  const auto& ask = intents[1].intent;
  for (const auto& [id, intent, tags, rationale] : intents) {
    EXPECT_EQ(intent.kind, WRIT_INTENT_PLACE);
    EXPECT_EQ(intent.order_type, WRIT_ORDER_LIMIT);
    EXPECT_EQ(intent.time_in_force, WRIT_TIF_GTC);
    EXPECT_EQ(intent.flags, static_cast<std::uint32_t>(WRIT_INTENT_POST_ONLY));
    EXPECT_EQ(intent.price % nano("0.01"), 0);
    EXPECT_EQ(intent.quantity, nano("0.05")) << "100 at the bid";
    EXPECT_EQ(tags, R"(["mm","quote"])");
    EXPECT_THAT(rationale, HasSubstr(R"("action":"quote","model":"glft","mid":"2000.01")"));
    EXPECT_GT(from_abi(intent.expected_value), Money{});
  }
  EXPECT_EQ(bid.side, WRIT_SIDE_BUY);
  EXPECT_EQ(ask.side, WRIT_SIDE_SELL);
  EXPECT_LT(bid.price, nano("2000.02"));
  EXPECT_GT(ask.price, nano("2000"));
  EXPECT_EQ(nano("2000.01") - bid.price, ask.price - nano("2000.01")) << "no inventory, no skew";
}

TEST_F(MarketMaker, QuotesFurtherWhenTheMarketIsMoreVolatile) {
  const auto calm = rig();
  const auto wild = rig();
  wild->feature(WRIT_FEATURE_VOLATILITY, 1.0);
  const auto calm_bid = quoted(*calm).first.intent.price;
  const auto wild_bid = quoted(*wild).first.intent.price;
  EXPECT_GT(calm_bid, wild_bid);
}

TEST_F(MarketMaker, LeansAgainstItsInventory) {
  const auto flat = rig();
  const auto longer = rig();
  longer->feature(WRIT_FEATURE_VOLATILITY, 0.5);
  flat->feature(WRIT_FEATURE_VOLATILITY, 0.5);
  longer->set_position("0.15");
  const auto [flat_bid, flat_ask] = quoted(*flat);
  const auto [long_bid, long_ask] = quoted(*longer);
  EXPECT_LT(long_bid.intent.price, flat_bid.intent.price);
  EXPECT_LT(long_ask.intent.price, flat_ask.intent.price);
}

TEST_F(MarketMaker, StopsQuotingTheSideThatWouldExceedTheInventory) {
  const auto r = rig({{"inventory_max", "150"}});
  r->set_position("0.04");  // worth 80, one more order would make it 180
  r->top("2000", "1", "2000.02", "1");
  const auto only = r->take_intent();
  EXPECT_EQ(only.intent.side, WRIT_SIDE_SELL);
}

TEST_F(MarketMaker, CancelsAQuoteThatMayNoLongerStand) {
  const auto r = rig({{"inventory_max", "150"}});
  const auto [bid, ask] = quoted(*r);
  r->fill(ask, "2000.03", "0.05");
  r->take_intents();
  r->set_position("0.06");
  r->top("2000", "1", "2000.02", "2");
  bool cancelled = false;
  for (const auto& [id, intent, tags, rationale] : r->take_intents()) {
    if (intent.kind != WRIT_INTENT_CANCEL) continue;
    cancelled = true;
    EXPECT_EQ(intent.target_intent, bid.id);
  }
  EXPECT_TRUE(cancelled);
}

TEST_F(MarketMaker, MovesAQuoteOnceItIsATickOffAndTheIntervalIsOver) {
  const auto r = rig({{"move_sigmas", "1000"}});
  const auto [bid, ask] = quoted(*r);
  r->top("2000", "2", "2000.02", "2");
  EXPECT_TRUE(r->take_intents().empty()) << "the same prices";
  r->top("2000.05", "1", "2000.07", "1");
  EXPECT_TRUE(r->take_intents().empty()) << "not so soon";
  r->advance(milliseconds(250));
  r->evaluate();
  const auto moves = r->take_intents();
  ASSERT_EQ(moves.size(), 2U);
  EXPECT_EQ(moves[0].intent.kind, WRIT_INTENT_REPLACE);
  EXPECT_EQ(moves[0].intent.target_intent, bid.id);
  EXPECT_EQ(moves[0].intent.price, bid.intent.price + nano("0.05"));
  EXPECT_EQ(moves[1].intent.target_intent, ask.id);
  EXPECT_THAT(moves[0].rationale, HasSubstr("\"action\":\"requote\""));

  r->advance(seconds(1));
  r->top("2000.10", "1", "2000.12", "1");
  EXPECT_TRUE(r->take_intents().empty()) << "waits for the answers";
}

TEST_F(MarketMaker, TakesAQuoteAwayThatTheVenueDoesNotMove) {
  const auto r = rig({{"move_sigmas", "1000"}});
  const auto [bid, ask] = quoted(*r);
  r->advance(milliseconds(250));
  r->top("2000.05", "1", "2000.07", "1");
  ASSERT_EQ(r->take_intents().size(), 2U);
  auto moving = bid;
  moving.intent.price += nano("0.05");
  r->order(moving, WRIT_ORDER_OPEN, "0", "", WRIT_COMMAND_REPLACE);
  EXPECT_TRUE(r->take_intents().empty());
  r->order(bid, WRIT_ORDER_OPEN);
  const auto gone = r->take_intent();
  EXPECT_EQ(gone.intent.kind, WRIT_INTENT_CANCEL);
  EXPECT_EQ(gone.intent.target_intent, bid.id);
  r->order(bid, WRIT_ORDER_CANCELLED);
  r->evaluate();
  const auto again = r->take_intent();
  EXPECT_EQ(again.intent.kind, WRIT_INTENT_PLACE);
  EXPECT_EQ(again.intent.price, moving.intent.price);
}

TEST_F(MarketMaker, KeepsWhatWasFilledWhenItMovesTheRest) {
  const auto r = rig({{"move_sigmas", "1000"}});
  const auto [bid, ask] = quoted(*r);
  r->order(bid, WRIT_ORDER_PARTIAL, "0.02");
  r->advance(seconds(1));
  r->top("2000.05", "1", "2000.07", "1");
  const auto moves = r->take_intents();
  ASSERT_EQ(moves.size(), 2U);
  EXPECT_EQ(moves[0].intent.quantity, nano("0.0499") + nano("0.02"));
}

TEST_F(MarketMaker, PausesASideThatWasVetoed) {
  const auto r = rig({{"retry_after", "2s"}});
  r->top("2000", "1", "2000.02", "1");
  const auto intents = r->take_intents();
  r->veto(intents[0]);
  r->open(intents[1]);
  r->advance(seconds(1));
  r->evaluate();
  EXPECT_TRUE(r->take_intents().empty());
  r->advance(seconds(2));
  r->evaluate();
  EXPECT_EQ(r->take_intent().intent.side, WRIT_SIDE_BUY);
}

TEST_F(MarketMaker, QuotesAgainAfterAFill) {
  const auto r = rig();
  const auto [bid, ask] = quoted(*r);
  r->fill(bid, "1999.99", "0.05");
  r->evaluate();
  const auto again = r->take_intents();
  ASSERT_GE(again.size(), 1U);
  EXPECT_EQ(again[0].intent.kind, WRIT_INTENT_PLACE);
  EXPECT_EQ(again[0].intent.side, WRIT_SIDE_BUY);
}

TEST_F(MarketMaker, WithdrawsOnceWhenTheMidJumps) {
  const auto r = rig();
  quoted(*r);
  r->top("2000.30", "1", "2000.32", "1");  // six sigma within a second
  const auto out = r->take_intent();
  EXPECT_EQ(out.intent.kind, WRIT_INTENT_CANCEL_ALL);
  EXPECT_THAT(out.rationale, HasSubstr("mid moved too far in a second"));
  r->top("2000.31", "1", "2000.33", "1");
  EXPECT_TRUE(r->take_intents().empty()) << "once";
}

TEST_F(MarketMaker, QuotesAgainWhenTheJumpIsASecondOld) {
  const auto r = rig();
  const auto [bid, ask] = quoted(*r);
  r->top("2000.30", "1", "2000.32", "1");
  r->approve(r->take_intent());
  r->order(bid, WRIT_ORDER_CANCELLED);
  r->order(ask, WRIT_ORDER_CANCELLED);
  r->advance(milliseconds(1'100));
  r->evaluate();
  EXPECT_EQ(r->take_intents().size(), 2U);
}

TEST_F(MarketMaker, WithdrawsForEachReasonAndSaysWhich) {
  const auto reason_after = [&](auto&& change) {
    const auto r = rig();
    quoted(*r);
    change(*r);
    r->evaluate();
    const auto intents = r->take_intents();
    return intents.size() == 1 && intents[0].intent.kind == WRIT_INTENT_CANCEL_ALL
               ? intents[0].rationale
               : std::string("no withdrawal");
  };
  EXPECT_THAT(reason_after([](Rig& r) { r.snapshot_flags(WRIT_SNAPSHOT_STALE); }),
              HasSubstr("stale book"));
  EXPECT_THAT(reason_after([](Rig& r) { r.snapshot_flags(0); }), HasSubstr("not tradable"));
  EXPECT_THAT(reason_after([](Rig& r) { r.feature(WRIT_FEATURE_TOXICITY, 0.81); }),
              HasSubstr("toxic flow"));
  EXPECT_THAT(reason_after([](Rig& r) { r.forget_feature(WRIT_FEATURE_VOLATILITY); }),
              HasSubstr("volatility unknown"));
  EXPECT_THAT(reason_after([](Rig& r) { r.top("", "", "2000.02", "1"); }),
              HasSubstr("not two-sided"));
}

TEST_F(MarketMaker, WithdrawsWhenTheBookFallsSilent) {
  const auto r = rig({{"stale_after", "3s"}});
  quoted(*r);
  r->advance(milliseconds(2'999));
  EXPECT_TRUE(r->take_intents().empty());
  r->advance(milliseconds(1));
  EXPECT_EQ(r->take_intent().intent.kind, WRIT_INTENT_CANCEL_ALL);
}

TEST_F(MarketMaker, SaysOnceWhyItDoesNotBeginToQuote) {
  const auto r = rig();
  r->forget_feature(WRIT_FEATURE_VOLATILITY);
  r->top("2000", "1", "2000.02", "1");
  const auto hold = r->take_intent();
  EXPECT_EQ(hold.intent.kind, WRIT_INTENT_NOOP);
  r->top("2000.01", "1", "2000.03", "1");
  EXPECT_TRUE(r->take_intents().empty());
}

TEST_F(MarketMaker, StopsBeforeExpiry) {
  auto dated = spot();
  dated.expiry_ts = 1'700'000'000'000'000'000 + 600'000'000'000;  // in ten minutes
  const auto r = rig({}, dated);
  r->top("2000", "1", "2000.02", "1");
  EXPECT_THAT(r->take_intent().rationale, HasSubstr("about to expire"));
}

TEST_F(MarketMaker, WidensWithToxicityAndHalvesItsSizeInACrowd) {
  const auto clean = rig();
  const auto toxic = rig();
  toxic->feature(WRIT_FEATURE_TOXICITY, 0.75);
  const auto crowded = rig();
  crowded->feature(WRIT_FEATURE_CROWDING, 0.71);
  const auto clean_bid = quoted(*clean).first.intent;
  EXPECT_LT(quoted(*toxic).first.intent.price, clean_bid.price);
  EXPECT_EQ(quoted(*crowded).first.intent.quantity, nano("0.025"));
}

TEST_F(MarketMaker, NeverQuotesLessThanTheVenueTakes) {
  const auto r = rig({{"order_notional", "0.01"}});
  const auto [bid, ask] = quoted(*r);
  EXPECT_GE(notional(Price{bid.intent.price}, Quantity{bid.intent.quantity}).raw,
            Int128{499} * 10'000'000'000'000'000)
      << "about the least notional of 5";
  EXPECT_EQ(bid.intent.quantity, ask.intent.quantity);
}

TEST_F(MarketMaker, CoversItsFeeWhenAskedTo) {
  auto instrument = spot();
  instrument.maker_fee = nano("0.001");
  const auto r = rig({{"fee_cover", "1"}}, instrument);
  const auto [bid, ask] = quoted(*r);
  EXPECT_LE(bid.intent.price, nano("1998.01"));
  EXPECT_GE(ask.intent.price, nano("2002.01"));
}

TEST_F(MarketMaker, QuotesAProbabilityWithinItsBounds) {
  const auto binary = make_instrument(1, WRIT_KIND_BINARY, "0.01", "0.01", "RAIN");
  const auto r = rig({{"order_notional", "10"}, {"inventory_max", "100"}}, binary);
  r->forget_feature(WRIT_FEATURE_VOLATILITY);
  r->top("0.98", "100", "0.99", "100");
  for (const auto& [id, intent, tags, rationale] : r->take_intents()) {
    EXPECT_GE(intent.price, nano("0.01"));
    EXPECT_LE(intent.price, nano("0.99"));
  }
}

TEST_F(MarketMaker, OffersTheAvellanedaStoikovModel) {
  const auto r = rig({{"model", "as"}, {"horizon", "10s"}});
  const auto [bid, ask] = quoted(*r);
  EXPECT_THAT(bid.rationale, HasSubstr("\"model\":\"as\""));
  EXPECT_LT(bid.intent.price, ask.intent.price);
  EXPECT_THROW((void)rig({{"model", "none"}}), std::runtime_error);
}

TEST_F(MarketMaker, TakesLiveParametersAtOnce) {
  const auto r = rig();
  r->parameter("order_notional", "200");
  const auto [bid, ask] = quoted(*r);
  EXPECT_EQ(bid.intent.quantity, nano("0.1"));
}

TEST_F(MarketMaker, GoesOnFromASavedState) {
  const auto first = rig({{"move_sigmas", "1000"}});
  const auto [bid, ask] = quoted(*first);
  const auto saved = first->save();
  const auto second = rig({{"move_sigmas", "1000"}});
  ASSERT_EQ(second->load(saved), WRIT_OK);
  EXPECT_EQ(second->save(), saved);
  second->top("2000", "1", "2000.02", "1");
  EXPECT_TRUE(second->take_intents().empty()) << "it knows its quotes stand";
  second->advance(seconds(1));
  second->top("2000.05", "1", "2000.07", "1");
  ASSERT_EQ(second->take_intents().size(), 2U);
}

}  // namespace
}  // namespace writ::testing
