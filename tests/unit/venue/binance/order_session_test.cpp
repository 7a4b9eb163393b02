#include "host/venue/binance/order_session.hpp"

#include "tests/unit/venue/binance/session_desk.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace writ::venue::binance {
namespace {

using test::kMs;
using test::kSecond;
using test::nano;
using test::SessionDesk;

using Outcome = std::pair<int, int>;

const std::string kAck =
    R"({"symbol":"BTCUSDT","orderId":28,"clientOrderId":"x","transactTime":1700000000001})";

std::string error(int code, const std::string& words = "") {
  return R"({"code":)" + std::to_string(code) + R"(,"msg":")" + words + R"("})";
}

TEST(OrderSession, AnOrderLeavesSignedAndItsAnswerIsItsReport) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.command(WRIT_COMMAND_SEND);
  const auto request = desk.only_request();
  EXPECT_EQ(request.way, Way::kRest);
  EXPECT_EQ(request.http.method, "POST");
  EXPECT_EQ(request.http.api_key, "key");
  EXPECT_NE(request.http.target.find("signature="), std::string::npos);
  EXPECT_NE(request.http.target.find("price=50000&"), std::string::npos);
  EXPECT_EQ(desk.reports(), 0U);
  desk.answer(request, 200, kAck);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_ACCEPTED, WRIT_REPORT_REASON_NONE));
  EXPECT_EQ(desk.last_report().order_id, 5U);
}

TEST(OrderSession, TheSocketGoesBeforeRestWhileItIsOpen) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.line.socket_opened();
  desk.command(WRIT_COMMAND_SEND);
  const auto request = desk.only_request();
  EXPECT_EQ(request.way, Way::kSocket);
  EXPECT_NE(request.message.find(R"("method":"order.place")"), std::string::npos);
  desk.answer(request, 200, kAck);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_ACCEPTED, WRIT_REPORT_REASON_NONE));
}

TEST(OrderSession, WhatTheSocketDidNotTakeGoesByRestOnce) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.line.socket_opened();
  desk.command(WRIT_COMMAND_SEND);
  const auto refused = desk.only_request();
  desk.line.not_written(refused.id, desk.now);
  const auto request = desk.only_request();
  EXPECT_EQ(request.way, Way::kRest);
  desk.line.not_written(refused.id, desk.now);  // of a request that went on its way: nothing
  EXPECT_TRUE(desk.line.take_requests().empty());
  desk.answer(request, 200, kAck);
  EXPECT_EQ(desk.reports(), 1U);
}

TEST(OrderSession, AFilterIsCheckedBeforeAnythingLeaves) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  auto order = desk.order(WRIT_COMMAND_SEND);
  order.price = nano("50000.001");
  desk.session.on_command(order, desk.now);
  EXPECT_TRUE(desk.line.take_requests().empty());
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_FILTER));
  EXPECT_EQ(desk.words(), "Filter failure: PRICE_FILTER: price 50000.001 is no multiple of 0.01");
}

TEST(OrderSession, ASymbolWithoutRulesIsNotListed) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  auto order = desk.order(WRIT_COMMAND_SEND);
  order.instrument = test::kEthUsdt;
  desk.session.on_command(order, desk.now);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_MARKET));
  order.instrument = 99;
  desk.session.on_command(order, desk.now);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_MARKET));
  EXPECT_TRUE(desk.line.take_requests().empty());
}

TEST(OrderSession, NoPerpetualOrderLeavesBeforeTheDeadManSwitchIsArmed) {
  SessionDesk desk(Market::kUsdm);
  desk.line.clock().on_answer(desk.now, desk.now, desk.now);
  desk.command(WRIT_COMMAND_SEND);
  EXPECT_TRUE(desk.line.take_requests().empty());
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_OTHER));
  EXPECT_EQ(desk.words(), "the venue's dead-man switch is not armed");
}

