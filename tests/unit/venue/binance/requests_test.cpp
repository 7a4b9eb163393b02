#include "host/venue/binance/requests.hpp"

#include "tests/support/vectors.hpp"
#include "tests/unit/venue/binance/names.hpp"

#include <writ/decimal.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace writ::venue::binance {
namespace {

constexpr RequestStamp kStamp{1'499'827'319'559, 5000};

Credentials credentials() { return {"the-key", Signer::hmac("the-secret")}; }

writ_order command(std::uint16_t what) {
  auto order = model::make_record<writ_order>();
  order.intent_id = 4;
  order.side = WRIT_SIDE_BUY;
  order.order_type = WRIT_ORDER_LIMIT;
  order.time_in_force = WRIT_TIF_GTC;
  order.command = what;
  order.price = parse_nano("50000.10").value;
  order.quantity = parse_nano("0.00200").value;
  order.expire_ts = WRIT_NONE;
  EXPECT_TRUE(model::set_text(order.client_order_id, "wr1-a"));
  EXPECT_TRUE(model::set_text(order.venue_order_id, "77"));
  return order;
}

/// The query of an order as it would be sent, before its stamp; "unsupported" if it would not be.
std::string query(Market market, const writ_order& order, const OrderTerms& terms = {}) {
  const auto request =
      order_request(market, test::instrument(market, 1, "BTCUSDT", 1, 2), order, terms);
  if (!request) {
    EXPECT_EQ(request.error().code(), base::Errc::kUnsupported);
    return "unsupported";
  }
  return std::string(request->method) + " " + std::string(request->path) + " " +
         request->parameters.query();
}

std::string replacement(Market market, const writ_order& order, std::string_view price,
                        std::string_view quantity) {
  const auto request = replace_request(market, test::instrument(market, 1, "BTCUSDT", 1, 2), order,
                                       parse_nano(price).value, parse_nano(quantity).value);
  if (!request) return "unsupported";
  return std::string(request->method) + " " + std::string(request->path) + " " +
         request->parameters.query();
}

constexpr auto kSpot = Market::kSpot;
constexpr auto kUsdm = Market::kUsdm;

TEST(OrderRequest, OfALimitOrder) {
  const writ_order order = command(WRIT_COMMAND_SEND);
  EXPECT_EQ(query(kSpot, order),
            "POST /api/v3/order symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.002"
            "&price=50000.1&newClientOrderId=wr1-a&newOrderRespType=RESULT");
  EXPECT_EQ(query(kUsdm, order, {"EXPIRE_TAKER"}),
            "POST /fapi/v1/order symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.002"
            "&price=50000.1&selfTradePreventionMode=EXPIRE_TAKER&newClientOrderId=wr1-a"
            "&newOrderRespType=RESULT");
}

TEST(OrderRequest, OfAMarketOrder) {
  writ_order order = command(WRIT_COMMAND_SEND);
  order.order_type = WRIT_ORDER_MARKET;
  order.price = WRIT_NONE;
  order.side = WRIT_SIDE_SELL;
  EXPECT_EQ(query(kSpot, order),
            "POST /api/v3/order symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.002"
            "&newClientOrderId=wr1-a&newOrderRespType=RESULT");
}

TEST(OrderRequest, OfAPostOnlyOrderIsAnotherInEachMarket) {
  writ_order order = command(WRIT_COMMAND_SEND);
  order.flags = WRIT_INTENT_POST_ONLY;
  EXPECT_NE(query(kSpot, order).find("&type=LIMIT_MAKER&quantity="), std::string::npos);
  EXPECT_NE(query(kUsdm, order).find("&type=LIMIT&timeInForce=GTX&"), std::string::npos);
  order.time_in_force = WRIT_TIF_IOC;
  EXPECT_EQ(query(kSpot, order), "unsupported");
  EXPECT_EQ(query(kUsdm, order), "unsupported");
}

TEST(OrderRequest, OfATimeInForceTheMarketHas) {
  writ_order order = command(WRIT_COMMAND_SEND);
  for (const auto& [force, word] :
       {std::pair(WRIT_TIF_IOC, "timeInForce=IOC"), std::pair(WRIT_TIF_FOK, "timeInForce=FOK")}) {
    order.time_in_force = static_cast<std::uint16_t>(force);
    EXPECT_NE(query(kSpot, order).find(word), std::string::npos);
    EXPECT_NE(query(kUsdm, order).find(word), std::string::npos);
  }
  order.time_in_force = WRIT_TIF_GTD;
  EXPECT_EQ(query(kUsdm, order), "unsupported") << "until nobody said when";
  order.expire_ts = 1'700'000'000'123'456'789;
  EXPECT_EQ(query(kSpot, order), "unsupported");
  EXPECT_NE(query(kUsdm, order).find("timeInForce=GTD"), std::string::npos);
  EXPECT_NE(query(kUsdm, order).find("&goodTillDate=1700000000123&"), std::string::npos);
}

TEST(OrderRequest, ReducesOnlyOnFutures) {
  writ_order order = command(WRIT_COMMAND_SEND);
  for (const std::uint32_t flag : {WRIT_INTENT_REDUCE_ONLY, WRIT_INTENT_CLOSE_POSITION}) {
    order.flags = flag;
    EXPECT_NE(query(kUsdm, order).find("&reduceOnly=true&"), std::string::npos);
    EXPECT_EQ(query(kSpot, order).find("reduceOnly"), std::string::npos);
  }
}

TEST(OrderRequest, NamesOursByTheirIdAndOthersByTheVenues) {
  writ_order order = command(WRIT_COMMAND_CANCEL);
  EXPECT_EQ(query(kSpot, order), "DELETE /api/v3/order symbol=BTCUSDT&origClientOrderId=wr1-a");
  EXPECT_TRUE(model::set_text(order.client_order_id, "ext-binance_usdm-77"));
  EXPECT_EQ(query(kUsdm, order), "DELETE /fapi/v1/order symbol=BTCUSDT&orderId=77");
  EXPECT_EQ(query(kUsdm, command(WRIT_COMMAND_LOOKUP)),
            "GET /fapi/v1/order symbol=BTCUSDT&origClientOrderId=wr1-a");
}

TEST(OrderRequest, CostsWhatIsDocumented) {
  const auto instrument = test::instrument(kSpot, 1, "BTCUSDT", 1, 2);
  const auto of = [&](Market market, std::uint16_t what) {
    return order_request(market, instrument, command(what), {}).value();
  };
  EXPECT_EQ(of(kSpot, WRIT_COMMAND_SEND).kind, RequestKind::kOrder);
  EXPECT_EQ(of(kSpot, WRIT_COMMAND_CANCEL).kind, RequestKind::kCancel);
  EXPECT_EQ(of(kSpot, WRIT_COMMAND_LOOKUP).kind, RequestKind::kOther);
  EXPECT_EQ(of(kSpot, WRIT_COMMAND_SEND).weight, 1);
  EXPECT_EQ(of(kUsdm, WRIT_COMMAND_SEND).weight, 0);
  EXPECT_EQ(of(kSpot, WRIT_COMMAND_LOOKUP).weight, 4);
  EXPECT_EQ(open_orders_request(kSpot, "").weight, 80);
  EXPECT_EQ(open_orders_request(kSpot, "BTCUSDT").weight, 6);
  EXPECT_EQ(countdown_request("BTCUSDT", 0).kind, RequestKind::kCancel);
}

TEST(ReplaceRequest, KeepsTheOrderWhereTheMarketCan) {
  const writ_order order = command(WRIT_COMMAND_REPLACE);
  EXPECT_EQ(replacement(kUsdm, order, "49000", "1"),
            "PUT /fapi/v1/order symbol=BTCUSDT&side=BUY&origClientOrderId=wr1-a&quantity=0.002"
            "&price=50000.1");
  EXPECT_EQ(replacement(kSpot, order, "50000.1", "0.003"),
            "PUT /api/v3/order/amend/keepPriority symbol=BTCUSDT&origClientOrderId=wr1-a"
            "&newClientOrderId=wr1-a&newQty=0.002");
  EXPECT_EQ(replacement(kSpot, order, "50000", "0.003"), "unsupported");
  EXPECT_EQ(replacement(kSpot, order, "50000.1", "0.002"), "unsupported");
  EXPECT_EQ(replacement(kSpot, order, "50000.1", "0.001"), "unsupported");
}

TEST(Requests, OfRestCarryStampAndSignatureInTheirTarget) {
  const Credentials keys = credentials();
  const HttpRequest signed_one = to_http(countdown_request("BTCUSDT", 120'000), keys, kStamp);
  const std::string query =
      "symbol=BTCUSDT&countdownTime=120000&recvWindow=5000&timestamp=1499827319559";
  EXPECT_EQ(signed_one.method, "POST");
  EXPECT_EQ(signed_one.target,
            "/fapi/v1/countdownCancelAll?" + query + "&signature=" + keys.signer.sign(query));
  EXPECT_EQ(signed_one.api_key, "the-key");
  const HttpRequest keyed = to_http(listen_key_request("PUT"), keys, kStamp);
  EXPECT_EQ(keyed.target, "/fapi/v1/listenKey");
  EXPECT_EQ(keyed.api_key, "the-key");
  const HttpRequest open = to_http(time_request(kSpot), keys, kStamp);
  EXPECT_EQ(open.target, "/api/v3/time");
  EXPECT_TRUE(open.api_key.empty()) << "who we are is told only where it must be";
}

TEST(Requests, OfTheWebSocketApiAreOneMessage) {
  const Credentials keys = credentials();
  const auto request = order_request(kSpot, test::instrument(kSpot, 1, "BTCUSDT", 1, 2),
                                     command(WRIT_COMMAND_CANCEL), {});
  ASSERT_TRUE(request);
  const auto message = boost::json::parse(to_message(*request, "7", keys, kStamp)).as_object();
  EXPECT_EQ(writ::test::text_of(message, "id"), "7");
  EXPECT_EQ(writ::test::text_of(message, "method"), "order.cancel");
  const auto& sent = message.at("params").as_object();
  EXPECT_EQ(writ::test::text_of(sent, "apiKey"), "the-key");
  EXPECT_EQ(writ::test::integer_of(sent, "timestamp"), kStamp.timestamp_ms);
  EXPECT_EQ(writ::test::text_of(sent, "signature"),
            keys.signer.sign("apiKey=the-key&origClientOrderId=wr1-a&recvWindow=5000"
                             "&symbol=BTCUSDT&timestamp=1499827319559"));
  const auto asked =
      boost::json::parse(to_message(listen_key_request("POST"), "8", keys, kStamp)).as_object();
  EXPECT_EQ(writ::test::text_of(asked, "method"), "userDataStream.start");
  EXPECT_EQ(asked.at("params").as_object().size(), 1U) << "the key alone";
  const auto subscribed =
      boost::json::parse(to_message(subscribe_request(), "9", keys, kStamp)).as_object();
  EXPECT_EQ(writ::test::text_of(subscribed, "method"), "userDataStream.subscribe.signature");
  EXPECT_EQ(subscribed.at("params").as_object().size(), 4U);
}

TEST(Requests, OfTradesAreByOrderOrByTime) {
  EXPECT_EQ(trades_request(kSpot, "BTCUSDT", 77, 0).parameters.query(),
            "symbol=BTCUSDT&orderId=77&limit=1000");
  EXPECT_EQ(trades_request(kUsdm, "BTCUSDT", 0, 1'499'827'319'559'999'999).parameters.query(),
            "symbol=BTCUSDT&startTime=1499827319559&limit=1000");
}

}  // namespace
}  // namespace writ::venue::binance
