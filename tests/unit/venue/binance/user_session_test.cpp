#include "host/venue/binance/user_session.hpp"

#include "tests/unit/venue/binance/session_desk.hpp"

#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace writ::venue::binance {
namespace {

using test::kMs;
using test::kSecond;
using test::nano;

constexpr std::string_view kOurs = test::kOwnId;

/// A session, the venue's answers to it by what is asked, and what it told.
struct Stream {
  explicit Stream(Market market)
      : names(test::names(market)),
        line(market, credentials),
        session(
            line, names, seen,
            [this](const writ_record& record) { told.push_back(model::words_of(record)); }, nullptr,
            now) {
    line.clock().on_answer(now, now, now);
  }

  /// Lets time pass and answers everything that leaves.
  void pass(std::int64_t time = 0) {
    now += time;
    for (int turn = 0; turn < 100; ++turn) {
      line.on_time(now);
      session.on_time(now);
      auto requests = line.take_requests();
      if (requests.empty()) return;
      for (const auto& request : requests) answer(request);
    }
    FAIL() << "it asks without end";
  }
  void answer(const WrittenRequest& request) {
    const std::string target(request.way == Way::kRest ? request.http.target : request.message);
    asked.push_back(std::string(request.http.method) + " " + target);
    if (silent) return;
    if (request.way == Way::kSocket) {
      line.on_message(R"({"id":")" + request.id + R"(","status":200,"result":{}})", now);
      return;
    }
    int status = 200;
    std::string body = "[]";
    for (const auto& [part, reply] : replies) {
      if (target.find(part) == std::string::npos) continue;
      body = reply;
      if (reply.find("\"code\"") != std::string::npos) status = 400;
      break;
    }
    if (body == "[]" && target.find("/account") != std::string::npos) {
      body = R"({"balances":[],"assets":[],"positions":[]})";
    }
    line.on_http(request.id, status, {}, body, now, now);
  }
  std::size_t asked_for(std::string_view part) const {
    std::size_t count = 0;
    for (const auto& target : asked) count += target.find(part) != std::string::npos ? 1 : 0;
    return count;
  }
  template <class Record>
  std::vector<const Record*> all() const {
    std::vector<const Record*> found;
    for (const auto& words : told) {
      if (const auto* record = model::as<Record>(model::record_in(words))) found.push_back(record);
    }
    return found;
  }
  /// Commands told, by their code.
  std::size_t commands(std::uint32_t code) const {
    std::size_t count = 0;
    for (const auto* command : all<writ_command>()) count += command->command == code ? 1 : 0;
    return count;
  }

  std::int64_t now = test::kNoon;
  bool silent = false;
  Credentials credentials{"key", Signer::hmac("secret")};
  VenueNames names;
  VenueLine line;
  SeenTrades seen;
  std::vector<model::RecordWords> told;
  std::vector<std::string> asked;
  std::vector<std::pair<std::string, std::string>> replies;
  UserSession session;
};

std::string spot_trade(int trade) {
  return R"({"subscriptionId":0,"event":{"e":"executionReport","E":1700000000100,"s":"BTCUSDT","c":")" +
         std::string(kOurs) +
         R"(","S":"BUY","o":"LIMIT","f":"GTC","q":"1","p":"100","C":"","x":"TRADE","X":"PARTIALLY_FILLED",)"
         R"("r":"NONE","i":7,"l":"0.1","z":"0.1","L":"100","n":"0.0001","N":"BTC","T":1700000000100,"t":)" +
         std::to_string(trade) + R"(,"m":true}})";
}

TEST(UserSession, SpotSubscribesOnTheSocketAndRecovers) {
  Stream stream(Market::kSpot);
  stream.line.socket_opened();
  stream.session.opened(stream.now);
  stream.pass();
  EXPECT_EQ(stream.asked_for("userDataStream.subscribe.signature"), 1U);
  EXPECT_EQ(stream.asked_for("/api/v3/openOrders"), 5U);
  EXPECT_TRUE(stream.session.is_live());
  EXPECT_EQ(stream.commands(WRIT_OPERATOR_VENUE_BACK), 1U);
  EXPECT_EQ(stream.commands(WRIT_OPERATOR_VENUE_LOST), 0U);
}

TEST(UserSession, ASubscriptionThatFailsIsTriedAgain) {
  Stream stream(Market::kSpot);
  stream.line.socket_opened();
  stream.session.opened(stream.now);
  stream.silent = true;
  stream.pass();
  stream.pass(10 * kSecond);
  stream.silent = false;
  stream.pass(kSecond);
  EXPECT_EQ(stream.asked_for("userDataStream.subscribe.signature"), 2U);
  EXPECT_TRUE(stream.session.is_live());
}

