// Commands without an answer: the order is looked up, never assumed.
#include "host/execution/client_order_id.hpp"
#include "host/execution/orders.hpp"
#include "tests/unit/execution/order_desk.hpp"

#include <gtest/gtest.h>

#include <string>

namespace writ::execution {
namespace {

using test::cash;
using test::OrderDesk;
using test::qty;

constexpr std::uint16_t kBuy = WRIT_SIDE_BUY;
constexpr std::int64_t kTimeout = 10'000'000'000;

/// Lets core time pass; an input of no other meaning carries it.
void pass(OrderDesk& desk, std::int64_t time) {
  auto clock = model::make_record<writ_clock>();
  desk.sink.input(clock.header, desk.now += time);
  desk.orders.on_time(desk.now, Seq{clock.header.seq}, desk.sink);
}

void ask_cancel(OrderDesk& desk, OrderId id) {
  auto intent = desk.intent(WRIT_INTENT_CANCEL);
  intent.target_intent = desk.order(id).intent_id;
  ASSERT_EQ(desk.orders.cancel(desk.decide(intent).approved(), desk.sink), 1U);
}

void ask_replace(OrderDesk& desk, OrderId id, const char* at, const char* size) {
  auto intent = desk.intent(WRIT_INTENT_REPLACE);
  intent.target_intent = desk.order(id).intent_id;
  intent.price = test::px(at);
  intent.quantity = qty(size);
  ASSERT_TRUE(
      desk.orders.replace(desk.decide(intent).approved(), {cash("9"), cash("500")}, desk.sink));
}

std::size_t lookups(const OrderDesk& desk) {
  std::size_t count = 0;
  for (const auto& record : desk.sink.all<writ_order>()) {
    count += record.command == WRIT_COMMAND_LOOKUP ? 1 : 0;
  }
  return count;
}

TEST(OrderLookup, MakesAnOrderWithoutAnAnswerUnknownAndAsks) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  pass(desk, kTimeout - 1);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_NEW);
  pass(desk, 1);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_UNKNOWN);
  EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_LOOKUP);
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_ORDER_UNKNOWN), 1U);
  EXPECT_EQ(desk.orders.reserved(AccountId{1}, AssetId{1}), cash("1000.5"));
  EXPECT_EQ(desk.folded(), desk.orders.save());
}

TEST(OrderLookup, OfAScopeAsksForWhatWorksAndIsNotAskedForYet) {
  OrderDesk desk;
  const auto sent = desk.place(kBuy, "100", "10");
  const auto open = desk.place(kBuy, "100", "10");
  desk.deliver(desk.make_report(open, WRIT_REPORT_ACCEPTED));
  auto clock = model::make_record<writ_clock>();
  desk.sink.input(clock.header, desk.now += 1);
  EXPECT_EQ(desk.orders.look_up_scope({}, Seq{clock.header.seq}, desk.sink), 1U);
  EXPECT_EQ(desk.order(open).command, WRIT_COMMAND_LOOKUP);
  EXPECT_EQ(desk.order(sent).command, WRIT_COMMAND_SEND);  // its answer is under way
  EXPECT_EQ(desk.orders.look_up_scope({}, Seq{clock.header.seq}, desk.sink), 0U);
  EXPECT_EQ(desk.folded(), desk.orders.save());
}

TEST(OrderLookup, EndedOrderKeepsItsReserveForFillsNotToldOfYet) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  auto ended = desk.make_report(id, WRIT_REPORT_CANCELLED);
  ended.filled = qty("4");
  desk.deliver(ended);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_CANCELLED);
  EXPECT_EQ(desk.orders.sums({}).count, 0U);
  EXPECT_EQ(desk.orders.sums({}).buy, Quantity{qty("4")});
  EXPECT_EQ(desk.orders.reserved(AccountId{1}, AssetId{1}), cash("400.2"));
  desk.deliver(desk.make_fill(id, "100", "4", "t1"));
  EXPECT_EQ(desk.orders.sums({}).buy, Quantity{});
  EXPECT_EQ(desk.orders.reserved(AccountId{1}, AssetId{1}), Money{});
}

