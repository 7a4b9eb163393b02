#include "host/execution/orders.hpp"

#include "host/base/random.hpp"
#include "host/execution/client_order_id.hpp"
#include "host/execution/reservation.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/execution/order_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace writ::execution {
namespace {

using test::cash;
using test::OrderDesk;
using test::px;
using test::qty;

constexpr std::uint16_t kBuy = WRIT_SIDE_BUY;
constexpr std::uint16_t kSell = WRIT_SIDE_SELL;

TEST(Orders, PutsAnApprovedOrderOnRecordBeforeItIsSent) {
  OrderDesk desk;
  const auto decision = desk.decide_place(kBuy, "100.1", "2");
  const OrderId id =
      desk.orders.place(decision.approved(), {cash("500"), cash("200.3001")}, desk.sink);

  const auto record = desk.sink.last<writ_order>();
  EXPECT_EQ(record.order_id, id.raw());
  EXPECT_EQ(id, record_id<OrderId>(RunNumber{1}, Seq{record.header.seq}));
  EXPECT_EQ(record.state, WRIT_ORDER_NEW);
  EXPECT_EQ(record.command, WRIT_COMMAND_SEND);
  EXPECT_EQ(record.cause_seq, decision.verdict.header.seq);
  EXPECT_EQ(record.intent_id, decision.verdict.intent_id);
  EXPECT_EQ(record.verdict_id, decision.approved().verdict_id.raw());
  EXPECT_EQ(record.tag, 77U);
  EXPECT_EQ(record.price, px("100.1"));
  EXPECT_EQ(record.quantity, qty("2"));
  EXPECT_EQ(from_abi(record.cash_before), cash("500"));
  EXPECT_EQ(from_abi(record.requested), cash("200.3001"));
  EXPECT_EQ(model::text_of(record.client_order_id),
            client_order_id("00010203-0405-0607-0809-0a0b0c0d0e0f", "mm",
                            IntentId{decision.verdict.intent_id}, 0, 0));
  EXPECT_EQ(desk.orders.find_by_client_id(model::text_of(record.client_order_id))->order_id,
            id.raw());
  EXPECT_EQ(desk.orders.order_of_intent(IntentId{record.intent_id})->order_id, id.raw());
}

TEST(Orders, TakesPriceAndQuantityFromTheVerdict) {
  OrderDesk desk;
  auto decision = desk.decide_place(kBuy, "100.1", "2");
  decision.verdict.quantity = qty("1.5");
  const auto id = desk.orders.place(decision.approved(), {}, desk.sink);
  EXPECT_EQ(desk.order(id).quantity, qty("1.5"));
  EXPECT_EQ(desk.order(id).price, px("100.1"));
}

TEST(Orders, GivesAMarketOrderNoPriceAndNoRest) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "market", "1");
  EXPECT_EQ(desk.order(id).price, WRIT_NONE);
  EXPECT_EQ(desk.order(id).order_type, WRIT_ORDER_MARKET);
  EXPECT_EQ(desk.order(id).time_in_force, WRIT_TIF_IOC);
  desk.report(id, WRIT_REPORT_ACCEPTED);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_ACK);
}

TEST(Orders, FollowsAnOrderFromNewToFilled) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_OPEN);
  EXPECT_EQ(model::text_of(desk.order(id).venue_order_id).front(), 'V');
  EXPECT_TRUE(desk.fill(id, "100", "4", "t1"));
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_PARTIAL);
  EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_NONE);
  EXPECT_TRUE(desk.fill(id, "99.9", "6", "t2"));
  const writ_order& done = desk.order(id);
  EXPECT_EQ(done.state, WRIT_ORDER_FILLED);
  EXPECT_EQ(done.filled, qty("10"));
  EXPECT_EQ(from_abi(done.fill_value), cash("999.4"));
  EXPECT_EQ(desk.sink.all<writ_order>().size(), 4U);  // one record a transition
  EXPECT_EQ(desk.sink.last<writ_order>().cause_seq, desk.sink.last<writ_fill>().header.seq);
  EXPECT_EQ(desk.orders.sums({}).count, 0U);
}