TEST(OrderSession, AnExitDoesNotWaitForTheDeadManSwitch) {
  SessionDesk desk(Market::kUsdm);
  desk.line.clock().on_answer(desk.now, desk.now, desk.now);
  auto order = desk.order(WRIT_COMMAND_SEND);
  order.flags = WRIT_INTENT_REDUCE_ONLY;
  desk.session.on_command(order, desk.now);
  EXPECT_EQ(desk.line.take_requests().size(), 1U);
}

TEST(OrderSession, AnArmedSwitchLetsOrdersLeaveUntilItRunsOut) {
  SessionDesk desk(Market::kUsdm);
  desk.make_ready();
  desk.command(WRIT_COMMAND_SEND);
  EXPECT_EQ(desk.line.take_requests().size(), 1U);
  desk.now += 120 * kSecond;
  desk.command(WRIT_COMMAND_SEND, 6);
  EXPECT_TRUE(desk.line.take_requests().empty());
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_OTHER));
}

TEST(OrderSession, TheKillLatchStopsOrdersAndNoCancels) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.killed = true;
  desk.command(WRIT_COMMAND_SEND);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_OTHER));
  EXPECT_EQ(desk.words(), "the kill switch of the account is set");
  desk.command(WRIT_COMMAND_REPLACE);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REPLACE_REJECTED, WRIT_REPORT_REASON_OTHER));
  EXPECT_TRUE(desk.line.take_requests().empty());
  desk.command(WRIT_COMMAND_CANCEL);
  desk.command(WRIT_COMMAND_LOOKUP, 6);
  EXPECT_EQ(desk.line.take_requests().size(), 2U);
}

TEST(OrderSession, WithoutTheVenuesClockNothingSignedLeaves) {
  SessionDesk desk(Market::kSpot);
  desk.command(WRIT_COMMAND_SEND);
  EXPECT_TRUE(desk.line.take_requests().empty());
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_OTHER));
  EXPECT_EQ(desk.words(), "the venue's clock is not measured");
}

TEST(OrderSession, AClockTenSecondsOffSendsNoOrder) {
  SessionDesk desk(Market::kSpot);
  desk.line.clock().on_answer(desk.now, desk.now, desk.now + 10 * kSecond);
  desk.command(WRIT_COMMAND_SEND);
  EXPECT_TRUE(desk.line.take_requests().empty());
  EXPECT_EQ(desk.words(), "our clock is 10000 ms off the venue's");
  desk.command(WRIT_COMMAND_CANCEL);  // an exit goes on, by the venue's clock
  EXPECT_EQ(desk.line.take_requests().size(), 1U);
}

TEST(OrderSession, ARateLimitRefusesOrdersAndKeepsRoomForCancels) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  const RateLimit limit{RateLimitKind::kRequestWeight, 60 * kSecond, 5};
  desk.line.budget().set_limits({&limit, 1});
  int left = 0;
  for (std::uint64_t id = 1; id <= 5; ++id) {
    desk.command(WRIT_COMMAND_SEND, id);
    left += static_cast<int>(desk.line.take_requests().size());
  }
  EXPECT_EQ(left, 4);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_RATE_LIMIT));
  desk.command(WRIT_COMMAND_CANCEL, 1);
  EXPECT_EQ(desk.line.take_requests().size(), 1U);
  desk.command(WRIT_COMMAND_CANCEL, 2);  // no room any more: it must not be forgotten
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_RATE_LIMIT));
}

TEST(OrderSession, A429ClosesTheBudgetUntilItSays) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.command(WRIT_COMMAND_SEND);
  const auto request = desk.only_request();
  desk.line.on_http(request.id, 429, {{"Retry-After", "20"}}, error(-1003, "Too many requests"),
                    desk.now, desk.now);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_RATE_LIMIT));
  EXPECT_EQ(desk.line.take_warnings().size(), 1U);
  desk.now += 19 * kSecond;
  desk.command(WRIT_COMMAND_SEND, 6);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_RATE_LIMIT));
  EXPECT_TRUE(desk.line.take_requests().empty());
  desk.now += 2 * kSecond;
  desk.command(WRIT_COMMAND_SEND, 7);
  EXPECT_EQ(desk.line.take_requests().size(), 1U);
}