TEST(OrderLookup, NamesTheTimeOfTheNextOne) {
  OrderDesk desk;
  EXPECT_EQ(desk.orders.next_due(), std::nullopt);
  const auto id = desk.place(kBuy, "100", "10");
  const auto sent = desk.order(id).header.ingest_ts;
  EXPECT_EQ(desk.orders.next_due(), sent + kTimeout);
  desk.report(id, WRIT_REPORT_ACCEPTED);
  EXPECT_EQ(desk.orders.next_due(), std::nullopt);
}

TEST(OrderLookup, AsksAtOnceWhenTheVenueSaysItDoesNotKnow) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_TIMEOUT);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_UNKNOWN);
  EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_LOOKUP);
  desk.report(id, WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_TIMEOUT);  // of the look-up itself
  EXPECT_EQ(lookups(desk), 1U);
}

TEST(OrderLookup, AsksAgainLessAndLessOften) {
  OrderDesk desk;
  desk.place(kBuy, "100", "10");
  std::int64_t wait = kTimeout;
  for (std::size_t asked = 1; asked <= 8; ++asked) {
    pass(desk, wait - 1);
    EXPECT_EQ(lookups(desk), asked - 1);
    pass(desk, 1);
    EXPECT_EQ(lookups(desk), asked);
    if (asked <= 5) wait *= 2;
  }
  EXPECT_EQ(wait, 32 * kTimeout);
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_ORDER_UNKNOWN), 1U);
}

TEST(OrderLookup, FindsAnUnknownOrderOpen) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  pass(desk, kTimeout);
  desk.report(id, WRIT_REPORT_FOUND);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_OPEN);
  EXPECT_EQ(desk.orders.next_due(), std::nullopt);
}

TEST(OrderLookup, FindsAnUnknownOrderPartlyFilled) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  pass(desk, kTimeout);
  EXPECT_TRUE(desk.fill(id, "100", "4", "t1"));
  desk.report(id, WRIT_REPORT_FOUND);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_PARTIAL);
  EXPECT_EQ(desk.order(id).filled, qty("4"));
}

TEST(OrderLookup, FindsAnUnknownOrderFilled) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  pass(desk, kTimeout);
  auto found = desk.make_report(id, WRIT_REPORT_FOUND);
  found.filled = qty("10");
  desk.deliver(found);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_OPEN);  // until its fills are seen
  EXPECT_TRUE(desk.fill(id, "100", "10", "t1"));
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_FILLED);
  EXPECT_EQ(desk.orders.next_due(), std::nullopt);
}

TEST(OrderLookup, FindsAnUnknownOrderCancelled) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  pass(desk, kTimeout);
  desk.report(id, WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_MARKET);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_CANCELLED);
  EXPECT_EQ(desk.orders.sums({}).count, 0U);
}

TEST(OrderLookup, RaisesTheAttemptOnlyOnceTheOrderIsProvenAbsent) {
  OrderDesk desk;
  const auto decision = desk.decide_place(kBuy, "100", "1");
  const auto first = desk.orders.place(decision.approved(), {}, desk.sink);
  pass(desk, kTimeout);
  EXPECT_DEATH(desk.orders.place(decision.approved(), {}, desk.sink), "");
  desk.report(first, WRIT_REPORT_FAILED, WRIT_REPORT_REASON_NOT_FOUND);
  EXPECT_EQ(desk.order(first).state, WRIT_ORDER_FAILED);
  EXPECT_EQ(desk.orders.sums({}).count, 0U);
  const auto second = desk.orders.place(decision.approved(), {}, desk.sink);
  EXPECT_EQ(desk.order(second).attempt, 1U);
}

TEST(OrderLookup, CancelsAnOrderThatLivesThoughItWasProvenAbsent) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "1");
  pass(desk, kTimeout);
  desk.report(id, WRIT_REPORT_FAILED, WRIT_REPORT_REASON_NOT_FOUND);
  desk.report(id, WRIT_REPORT_ACCEPTED);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_FAILED);
  EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_CANCEL);
  EXPECT_EQ(desk.sink.last<writ_incident>().severity, WRIT_SEVERITY_CRITICAL);
  EXPECT_EQ(desk.folded(), desk.orders.save());
}