TEST(Orders, BooksAFillOnceHoweverOftenItComes) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  EXPECT_TRUE(desk.fill(id, "100", "4", "t1"));
  const auto before = desk.orders.save();
  EXPECT_FALSE(desk.fill(id, "100", "4", "t1"));
  EXPECT_EQ(desk.orders.save(), before);
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_DUPLICATE_FILL), 1U);
  EXPECT_TRUE(desk.fill(id, "100", "4", "t2"));
  EXPECT_EQ(desk.order(id).filled, qty("8"));
}

TEST(Orders, TellsTheSameTradeIdOfTwoOrdersApart) {
  OrderDesk desk;
  const auto a = desk.place(kBuy, "100", "10");
  const auto b = desk.place(kBuy, "100", "10");
  EXPECT_TRUE(desk.fill(a, "100", "4", "t1"));
  EXPECT_TRUE(desk.fill(b, "100", "4", "t1"));
}

TEST(Orders, JoinsAFillByClientIdThoughTheVenueRenamedTheOrder) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  writ_fill fill = desk.make_fill(id, "100", "4", "t1");
  fill.order_id = 0;
  ASSERT_TRUE(model::set_text(fill.venue_order_id, "renamed"));
  EXPECT_TRUE(desk.deliver(fill));
  EXPECT_EQ(desk.order(id).filled, qty("4"));
  EXPECT_EQ(model::text_of(desk.order(id).venue_order_id), "renamed");
}

TEST(Orders, AppliesAPartialFillAfterTheCancelAndStaysCancelled) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  desk.report(id, WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_USER);
  EXPECT_TRUE(desk.fill(id, "100", "4", "t1"));
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_CANCELLED);
  EXPECT_EQ(desk.order(id).reason, WRIT_REPORT_REASON_USER);
  EXPECT_EQ(desk.order(id).filled, qty("4"));
  EXPECT_TRUE(desk.fill(id, "100", "6", "t2"));
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_FILLED);
  EXPECT_EQ(desk.orders.sums({}).count, 0U);
}

TEST(Orders, BooksAFillOfARejectedOrderAndSaysSo) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_BALANCE);
  EXPECT_TRUE(desk.fill(id, "100", "4", "t1"));
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_REJECTED);
  EXPECT_EQ(desk.order(id).filled, qty("4"));
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 1U);
}

TEST(Orders, BooksAFillBeyondTheQuantityAndSaysSo) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  EXPECT_TRUE(desk.fill(id, "100", "11", "t1"));
  EXPECT_EQ(desk.order(id).filled, qty("11"));
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 1U);
}

TEST(Orders, RefusesAFillWithoutATradeId) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  EXPECT_FALSE(desk.fill(id, "100", "4", ""));
  EXPECT_EQ(desk.order(id).filled, 0);
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 1U);
}

TEST(Orders, RefusesAFillWhoseValueDoesNotFit) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  EXPECT_FALSE(desk.fill(id, "9000000000", "9000000000", "t1"));
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_ARITHMETIC), 1U);
}

TEST(Orders, RefusesAFillOfAnOwnOrderItDoesNotRemember) {
  OrdersOptions options;
  options.finished_kept_ns = 10'000;
  OrderDesk desk(options);
  const auto id = desk.place(kBuy, "100", "10");
  writ_fill fill = desk.make_fill(id, "100", "10", "t1");
  EXPECT_TRUE(desk.deliver(fill));
  desk.now += 20'000;
  const auto other = desk.place(kBuy, "100", "1");
  desk.report(other, WRIT_REPORT_ACCEPTED);
  EXPECT_EQ(desk.orders.find(id), nullptr);
  EXPECT_FALSE(desk.deliver(fill));
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_ORDER_UNKNOWN), 1U);
}

TEST(Orders, RemembersNoMoreFinishedOrdersThanItMay) {
  OrdersOptions options;
  options.finished_kept_max = 3;
  OrderDesk desk(options);
  std::vector<OrderId> ids;
  for (int i = 0; i < 10; ++i) {
    ids.push_back(desk.place(kBuy, "100", "1"));
    desk.report(ids.back(), WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_POST_ONLY);
  }
  EXPECT_EQ(desk.orders.find(ids[6]), nullptr);
  EXPECT_NE(desk.orders.find(ids[7]), nullptr);
  EXPECT_NE(desk.orders.find(ids[9]), nullptr);
}