TEST(OrderSession, ABanByTheSocketHoldsUntilTheTimeItNames) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.line.socket_opened();
  desk.command(WRIT_COMMAND_SEND);
  const auto request = desk.only_request();
  const std::int64_t until = desk.now + 40 * kSecond;
  desk.answer(request, 418,
              R"({"code":-1003,"msg":"banned","data":{"serverTime":1,"retryAfter":)" +
                  std::to_string(until / kMs) + "}}");
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_RATE_LIMIT));
  desk.now = until - kSecond;
  desk.command(WRIT_COMMAND_CANCEL);
  EXPECT_TRUE(desk.line.take_requests().empty());
  desk.now = until + kSecond;
  desk.command(WRIT_COMMAND_CANCEL);
  EXPECT_EQ(desk.line.take_requests().size(), 1U);
}

TEST(OrderSession, ARefusedTimestampHasTheClockMeasuredAgain) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.command(WRIT_COMMAND_SEND);
  desk.answer(desk.only_request(), 400, error(-1021, "Timestamp outside of the recvWindow."));
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_OTHER));
  EXPECT_FALSE(desk.line.clock().estimate());
  desk.keeper.on_time(desk.now);
  const auto request = desk.only_request();
  EXPECT_EQ(request.http.target, "/api/v3/time");
  desk.answer(request, 200, R"({"serverTime":)" + std::to_string(desk.now / kMs) + "}");
  desk.command(WRIT_COMMAND_SEND, 6);
  EXPECT_EQ(desk.line.take_requests().size(), 1U);
}

TEST(OrderSession, AKeyThatIsNotAcceptedEndsAllSending) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.command(WRIT_COMMAND_SEND);
  desk.answer(desk.only_request(), 401, error(-2015, "Invalid API-key, IP, or permissions."));
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_OTHER));
  desk.command(WRIT_COMMAND_SEND, 6);
  EXPECT_TRUE(desk.line.take_requests().empty());
  EXPECT_EQ(desk.line.take_warnings().size(), 1U);
}

TEST(OrderSession, NoAnswerInTimeIsUnknownAndNothingIsSentAgain) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.command(WRIT_COMMAND_SEND);
  const auto request = desk.only_request();
  EXPECT_EQ(desk.line.next_due(), desk.now + 10 * kSecond);
  desk.now += 10 * kSecond;
  desk.line.on_time(desk.now);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_TIMEOUT));
  EXPECT_TRUE(desk.line.take_requests().empty());
  desk.answer(request, 200, kAck);  // too late: it is looked up
  EXPECT_EQ(desk.reports(), 1U);
}

TEST(OrderSession, ASocketThatGivesNoAnswerIsSuspected) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.line.socket_opened();
  desk.command(WRIT_COMMAND_SEND);
  (void)desk.only_request();
  EXPECT_FALSE(desk.line.take_socket_silent());
  desk.now += 10 * kSecond;
  desk.line.on_time(desk.now);
  EXPECT_TRUE(desk.line.take_socket_silent());
  EXPECT_FALSE(desk.line.take_socket_silent());
}

TEST(OrderSession, AnUnknownOutcomeOfTheVenueIsUnknown) {
  for (const auto& [status, code] :
       {std::pair(500, -1000), std::pair(504, -1007), std::pair(400, -1006), std::pair(503, 0)}) {
    SessionDesk desk(Market::kSpot);
    desk.make_ready();
    desk.command(WRIT_COMMAND_SEND);
    desk.answer(desk.only_request(), status, error(code));
    EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_TIMEOUT)) << code;
    EXPECT_TRUE(desk.line.take_requests().empty());
  }
}