TEST(OrderLookup, RepeatsACancelThatDidNotGetThere) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  ask_cancel(desk, id);
  pass(desk, kTimeout);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_OPEN);
  EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_LOOKUP);
  desk.report(id, WRIT_REPORT_FOUND);
  EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_CANCEL);
  desk.report(id, WRIT_REPORT_CANCELLED);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_CANCELLED);
  EXPECT_EQ(desk.orders.next_due(), std::nullopt);
}

TEST(OrderLookup, LooksForWhatBecameOfAnOrderTheVenueCannotCancel) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  ask_cancel(desk, id);
  desk.report(id, WRIT_REPORT_CANCEL_REJECTED, WRIT_REPORT_REASON_NOT_FOUND);
  EXPECT_EQ(lookups(desk), 0U);  // its fills are probably on the way
  pass(desk, kTimeout);
  EXPECT_EQ(lookups(desk), 1U);
  EXPECT_TRUE(desk.fill(id, "100", "10", "t1"));
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_FILLED);
  EXPECT_EQ(desk.orders.next_due(), std::nullopt);
}

TEST(OrderLookup, TakesTheTermsTheVenueHoldsAfterAnUnansweredAmendment) {
  for (const bool amended : {false, true}) {
    OrderDesk desk;
    const auto id = desk.place(kBuy, "100", "10");
    desk.report(id, WRIT_REPORT_ACCEPTED);
    ask_replace(desk, id, "101", "5");
    pass(desk, kTimeout);
    EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_LOOKUP);
    auto found = desk.make_report(id, WRIT_REPORT_FOUND);
    found.price = amended ? test::px("101") : test::px("100");
    found.quantity = amended ? qty("5") : qty("10");
    desk.deliver(found);
    EXPECT_EQ(desk.order(id).price, found.price);
    EXPECT_EQ(desk.order(id).quantity, found.quantity);
    EXPECT_EQ(from_abi(desk.order(id).requested), amended ? cash("500") : cash("1000.5"));
    EXPECT_FALSE(desk.orders.has_command_under_way(id));
  }
}

TEST(OrderLookup, WaitsOnForItsAmendmentWhenTheVenueMadeAnother) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  ask_replace(desk, id, "101", "12");
  auto other = desk.make_report(id, WRIT_REPORT_REPLACED, WRIT_REPORT_REASON_SELF_TRADE);
  other.price = test::px("100");
  other.quantity = qty("8");
  desk.deliver(other);
  EXPECT_TRUE(desk.orders.has_command_under_way(id));
  EXPECT_EQ(desk.order(id).quantity, qty("12"));
  desk.report(id, WRIT_REPORT_REPLACE_REJECTED, WRIT_REPORT_REASON_FILTER);
  EXPECT_EQ(desk.order(id).quantity, qty("8"));
  EXPECT_EQ(desk.order(id).price, test::px("100"));
}

TEST(OrderLookup, LooksForFillsTheVenueCountedAndDidNotTellOf) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  auto ended = desk.make_report(id, WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_USER);
  ended.filled = qty("4");
  desk.deliver(ended);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_CANCELLED);
  pass(desk, kTimeout);
  EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_LOOKUP);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_CANCELLED);
  EXPECT_TRUE(desk.fill(id, "100", "4", "t1"));
  EXPECT_EQ(desk.orders.next_due(), std::nullopt);
  EXPECT_EQ(desk.folded(), desk.orders.save());
}

TEST(OrderLookup, ExpectsTheEndOfAnOrderThatNeverRests) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "market", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_ACK);
  pass(desk, kTimeout);
  EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_LOOKUP);
  EXPECT_TRUE(desk.fill(id, "100", "4", "t1"));
  desk.report(id, WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_NO_LIQUIDITY);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_EXPIRED);
  EXPECT_EQ(desk.orders.next_due(), std::nullopt);
}