TEST(Orders, FollowsAnOrderTheVenueMade) {
  OrderDesk desk;
  auto fill = model::make_record<writ_fill>();
  fill.instrument = 2;
  fill.account = 1;
  fill.side = kSell;
  fill.price = px("95");
  fill.quantity = qty("3");
  ASSERT_TRUE(model::set_text(fill.client_order_id, "ext-sim-liq1"));
  ASSERT_TRUE(model::set_text(fill.exchange_trade_id, "t1"));
  EXPECT_TRUE(desk.deliver(fill));

  const writ_order* order = desk.orders.find_by_client_id("ext-sim-liq1");
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->state, WRIT_ORDER_FILLED);
  EXPECT_EQ(order->verdict_id, 0U);
  EXPECT_EQ(order->intent_id, 0U);
  EXPECT_EQ(order->side, kSell);
  EXPECT_EQ(order->filled, qty("3"));

  EXPECT_FALSE(desk.deliver(fill));
  ASSERT_TRUE(model::set_text(fill.exchange_trade_id, "t2"));
  EXPECT_TRUE(desk.deliver(fill));
  EXPECT_EQ(desk.orders.find_by_client_id("ext-sim-liq1")->filled, qty("6"));
  EXPECT_EQ(desk.orders.find_by_client_id("ext-sim-liq1")->quantity, qty("6"));
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 0U);
  EXPECT_EQ(desk.folded(), desk.orders.save());
}

TEST(Orders, FollowsAnOrderSomebodyElsePlaced) {
  OrderDesk desk;
  auto report = model::make_record<writ_report>();
  report.kind = WRIT_REPORT_EXTERNAL;
  report.instrument = 1;
  report.account = 1;
  report.price = px("100");
  report.quantity = qty("2");
  ASSERT_TRUE(model::set_text(report.client_order_id, "ext-sim-web17"));
  desk.deliver(report);
  ASSERT_NE(desk.orders.find_by_client_id("ext-sim-web17"), nullptr);
  EXPECT_EQ(desk.orders.find_by_client_id("ext-sim-web17")->state, WRIT_ORDER_OPEN);
  EXPECT_EQ(desk.orders.sums({1, 1, 0}).count, 1U);
}

TEST(Orders, KnowsNothingOfAReportForAnUnknownOwnOrder) {
  OrderDesk desk;
  auto report = model::make_record<writ_report>();
  report.kind = WRIT_REPORT_ACCEPTED;
  ASSERT_TRUE(model::set_text(report.client_order_id, "wr1-aaaaaaaaaaaaaaaaaaaaaaaa"));
  desk.deliver(report);
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_ORDER_UNKNOWN), 1U);
  EXPECT_TRUE(desk.sink.all<writ_order>().empty());
}

TEST(Orders, KeepsAnOrderWithoutAnAnswerUnknownUntilItIsFound) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_TIMEOUT);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_UNKNOWN);
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_ORDER_UNKNOWN), 1U);
  EXPECT_EQ(desk.orders.sums({}).count, 1U);  // its cash stays reserved
  desk.report(id, WRIT_REPORT_ACCEPTED);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_OPEN);
}

TEST(Orders, SaysWhenAReportContradictsTheRecord) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  const auto records = desk.sink.all<writ_order>().size();
  desk.report(id, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_BALANCE);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_OPEN);
  EXPECT_EQ(desk.sink.all<writ_order>().size(), records);
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 1U);
  EXPECT_TRUE(desk.orders.next_due());  // which of the two holds is looked up
}