TEST(OrderSession, AConnectionLostAfterWritingIsUnknown) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.line.socket_opened();
  desk.command(WRIT_COMMAND_SEND);
  (void)desk.only_request();
  desk.line.socket_closed(desk.now);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_TIMEOUT));
  EXPECT_TRUE(desk.line.take_requests().empty());
}

TEST(OrderSession, WhatWasNotWrittenWhenTheConnectionWentIsSentByRest) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.line.socket_opened();
  desk.command(WRIT_COMMAND_SEND);
  desk.line.socket_closed(desk.now);
  EXPECT_EQ(desk.only_request().way, Way::kRest);
  EXPECT_EQ(desk.reports(), 0U);
}

TEST(OrderSession, WhatProvablyNeverLeftHasFailed) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  const auto fails = [&](std::uint16_t command) {
    desk.command(command, command);
    desk.line.on_http_failure(desk.only_request().id, true, desk.now);
    return desk.last();
  };
  EXPECT_EQ(fails(WRIT_COMMAND_SEND), Outcome(WRIT_REPORT_FAILED, WRIT_REPORT_REASON_OTHER));
  EXPECT_EQ(fails(WRIT_COMMAND_CANCEL), Outcome(WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_OTHER));
  EXPECT_EQ(fails(WRIT_COMMAND_LOOKUP), Outcome(WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_OTHER));
  desk.command(WRIT_COMMAND_SEND, 8);
  desk.line.on_http_failure(desk.only_request().id, false, desk.now);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_TIMEOUT));
}

TEST(OrderSession, ACancelThatFindsNothingSaysSo) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.command(WRIT_COMMAND_CANCEL);
  desk.answer(desk.only_request(), 400, error(-2011, "Unknown order sent."));
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_CANCEL_REJECTED, WRIT_REPORT_REASON_NOT_FOUND));
}

TEST(OrderSession, ACancelRefusedForAWhileIsLookedUp) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.command(WRIT_COMMAND_CANCEL);
  desk.answer(desk.only_request(), 429, error(-1003, "Too many requests"));
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_RATE_LIMIT));
}

TEST(OrderSession, AnOrderNeverHeardOfHasFailedOnceItsWindowIsOver) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.command(WRIT_COMMAND_SEND);
  (void)desk.only_request();
  desk.now += 10 * kSecond;
  desk.line.on_time(desk.now);
  const auto look_up = [&] {
    desk.command(WRIT_COMMAND_LOOKUP);
    desk.answer(desk.only_request(), 400, error(-2013, "Order does not exist."));
    return desk.last();
  };
  EXPECT_EQ(look_up(), Outcome(WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_NOT_FOUND));
  desk.now += 20 * kSecond;
  EXPECT_EQ(look_up(), Outcome(WRIT_REPORT_FAILED, WRIT_REPORT_REASON_NOT_FOUND));
}

TEST(OrderSession, ALookUpBringsTheFillsTheCoreDoesNotHave) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.command(WRIT_COMMAND_LOOKUP);
  desk.answer(desk.only_request(), 200,
              R"({"symbol":"BTCUSDT","orderId":7,"clientOrderId":"x","price":"50000",)"
              R"("origQty":"0.002","executedQty":"0.002","status":"FILLED","timeInForce":"GTC",)"
              R"("type":"LIMIT","updateTime":1700000000001})");
  EXPECT_EQ(desk.reports(), 0U);
  const auto request = desk.only_request();
  EXPECT_NE(request.http.target.find("/api/v3/myTrades?symbol=BTCUSDT&orderId=7"),
            std::string::npos);
  const std::string trades =
      R"([{"symbol":"BTCUSDT","id":91,"orderId":7,"price":"50000","qty":"0.001",)"
      R"("commission":"0.05","commissionAsset":"USDT","time":1700000000001,"isBuyer":true,)"
      R"("isMaker":true},{"symbol":"BTCUSDT","id":92,"orderId":7,"price":"50000","qty":"0.001",)"
      R"("commission":"0.05","commissionAsset":"USDT","time":1700000000001,"isBuyer":true,)"
      R"("isMaker":true}])";
  auto told = model::make_record<writ_fill>();  // by the stream
  told.instrument = test::kBtcUsdt;
  told.side = WRIT_SIDE_BUY;
  ASSERT_TRUE(model::set_text(told.exchange_trade_id, "91"));
  EXPECT_TRUE(desk.seen.insert(told));
  desk.answer(request, 200, trades);
  ASSERT_EQ(desk.told.size(), 2U);
  const auto* fill = model::as<writ_fill>(model::record_in(desk.told[0]));
  ASSERT_NE(fill, nullptr);
  EXPECT_EQ(model::text_of(fill->exchange_trade_id), "92");
  EXPECT_EQ(model::text_of(fill->client_order_id),
            model::text_of(desk.order(WRIT_COMMAND_LOOKUP).client_order_id));
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_FOUND, WRIT_REPORT_REASON_NONE));
}