TEST(OrderLookup, ExpectsTheEndOfAnOrderPastItsExpiry) {
  OrderDesk desk;
  auto intent = desk.intent(WRIT_INTENT_PLACE);
  intent.side = kBuy;
  intent.order_type = WRIT_ORDER_LIMIT;
  intent.time_in_force = WRIT_TIF_GTD;
  intent.price = test::px("100");
  intent.quantity = qty("1");
  intent.expire_ts = desk.now + 60'000'000'000;
  const auto id = desk.orders.place(desk.decide(intent).approved(), {}, desk.sink);
  desk.report(id, WRIT_REPORT_ACCEPTED);
  EXPECT_EQ(desk.orders.next_due(), intent.expire_ts + kTimeout);
  desk.report(id, WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_EXPIRY);
  EXPECT_EQ(desk.orders.next_due(), std::nullopt);
}

TEST(OrderLookup, HearsOfBookedFillsAgainWithoutAnIncident) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  EXPECT_TRUE(desk.fill(id, "100", "4", "t1"));
  ask_cancel(desk, id);
  pass(desk, kTimeout);
  EXPECT_FALSE(desk.fill(id, "100", "4", "t1"));
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_DUPLICATE_FILL), 0U);
  EXPECT_EQ(desk.order(id).filled, qty("4"));
}

TEST(OrderLookup, SurvivesSaveAndLoadWithItsTimes) {
  OrderDesk desk;
  desk.place(kBuy, "100", "10");
  const auto id = desk.place(kBuy, "99", "10");
  pass(desk, kTimeout);
  desk.report(id, WRIT_REPORT_FOUND);
  ask_cancel(desk, id);
  Orders loaded;
  ASSERT_TRUE(loaded.load(desk.orders.save()));
  EXPECT_EQ(loaded.next_due(), desk.orders.next_due());
  EXPECT_EQ(loaded.save(), desk.orders.save());
}

// --- the venue's own order of its answers ------------------------------------------------------

TEST(OrderAnswers, DoNotGoBackToTermsThatWereOvertaken) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  auto later = desk.make_report(id, WRIT_REPORT_REPLACED);
  later.venue_seq = 8;
  later.quantity = qty("6");
  ASSERT_TRUE(model::set_text(later.venue_order_id, "renamed"));
  auto earlier = desk.make_report(id, WRIT_REPORT_REPLACED);
  earlier.venue_seq = 5;
  earlier.quantity = qty("8");
  desk.deliver(later);
  desk.deliver(earlier);
  EXPECT_EQ(desk.order(id).quantity, qty("6"));
  EXPECT_EQ(model::text_of(desk.order(id).venue_order_id), "renamed");
}

TEST(OrderAnswers, AnOrderStaysOpenForEverWhereALateAnswerEndsTheDoubtOfALaterOne) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  ask_cancel(desk, id);
  auto gone = desk.make_report(id, WRIT_REPORT_CANCEL_REJECTED, WRIT_REPORT_REASON_NOT_FOUND);
  gone.venue_seq = 8;  // it had been cancelled before, of which nothing was heard
  auto found = desk.make_report(id, WRIT_REPORT_FOUND);
  found.venue_seq = 5;
  desk.deliver(gone);
  desk.deliver(found);
  ASSERT_TRUE(desk.orders.next_due());
  pass(desk, kTimeout);
  EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_LOOKUP);
  found.venue_seq = 9;
  desk.deliver(found);
  EXPECT_EQ(desk.orders.next_due(), std::nullopt);
}

TEST(OrderAnswers, AnExpiryAndAFillOfOneInstantEndFilledInEitherOrder) {
  for (const bool fill_first : {true, false}) {
    OrderDesk desk;
    const auto id = desk.place(kBuy, "100", "10");
    if (fill_first) {
      EXPECT_TRUE(desk.fill(id, "100", "10", "t1"));
    }
    desk.report(id, WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_EXPIRY);
    if (!fill_first) {
      EXPECT_TRUE(desk.fill(id, "100", "10", "t1"));
    }
    EXPECT_EQ(desk.order(id).state, WRIT_ORDER_FILLED);
    EXPECT_EQ(desk.order(id).reason, WRIT_REPORT_REASON_NONE);
    EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 0U);
  }
}

TEST(OrderAnswers, ALateRefusalOfAnAmendmentGivesACancelledOrderItsTermsBack) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  ask_replace(desk, id, "100", "5");
  desk.report(id, WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_MARKET);
  EXPECT_TRUE(desk.fill(id, "100", "8", "t1"));
  desk.report(id, WRIT_REPORT_REPLACE_REJECTED, WRIT_REPORT_REASON_MARKET);
  EXPECT_EQ(desk.order(id).quantity, qty("10"));
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_CANCELLED);
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 0U);
}