TEST(Orders, AsksForACancelOnceUntilItIsAnswered) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  auto intent = desk.intent(WRIT_INTENT_CANCEL);
  intent.target_intent = desk.order(id).intent_id;
  const auto first = desk.decide(intent);
  EXPECT_EQ(desk.orders.cancel(first.approved(), desk.sink), 1U);
  EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_CANCEL);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_OPEN);
  EXPECT_EQ(desk.order(id).cause_seq, first.verdict.header.seq);
  EXPECT_TRUE(desk.orders.has_command_under_way(id));
  EXPECT_EQ(desk.orders.cancel(desk.decide(intent).approved(), desk.sink), 0U);

  desk.report(id, WRIT_REPORT_CANCEL_REJECTED, WRIT_REPORT_REASON_RATE_LIMIT);
  EXPECT_EQ(desk.orders.cancel(desk.decide(intent).approved(), desk.sink), 1U);
  desk.report(id, WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_USER);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_CANCELLED);
  EXPECT_FALSE(desk.orders.has_command_under_way(id));
  EXPECT_EQ(desk.orders.cancel(desk.decide(intent).approved(), desk.sink), 0U);
}

OrderDesk::Decision decide_replace(OrderDesk& desk, OrderId id, const char* at, const char* size) {
  auto intent = desk.intent(WRIT_INTENT_REPLACE);
  intent.target_intent = desk.order(id).intent_id;
  intent.price = px(at);
  intent.quantity = qty(size);
  return desk.decide(intent);
}

TEST(Orders, ReplacesPriceAndQuantityOfTheSameOrder) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  EXPECT_TRUE(desk.orders.replace(decide_replace(desk, id, "101", "5").approved(),
                                  {cash("1000"), cash("505.2525")}, desk.sink));
  EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_REPLACE);
  EXPECT_EQ(desk.order(id).price, px("101"));
  EXPECT_EQ(desk.order(id).quantity, qty("5"));
  // Until the venue answers it may fill the old one: the larger stays reserved.
  EXPECT_EQ(desk.orders.sums({}).buy, Quantity{qty("10")});
  EXPECT_EQ(desk.orders.reserved(AccountId{1}, AssetId{1}), cash("1000.5"));
  const auto told = desk.sink.records().size();
  desk.report(id, WRIT_REPORT_REPLACED);
  EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_NONE);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_OPEN);
  EXPECT_EQ(desk.order(id).price, px("101"));
  EXPECT_EQ(desk.order(id).quantity, qty("5"));
  EXPECT_EQ(desk.sink.records().size(), told + 2) << "the report and the order as it is now";
  desk.report(id, WRIT_REPORT_REPLACED);
  EXPECT_EQ(desk.sink.records().size(), told + 3) << "said twice: no news";
  EXPECT_EQ(desk.orders.sums({}).buy, Quantity{qty("5")});
  EXPECT_EQ(desk.orders.reserved(AccountId{1}, AssetId{1}), cash("505.2525"));
  EXPECT_FALSE(desk.orders.has_command_under_way(id));
}

// The sums of risk were not those of the orders when the disk failed between two of one input.
TEST(Orders, MakeAndAmendNothingThatIsNotOnRecord) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "4");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  const auto amendment = decide_replace(desk, id, "100", "7");
  desk.sink.fail();
  desk.place(kBuy, "100", "3");
  desk.orders.replace(amendment.approved(), desk.funding(kBuy, "100", "7", WRIT_KIND_SPOT),
                      desk.sink);
  EXPECT_EQ(desk.orders.sums({1, 1, 0}).buy, Quantity{qty("4")});
  EXPECT_EQ(desk.orders.sums({1, 1, 0}).count, 1U);
  desk.fill(id, "100", "1", "T1");  // the money moved all the same
  EXPECT_EQ(desk.orders.sums({1, 1, 0}).buy, Quantity{qty("3")});
}

TEST(Orders, GoesBackToWhatWasAgreedWhenAReplaceIsRejected) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  EXPECT_TRUE(desk.orders.replace(decide_replace(desk, id, "101", "5").approved(), {}, desk.sink));
  desk.report(id, WRIT_REPORT_REPLACE_REJECTED, WRIT_REPORT_REASON_FILTER);
  EXPECT_EQ(desk.order(id).price, px("100"));
  EXPECT_EQ(desk.order(id).quantity, qty("10"));
  EXPECT_EQ(from_abi(desk.order(id).requested), cash("1000.5"));
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_OPEN);
}