TEST(OrderSession, ALookUpWhoseFillsAreNotToldIsUnknown) {
  SessionDesk desk(Market::kUsdm);
  desk.make_ready();
  desk.command(WRIT_COMMAND_LOOKUP);
  desk.answer(desk.only_request(), 200,
              R"({"symbol":"BTCUSDT","orderId":7,"clientOrderId":"x","price":"50000",)"
              R"("origQty":"0.002","executedQty":"0.001","status":"PARTIALLY_FILLED",)"
              R"("timeInForce":"GTC","type":"LIMIT","updateTime":1700000000001})");
  desk.line.on_http_failure(desk.only_request().id, false, desk.now);
  EXPECT_EQ(desk.reports(), 1U);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_TIMEOUT));
}

TEST(OrderSession, SpotTakesQuantityBackAndNothingElse) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  desk.command(WRIT_COMMAND_SEND);
  desk.answer(desk.only_request(), 200, kAck);
  auto dearer = desk.order(WRIT_COMMAND_REPLACE);
  dearer.price += nano("1");
  desk.session.on_command(dearer, desk.now);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REPLACE_REJECTED, WRIT_REPORT_REASON_OTHER));
  EXPECT_TRUE(desk.line.take_requests().empty());
  auto less = desk.order(WRIT_COMMAND_REPLACE);
  less.quantity = nano("0.001");
  desk.session.on_command(less, desk.now);
  const auto request = desk.only_request();
  EXPECT_EQ(request.http.method, "PUT");
  desk.answer(
      request, 200,
      R"({"transactTime":1700000000002,"executionId":75,"amendedOrder":{"symbol":"BTCUSDT",)"
      R"("orderId":28,"price":"50000","qty":"0.001","executedQty":"0","status":"NEW",)"
      R"("timeInForce":"GTC","type":"LIMIT"}})");
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REPLACED, WRIT_REPORT_REASON_NONE));
  desk.session.on_command(less, desk.now);  // it rests on that already
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REPLACE_REJECTED, WRIT_REPORT_REASON_OTHER));
}

TEST(OrderSession, AnOrderSpotDoesNotHaveIsRefusedHere) {
  SessionDesk desk(Market::kSpot);
  desk.make_ready();
  auto order = desk.order(WRIT_COMMAND_SEND);
  order.time_in_force = WRIT_TIF_GTD;
  order.expire_ts = desk.now + 3'600 * kSecond;
  desk.session.on_command(order, desk.now);
  EXPECT_EQ(desk.last(), Outcome(WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_OTHER));
  EXPECT_TRUE(desk.line.take_requests().empty());
}

TEST(OrderSession, TheSelfTradePreventionModeIsAskedFor) {
  SessionDesk desk(Market::kSpot, {"EXPIRE_MAKER"});
  desk.make_ready();
  desk.command(WRIT_COMMAND_SEND);
  EXPECT_NE(desk.only_request().http.target.find("selfTradePreventionMode=EXPIRE_MAKER"),
            std::string::npos);
}

}  // namespace
}  // namespace writ::venue::binance