TEST(UserSession, FuturesMakesAListenKeyAndKeepsIt) {
  Stream stream(Market::kUsdm);
  stream.replies = {{"/fapi/v1/listenKey", R"({"listenKey":"abc"})"}};
  stream.pass();
  EXPECT_EQ(stream.session.take_listen_key(), "abc");
  EXPECT_EQ(stream.session.take_listen_key(), std::nullopt);
  EXPECT_FALSE(stream.session.is_live());
  stream.session.opened(stream.now);
  stream.pass();
  EXPECT_TRUE(stream.session.is_live());
  stream.pass(1'799 * kSecond);
  EXPECT_EQ(stream.asked_for("PUT /fapi/v1/listenKey"), 0U);
  stream.pass(kSecond);
  EXPECT_EQ(stream.asked_for("PUT /fapi/v1/listenKey"), 1U);
  stream.pass(1'800 * kSecond);
  EXPECT_EQ(stream.asked_for("PUT /fapi/v1/listenKey"), 2U);
  EXPECT_EQ(stream.asked_for("POST /fapi/v1/listenKey"), 1U);
}

TEST(UserSession, AKeyTheVenueForgotIsMadeAnew) {
  Stream stream(Market::kUsdm);
  stream.replies = {{"/fapi/v1/listenKey", R"({"listenKey":"abc"})"}};
  stream.pass();
  EXPECT_EQ(stream.session.take_listen_key(), "abc");
  stream.session.opened(stream.now);
  stream.replies = {{"/fapi/v1/listenKey", R"({"code":-1125,"msg":"no such key"})"}};
  stream.pass(1'800 * kSecond);
  stream.replies = {{"/fapi/v1/listenKey", R"({"listenKey":"def"})"}};
  stream.pass(2 * kSecond);
  EXPECT_EQ(stream.session.take_listen_key(), "def");
}

TEST(UserSession, AnExpiredKeyIsALossUntilTheNextStreamHasRecovered) {
  Stream stream(Market::kUsdm);
  stream.replies = {{"/fapi/v1/listenKey", R"({"listenKey":"abc"})"}};
  stream.pass();
  (void)stream.session.take_listen_key();
  stream.session.opened(stream.now);
  stream.pass();
  stream.session.on_event(R"({"e":"listenKeyExpired","E":1700000000000,"listenKey":"abc"})",
                          stream.now);
  EXPECT_EQ(stream.commands(WRIT_OPERATOR_VENUE_LOST), 1U);
  EXPECT_FALSE(stream.session.is_live());
  stream.pass();
  EXPECT_EQ(stream.session.take_listen_key(), "abc");  // the same is given again: opened anew
  stream.session.opened(stream.now);
  stream.pass();
  EXPECT_TRUE(stream.session.is_live());
  EXPECT_EQ(stream.commands(WRIT_OPERATOR_VENUE_BACK), 2U);
}

TEST(UserSession, AServerThatIsAboutToGoIsLeft) {
  Stream stream(Market::kSpot);
  stream.session.on_event(R"({"e":"serverShutdown","E":1700000000000})", stream.now);
  EXPECT_TRUE(stream.session.take_leaving());
  EXPECT_FALSE(stream.session.take_leaving());
  EXPECT_EQ(stream.commands(WRIT_OPERATOR_VENUE_LOST), 0U);  // its end will say so
}

TEST(UserSession, ATradeIsToldOnce) {
  Stream stream(Market::kSpot);
  stream.session.on_event(spot_trade(91), stream.now);
  stream.session.on_event(spot_trade(91), stream.now);
  stream.session.on_event(spot_trade(92), stream.now);
  const auto fills = stream.all<writ_fill>();
  ASSERT_EQ(fills.size(), 2U);
  EXPECT_EQ(model::text_of(fills[0]->exchange_trade_id), "91");
  EXPECT_EQ(fills[0]->fee_asset, test::kBtc);
}

TEST(UserSession, BothSidesOfATradeWithItselfAreTold) {
  Stream stream(Market::kSpot);
  std::string sold = spot_trade(91);
  sold.replace(sold.find("\"BUY\""), 5, "\"SELL\"");
  stream.session.on_event(spot_trade(91), stream.now);
  stream.session.on_event(sold, stream.now);
  EXPECT_EQ(stream.all<writ_fill>().size(), 2U);
}

TEST(UserSession, WhatWasMissedIsToldWithTheNamesOfItsOrders) {
  Stream stream(Market::kSpot);
  stream.line.socket_opened();
  stream.session.opened(stream.now);
  stream.pass();
  stream.session.on_event(spot_trade(91), stream.now);
  stream.session.closed("cut off", stream.now);
  stream.line.socket_closed(stream.now);
  EXPECT_EQ(stream.commands(WRIT_OPERATOR_VENUE_LOST), 1U);

  const auto trade = [](int id, int order) {
    return R"({"symbol":"BTCUSDT","id":)" + std::to_string(id) + R"(,"orderId":)" +
           std::to_string(order) +
           R"(,"price":"100","qty":"0.1","commission":"0","commissionAsset":"USDT",)"
           R"("time":1700000005000,"isBuyer":true,"isMaker":true})";
  };
  stream.replies = {
      {"myTrades?symbol=BTCUSDT",
       "[" + trade(91, 7) + "," + trade(93, 8) + "," + trade(94, 9) + "]"},
      {"openOrders?symbol=BTCUSDT",
       R"([{"symbol":"BTCUSDT","orderId":9,"clientOrderId":"web_17","status":"PARTIALLY_FILLED",)"
       R"("price":"100","origQty":"1","executedQty":"0.1"}])"},
      {"orderId=8",
       R"({"symbol":"BTCUSDT","orderId":8,"clientOrderId":")" + std::string(kOurs) +
           R"(","status":"FILLED","price":"100","origQty":"0.1","executedQty":"0.1"})"},
      {"orderId=7", R"({"code":-2013,"msg":"Order does not exist."})"}};
  stream.line.socket_opened();
  stream.session.opened(stream.now += kSecond);
  stream.pass();
  const auto fills = stream.all<writ_fill>();
  ASSERT_EQ(fills.size(), 3U);
  EXPECT_EQ(model::text_of(fills[1]->exchange_trade_id), "93");
  EXPECT_EQ(model::text_of(fills[1]->client_order_id), kOurs);
  EXPECT_EQ(model::text_of(fills[2]->client_order_id), "ext-binance_spot-9");
  const auto reports = stream.all<writ_report>();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0]->kind, WRIT_REPORT_EXTERNAL);
  EXPECT_EQ(model::text_of(reports[0]->client_order_id), "ext-binance_spot-9");
  EXPECT_EQ(stream.commands(WRIT_OPERATOR_VENUE_BACK), 2U);
}