TEST(Orders, FillsWhatWasAgreedWhileAReplaceIsUnderWay) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  EXPECT_TRUE(desk.orders.replace(decide_replace(desk, id, "100", "5").approved(), {}, desk.sink));
  EXPECT_TRUE(desk.fill(id, "100", "8", "t1"));
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_PARTIAL);
  EXPECT_GE(desk.order(id).quantity, desk.order(id).filled);
  EXPECT_EQ(desk.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 0U);
  auto replaced = desk.make_report(id, WRIT_REPORT_REPLACED);
  replaced.quantity = qty("8");
  desk.deliver(replaced);
  EXPECT_EQ(desk.order(id).state, WRIT_ORDER_FILLED);
  EXPECT_EQ(desk.order(id).quantity, qty("8"));
}

TEST(Orders, CancelsTheRestWhenReplacedByNoMoreThanWasFilled) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  EXPECT_TRUE(desk.fill(id, "100", "6", "t1"));
  EXPECT_TRUE(desk.orders.replace(decide_replace(desk, id, "100", "6").approved(), {}, desk.sink));
  EXPECT_EQ(desk.order(id).command, WRIT_COMMAND_CANCEL);
  EXPECT_EQ(desk.order(id).quantity, qty("10"));
}

TEST(Orders, DoesNotReplaceWhatIsNotWorking) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_POST_ONLY);
  EXPECT_FALSE(desk.orders.replace(decide_replace(desk, id, "101", "5").approved(), {}, desk.sink));
}

TEST(Orders, CancelsAllOfOneStrategyInOneInstrument) {
  OrderDesk desk;
  const auto a = desk.place(kBuy, "100", "1");
  const auto b = desk.place(kSell, "101", "1");
  const auto other_market = desk.place(kBuy, "100", "1", 1, 2);
  const auto other_strategy = desk.place(kBuy, "100", "1", 2, 1);
  const auto decision = desk.decide(desk.intent(WRIT_INTENT_CANCEL_ALL));
  EXPECT_EQ(desk.orders.cancel_all(decision.approved(), desk.sink), 2U);
  EXPECT_EQ(desk.order(a).command, WRIT_COMMAND_CANCEL);
  EXPECT_EQ(desk.order(b).command, WRIT_COMMAND_CANCEL);
  EXPECT_EQ(desk.order(other_market).command, WRIT_COMMAND_SEND);
  EXPECT_EQ(desk.order(other_strategy).command, WRIT_COMMAND_SEND);
  // A kill takes the rest.
  EXPECT_EQ(desk.orders.cancel_scope({1, 0, 0}, Seq{99}, desk.sink), 2U);
  EXPECT_EQ(desk.order(other_strategy).cause_seq, 99U);
  EXPECT_EQ(desk.orders.cancel_scope({}, Seq{100}, desk.sink), 0U);
}

TEST(Orders, FlattensByCancelsAndOneReduceOnlyMarketOrder) {
  OrderDesk desk;
  const auto resting = desk.place(kBuy, "100", "1");
  const auto decision = desk.decide(desk.intent(WRIT_INTENT_FLATTEN));
  const auto id = desk.orders.flatten(decision.approved(), Quantity{qty("-2.5")}, {}, desk.sink);
  ASSERT_TRUE(id);
  EXPECT_EQ(desk.order(resting).command, WRIT_COMMAND_CANCEL);
  EXPECT_EQ(desk.order(*id).side, kBuy);
  EXPECT_EQ(desk.order(*id).quantity, qty("1.5"));  // the one bid may fill before its cancel
  EXPECT_EQ(desk.order(*id).order_type, WRIT_ORDER_MARKET);
  EXPECT_TRUE(desk.order(*id).flags & WRIT_INTENT_REDUCE_ONLY);
}