TEST(OrderAnswers, KeepFillsWithoutTradeIdsApartByWhatTheyAddUpTo) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  const auto first = cumulative_trade_id(Quantity{qty("2.5")});
  EXPECT_EQ(first, "cum-2.5");
  EXPECT_TRUE(desk.fill(id, "100", "2.5", first));
  EXPECT_TRUE(desk.fill(id, "100", "2.5", cumulative_trade_id(Quantity{qty("5")})));
  EXPECT_FALSE(desk.fill(id, "100", "2.5", first));
  EXPECT_EQ(desk.order(id).filled, qty("5"));
  EXPECT_TRUE(desk.orders.has_fill(id, first));
  EXPECT_FALSE(desk.orders.has_fill(id, "cum-7.5"));
}

// --- orders the host did not make --------------------------------------------------------------

OrderDesk desk_with(ExternalOrders policy) {
  OrdersOptions options;
  options.external = policy;
  return OrderDesk(options);
}

writ_report external_report(const char* id) {
  auto report = model::make_record<writ_report>();
  report.kind = WRIT_REPORT_EXTERNAL;
  report.instrument = 1;
  report.account = 1;
  report.price = test::px("100");
  report.quantity = qty("2");
  EXPECT_TRUE(model::set_text(report.client_order_id, id));
  return report;
}

TEST(ExternalOrders, AreCancelledOnlyOnceAdopted) {
  for (const auto policy : {ExternalOrders::kTrack, ExternalOrders::kAdopt}) {
    auto desk = desk_with(policy);
    desk.deliver(external_report("ext-sim-17"));
    EXPECT_FALSE(desk.orders.take_halt());
    EXPECT_EQ(desk.orders.sums({1, 1, 0}).count, 1U);
    EXPECT_EQ(desk.orders.cancel_scope({1, 0, 0}, Seq{9}, desk.sink),
              policy == ExternalOrders::kAdopt ? 1U : 0U);
  }
}

TEST(ExternalOrders, HaltTheRunWhereTheyMayNotBe) {
  auto desk = desk_with(ExternalOrders::kHalt);
  desk.deliver(external_report("ext-sim-17"));
  const auto why = desk.orders.take_halt();
  ASSERT_TRUE(why);
  EXPECT_NE(why->find("ext-sim-17"), std::string::npos);
  EXPECT_FALSE(desk.orders.take_halt());
}

TEST(ExternalOrders, UnderThisHostsPrefixHaltTheRunAlways) {
  auto desk = desk_with(ExternalOrders::kTrack);
  desk.deliver(external_report("wr1-aaaaaaaaaaaaaaaaaaaaaaaa"));
  EXPECT_TRUE(desk.orders.take_halt());
}

TEST(ExternalOrders, UnderThisHostsPrefixAreCancelledAtAStart) {
  auto desk = desk_with(ExternalOrders::kTrack);
  auto report = external_report("wr1-aaaaaaaaaaaaaaaaaaaaaaaa");
  report.reason = WRIT_REPORT_REASON_RESTART;
  desk.deliver(report);
  EXPECT_FALSE(desk.orders.take_halt());
  const auto order = desk.sink.last<writ_order>();
  EXPECT_EQ(order.command, WRIT_COMMAND_CANCEL);
  EXPECT_EQ(OrderId{order.order_id}, record_id<OrderId>(RunNumber{1}, Seq{order.header.seq}));
}

TEST(ExternalOrders, AreNamedAfterTheirVenue) {
  EXPECT_EQ(external_order_id("binance", "12345"), "ext-binance-12345");
  const auto digest = external_order_id("polymarket", std::string(66, 'a'));
  EXPECT_LE(digest.size(), kClientOrderIdMax);
  EXPECT_EQ(digest.substr(0, 4), "ext-");
  EXPECT_NE(digest, external_order_id("polymarket", std::string(65, 'a') + "b"));
}

}  // namespace
}  // namespace writ::execution