TEST(UserSession, WhatCouldNotBeAskedIsAskedAgain) {
  Stream stream(Market::kSpot);
  stream.line.socket_opened();
  stream.session.opened(stream.now);
  stream.replies = {{"myTrades", R"({"code":-1000,"msg":"An unknown error"})"}};
  stream.pass();
  EXPECT_FALSE(stream.session.is_live());
  stream.replies.clear();
  stream.pass(kSecond);
  EXPECT_TRUE(stream.session.is_live());
}

TEST(UserSession, FundingIsTheVenuesOwnAmountOfEachPerpetual) {
  Stream stream(Market::kUsdm);
  stream.session.on_event(
      R"({"e":"ACCOUNT_UPDATE","E":1700000000000,"T":1700000000000,"a":{"m":"FUNDING_FEE",)"
      R"("B":[{"a":"USDT","wb":"99","cw":"99","bc":"-1"}]}})",
      stream.now);
  stream.pass();  // it is not listed yet
  EXPECT_TRUE(stream.all<writ_adjustment>().empty());
  stream.replies = {
      {"income?incomeType=FUNDING_FEE",
       R"([{"symbol":"BTCUSDT","incomeType":"FUNDING_FEE","income":"-0.75","asset":"USDT",)"
       R"("time":1700000000000,"info":"","tranId":1,"tradeId":""},)"
       R"({"symbol":"ETHUSDT","incomeType":"FUNDING_FEE","income":"-0.25","asset":"USDT",)"
       R"("time":1700000000000,"info":"","tranId":2,"tradeId":""}])"}};
  stream.pass(kSecond);
  stream.pass(5 * kSecond);  // asked again, told once
  const auto fundings = stream.all<writ_adjustment>();
  ASSERT_EQ(fundings.size(), 2U);
  EXPECT_EQ(fundings[0]->kind, WRIT_ADJUST_FUNDING);
  EXPECT_EQ(fundings[0]->instrument, test::kBtcUsdt);
  EXPECT_EQ(from_abi(fundings[0]->amount), Money{-750'000'000'000'000'000});
  EXPECT_EQ(fundings[0]->header.event_ts, 1'700'000'000'000'000'000);
}

TEST(UserSession, AnAccountInHedgeModeHaltsTheRun) {
  Stream stream(Market::kUsdm);
  stream.session.on_event(
      R"({"e":"ACCOUNT_UPDATE","E":1700000000000,"T":1700000000000,"a":{"m":"ORDER","B":[],)"
      R"("P":[{"s":"BTCUSDT","pa":"1","ep":"1","ps":"LONG"}]}})",
      stream.now);
  EXPECT_EQ(stream.commands(WRIT_OPERATOR_VENUE_HALT), 1U);
}

TEST(UserSession, NewAndDamagedEventsAreCountedAndWarnedOfOnce) {
  Stream stream(Market::kSpot);
  for (int i = 0; i < 3; ++i) {
    stream.session.on_event(R"({"e":"ofTomorrow","E":1})", stream.now);
    stream.session.on_event(R"({"e":"executionReport","E":1})", stream.now);
  }
  EXPECT_EQ(stream.session.events().new_events().at("ofTomorrow"), 3U);
  EXPECT_EQ(stream.session.damaged(), 3U);
  EXPECT_EQ(stream.commands(WRIT_OPERATOR_VENUE_WARNING), 2U);
}

TEST(UserSession, ATransferIsADeposit) {
  Stream stream(Market::kSpot);
  stream.session.on_event(
      R"({"e":"balanceUpdate","E":1573200697110,"a":"BTC","d":"100.5","T":1573200697068})",
      stream.now);
  const auto deposits = stream.all<writ_deposit>();
  ASSERT_EQ(deposits.size(), 1U);
  EXPECT_EQ(deposits[0]->asset, test::kBtc);
}

}  // namespace
}  // namespace writ::venue::binance