TEST(Orders, FlattensAFlatPositionByCancelsAlone) {
  OrderDesk desk;
  desk.place(kBuy, "100", "1");
  const auto decision = desk.decide(desk.intent(WRIT_INTENT_FLATTEN));
  EXPECT_FALSE(desk.orders.flatten(decision.approved(), Quantity{}, {}, desk.sink));
  EXPECT_EQ(desk.sink.last<writ_order>().command, WRIT_COMMAND_CANCEL);
}

struct TargetCase {
  const char* position;
  const char* target;
  const char* order;  // "" = none
  bool reduce_only;
};

class OrdersTarget : public testing::TestWithParam<TargetCase> {};

TEST_P(OrdersTarget, SendsWhatIsMissing) {
  const TargetCase& c = GetParam();
  OrderDesk desk;
  auto intent = desk.intent(WRIT_INTENT_TARGET);
  intent.quantity = qty(c.target);
  const auto decision = desk.decide(intent);
  const auto id = desk.orders.target(decision.approved(), Quantity{qty(c.position)}, {}, desk.sink);
  if (std::string(c.order).empty()) {
    EXPECT_FALSE(id);
    return;
  }
  ASSERT_TRUE(id);
  const writ_order& order = desk.order(*id);
  const Quantity signed_quantity{order.side == kBuy ? order.quantity : -order.quantity};
  EXPECT_EQ(to_string(signed_quantity), c.order);
  EXPECT_EQ((order.flags & WRIT_INTENT_REDUCE_ONLY) != 0, c.reduce_only);
}

INSTANTIATE_TEST_SUITE_P(
    Positions, OrdersTarget,
    testing::Values(TargetCase{"0", "3", "3", false}, TargetCase{"0", "-3", "-3", false},
                    TargetCase{"5", "3", "-2", true}, TargetCase{"-5", "-3", "2", true},
                    TargetCase{"5", "0", "-5", true}, TargetCase{"-5", "0", "5", true},
                    TargetCase{"2", "-1", "-3", false}, TargetCase{"-2", "1", "3", false},
                    TargetCase{"3", "5", "2", false}, TargetCase{"3", "3", "", false}));

TEST(Orders, CarriesOutEveryKindOfIntent) {
  OrderDesk desk;
  const auto place = desk.decide_place(kBuy, "100", "1");
  desk.orders.carry_out(place.approved(), Quantity{}, {}, desk.sink);
  EXPECT_EQ(desk.sink.last<writ_order>().command, WRIT_COMMAND_SEND);
  const OrderId id{desk.sink.last<writ_order>().order_id};
  desk.orders.carry_out(decide_replace(desk, id, "99", "1").approved(), Quantity{}, {}, desk.sink);
  EXPECT_EQ(desk.sink.last<writ_order>().command, WRIT_COMMAND_REPLACE);
  desk.orders.carry_out(desk.decide(desk.intent(WRIT_INTENT_CANCEL_ALL)).approved(), Quantity{}, {},
                        desk.sink);
  EXPECT_EQ(desk.sink.last<writ_order>().command, WRIT_COMMAND_CANCEL);
  desk.orders.carry_out(desk.decide(desk.intent(WRIT_INTENT_FLATTEN)).approved(),
                        Quantity{qty("1")}, {}, desk.sink);
  EXPECT_EQ(desk.sink.last<writ_order>().side, kSell);
  const std::size_t records = desk.sink.all<writ_order>().size();
  desk.orders.carry_out(desk.decide(desk.intent(WRIT_INTENT_NOOP)).approved(), Quantity{}, {},
                        desk.sink);
  EXPECT_EQ(desk.sink.all<writ_order>().size(), records);
}

TEST(Orders, RaisesTheAttemptAfterAProvenNegative) {
  OrderDesk desk;
  const auto decision = desk.decide_place(kBuy, "100", "1");
  const auto first = desk.orders.place(decision.approved(), {}, desk.sink);
  const std::string first_id(model::text_of(desk.order(first).client_order_id));
  desk.report(first, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_RATE_LIMIT);
  const auto second = desk.orders.place(decision.approved(), {}, desk.sink);
  EXPECT_EQ(desk.order(second).attempt, 1U);
  EXPECT_NE(model::text_of(desk.order(second).client_order_id), first_id);
  EXPECT_EQ(desk.orders.order_of_intent(IntentId{decision.verdict.intent_id})->order_id,
            second.raw());
}

TEST(Orders, ReservesCashOfBuysAndBaseOfSpotSales) {
  OrderDesk desk;
  desk.place(kBuy, "100", "10");        // 1000 + 0.5
  desk.place(kSell, "101", "4");        // 4 of the base asset
  desk.place(kSell, "200", "1", 2, 2);  // a short perpetual: 200 + 0.1
  EXPECT_EQ(desk.orders.reserved(AccountId{1}, AssetId{1}), cash("1200.6"));
  EXPECT_EQ(desk.orders.reserved(AccountId{1}, AssetId{2}), cash("4"));
  EXPECT_EQ(desk.orders.reserved(AccountId{2}, AssetId{1}), Money{});
  const auto sums = desk.orders.sums({1, 1, 1});
  EXPECT_EQ(sums.count, 2U);
  EXPECT_EQ(sums.buy, Quantity{qty("10")});
  EXPECT_EQ(sums.sell, Quantity{qty("4")});
  EXPECT_EQ(sums.cash_reserved, cash("1000.5"));
}

TEST(Orders, ListsWorkingOrdersOldestFirst) {
  OrderDesk desk;
  const auto a = desk.place(kBuy, "100", "1");
  const auto b = desk.place(kBuy, "99", "1");
  const auto c = desk.place(kBuy, "98", "1");
  desk.report(b, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_BALANCE);
  const auto working = desk.orders.working({1, 1, 1});
  ASSERT_EQ(working.size(), 2U);
  EXPECT_EQ(working[0].order_id, a.raw());
  EXPECT_EQ(working[1].order_id, c.raw());
}

std::vector<writ_order> fillable(const OrderDesk& desk) {
  std::vector<writ_order> orders;
  desk.orders.for_each_fillable({1, 1, 0},
                                [&](const writ_order& order) { orders.push_back(order); });
  return orders;
}

TEST(Orders, ListsAsFillableWhatEndedBeforeItsFillsWereTold) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  auto ended = desk.make_report(id, WRIT_REPORT_EXPIRED);
  ended.filled = qty("4");
  desk.deliver(ended);
  ASSERT_EQ(fillable(desk).size(), 1U);
  EXPECT_EQ(leaves(fillable(desk).front()), Quantity{qty("4")});
  EXPECT_TRUE(desk.fill(id, "100", "4", "t1"));
  EXPECT_TRUE(fillable(desk).empty());
}

TEST(Orders, ListsAsFillableTheWorstAnAmendmentLeavesOpen) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  EXPECT_TRUE(desk.orders.replace(decide_replace(desk, id, "99", "12").approved(), {}, desk.sink));
  ASSERT_EQ(fillable(desk).size(), 1U);
  EXPECT_EQ(fillable(desk).front().price, px("99.833333334")) << "ten at 100, then two at 99";
  EXPECT_EQ(fillable(desk).front().quantity, qty("12"));
  desk.report(id, WRIT_REPORT_REPLACED);
  EXPECT_EQ(fillable(desk).front().price, px("99"));
}

/// A lay of so much that is amended and has no answer, as it is listed.
writ_order amended_lay(std::int64_t odds, std::int64_t stake, std::int64_t new_odds,
                       std::int64_t new_stake) {
  OrderDesk desk;
  desk.orders.apply(test::make_instrument(1, WRIT_KIND_RUNNER));
  auto lay = desk.intent(WRIT_INTENT_PLACE);
  lay.side = kSell;
  lay.order_type = WRIT_ORDER_LIMIT;
  lay.time_in_force = WRIT_TIF_GTC;
  lay.price = odds;
  lay.quantity = stake;
  const auto id = desk.orders.place(desk.decide(lay).approved(), {}, desk.sink);
  desk.report(id, WRIT_REPORT_ACCEPTED);
  auto amendment = desk.intent(WRIT_INTENT_REPLACE);
  amendment.target_intent = desk.order(id).intent_id;
  amendment.price = new_odds;
  amendment.quantity = new_stake;
  EXPECT_TRUE(desk.orders.replace(desk.decide(amendment).approved(), {}, desk.sink));
  return fillable(desk).front();
}

TEST(Orders, AnAmendedLayCountsTheMostItMayOweAndNoMore) {
  const auto shorter = amended_lay(px("6"), qty("10"), px("11"), qty("5"));
  EXPECT_EQ(shorter.quantity, qty("10"));
  EXPECT_EQ(shorter.price, px("6")) << "50 either way, not ten at 11";
  const auto longer = amended_lay(px("6"), qty("10"), px("3"), qty("20"));
  EXPECT_EQ(longer.quantity, qty("20"));
  EXPECT_EQ(longer.price, px("4.5")) << "50 for the first ten, 20 for the rest";
  base::RandomStream random(1, "test.amended_lay");
  for (std::size_t left = test::scaled(100'000); left > 0; --left) {
    const auto draw = [&random] { return 1 + static_cast<std::int64_t>(random.below(20)); };
    const std::int64_t stake = draw(), owed = draw(), new_stake = draw(), new_owed = draw();
    Int128 most = new_stake * new_owed;
    for (std::int64_t before = 0; before <= stake; ++before) {  // filled before the amendment
      const std::int64_t rest = std::max<std::int64_t>(0, new_stake - before);
      most = std::max(most, Int128{before * owed + rest * new_owed});
    }
    const auto whole = [](std::int64_t n) { return n * 1'000'000'000; };
    const auto listed =
        amended_lay(whole(owed + 1), whole(stake), whole(new_owed + 1), whole(new_stake));
    const Int128 counted = Int128{listed.quantity} * (listed.price - whole(1));
    const Int128 exact = most * whole(1) * whole(1);
    ASSERT_GE(counted, exact);
    ASSERT_LT(counted, exact + listed.quantity) << "but for the rounding of its odds";
  }
}

TEST(Orders, ReservesWhatATokenCostsInTheAssetItIsPaidIn) {
  OrderDesk desk;
  auto facts = test::make_instrument(3, WRIT_KIND_BINARY);
  facts.settle_asset = 2;
  desk.orders.apply(facts);
  const auto bid = desk.decide_place(kBuy, "0.5", "10", 1, 3);
  desk.orders.place(bid.approved(), desk.funding(kBuy, "0.5", "10", WRIT_KIND_BINARY), desk.sink);
  EXPECT_EQ(desk.orders.reserved(AccountId{1}, AssetId{1}), cash("5.0025"));
  EXPECT_EQ(desk.orders.reserved(AccountId{1}, AssetId{2}), Money{});
}

TEST(Orders, AnAmendmentReservesAsIfTheOldOrderFilledFirst) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.report(id, WRIT_REPORT_ACCEPTED);
  EXPECT_TRUE(desk.orders.replace(decide_replace(desk, id, "90", "12").approved(),
                                  desk.funding(kBuy, "90", "12", WRIT_KIND_SPOT), desk.sink));
  EXPECT_EQ(desk.orders.reserved(AccountId{1}, AssetId{1}), cash("1180.59"));  // 1000.5 + 180.09
  desk.report(id, WRIT_REPORT_REPLACED);
  EXPECT_EQ(desk.orders.reserved(AccountId{1}, AssetId{1}), cash("1080.54"));
}

TEST(Orders, RefusesDamagedStateAndStaysAsItWas) {
  OrderDesk desk;
  const auto id = desk.place(kBuy, "100", "10");
  desk.fill(id, "100", "4", "t1");
  const auto saved = desk.orders.save();
  for (std::size_t size = 0; size < saved.size(); size += 7) {
    const auto loaded = desk.orders.load(std::span(saved).first(size));
    ASSERT_FALSE(loaded) << size;
    EXPECT_EQ(loaded.error().code(), base::Errc::kCorrupt);
  }
  EXPECT_EQ(desk.orders.save(), saved);
  EXPECT_TRUE(desk.orders.load(saved));
  EXPECT_EQ(desk.orders.save(), saved);
}

}  // namespace
}  // namespace writ::execution
