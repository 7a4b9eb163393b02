// What the streams say, and under which numbers.
#include "quiet_venue.hpp"

#include <writ/decimal.hpp>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <map>

namespace writ::venue_sim {
namespace {

std::vector<boost::json::value> parsed(const std::vector<std::string>& texts) {
  std::vector<boost::json::value> values;
  for (const std::string& text : texts) values.push_back(boost::json::parse(text));
  return values;
}

/// A book kept from a snapshot and events, by price text.
using BookText = std::map<std::string, std::string>;

void apply(BookText& book, const boost::json::value& levels) {
  for (const auto& level : levels.as_array()) {
    const std::string price = level.as_array()[0].as_string().c_str();
    const std::string quantity = level.as_array()[1].as_string().c_str();
    book[price] = quantity;
    if (parse_quantity(quantity).value.raw == 0) book.erase(price);
  }
}

class EachMarket : public testing::TestWithParam<Market> {};
INSTANTIATE_TEST_SUITE_P(Streams, EachMarket, testing::Values(Market::kSpot, Market::kUsdm),
                         [](const auto& one) {
                           return one.param == Market::kSpot ? "Spot" : "Futures";
                         });

TEST_P(EachMarket, DepthEventsFollowWithoutAHoleAndMakeTheBook) {
  const bool spot = GetParam() == Market::kSpot;
  QuietVenue sim{GetParam()};
  ASSERT_TRUE(sim.venue.opened(1, std::string(spot ? "" : "/public") + "/ws/btcusdt@depth@100ms"));
  const auto offer_some = [&](int round) {
    for (int step = 0; step < 7; ++step) {
      const int place = (round * 7 + step * 3) % 11;
      sim.offer("BTCUSDT", Side::kBuy, std::to_string(49'990 - place),
                step % 3 == 0 ? "0" : "1." + std::to_string(round % 10));
      sim.offer("BTCUSDT", Side::kSell, std::to_string(50'010 + place), "2");
    }
  };
  offer_some(1);
  sim.pass_ms(50);
  const auto snapshot = sim.answer("a", "GET", spot ? "/api/v3/depth" : "/fapi/v1/depth",
                                   "symbol=BTCUSDT&limit=1000");
  BookText bids;
  apply(bids, snapshot.at("bids"));
  std::int64_t last = 0;
  std::size_t events = 0;
  for (int round = 0; round < 50; ++round) {
    offer_some(round);
    sim.pass_ms(100);
    for (const auto& event : parsed(sim.heard(1))) {
      if (last != 0) {
        EXPECT_EQ(event.at(spot ? "U" : "pu").as_int64(), spot ? last + 1 : last);
      }
      last = event.at("u").as_int64();
      apply(bids, event.at("b"));
      ++events;
    }
  }
  EXPECT_GT(events, 40U);
  sim.pass_ms(100);
  for (const auto& event : parsed(sim.heard(1))) apply(bids, event.at("b"));
  const auto after = sim.answer("a", "GET", spot ? "/api/v3/depth" : "/fapi/v1/depth",
                                "symbol=BTCUSDT&limit=1000");
  BookText truth;
  apply(truth, after.at("bids"));
  EXPECT_EQ(bids, truth);
  EXPECT_FALSE(truth.empty());
}

TEST(Streams, WrapWhatACombinedConnectionHears) {
  QuietVenue sim{Market::kSpot};
  ASSERT_TRUE(sim.venue.opened(1, "/stream?streams=btcusdt@trade/ethusdt@trade"));
  ASSERT_TRUE(sim.venue.opened(2, "/ws/btcusdt@trade"));
  sim.offer("BTCUSDT", Side::kSell, "50000", "1");
  sim.take("BTCUSDT", Side::kBuy, "50000", "0.25");
  sim.pass_ms(1);
  const auto wrapped = parsed(sim.heard(1));
  ASSERT_EQ(wrapped.size(), 1U);
  EXPECT_EQ(wrapped[0].at("stream").as_string(), "btcusdt@trade");
  EXPECT_EQ(wrapped[0].at("data").at("q").as_string(), "0.25000000");
  const auto raw = parsed(sim.heard(2));
  ASSERT_EQ(raw.size(), 1U);
  EXPECT_FALSE(raw[0].at("m").as_bool());
}

TEST(Streams, SubscribeAndUnsubscribeOnRequest) {
  QuietVenue sim{Market::kSpot};
  ASSERT_TRUE(sim.venue.opened(1, "/stream/ws/0"));  // a tail of the client's own
  sim.venue.received(1, R"({"method":"SUBSCRIBE","params":["btcusdt@bookTicker"],"id":"q"})");
  EXPECT_EQ(sim.heard(1).at(0), R"({"result":null,"id":"q"})");
  sim.offer("BTCUSDT", Side::kSell, "50000", "1");
  sim.pass_ms(1);
  EXPECT_EQ(sim.heard(1).size(), 1U);
  sim.venue.received(1, R"({"method":"UNSUBSCRIBE","params":["btcusdt@bookTicker"],"id":2})");
  sim.offer("BTCUSDT", Side::kSell, "50000", "2");
  sim.pass_ms(1);
  EXPECT_EQ(sim.heard(1).size(), 1U);  // the answer alone
  EXPECT_FALSE(sim.venue.opened(2, "/nowhere"));
}

TEST(Streams, TellTheOwnerOfAnOrderWhatHappens) {
  QuietVenue sim{Market::kSpot};
  ASSERT_TRUE(sim.venue.opened(1, "/ws-api/v3"));
  const std::string timestamp = std::to_string(sim.venue.exchange().now() / 1'000'000);
  sim.venue.received(1,
                     "{\"id\":1,\"method\":\"userDataStream.subscribe.signature\",\"params\":{"
                     "\"apiKey\":\"key-a\",\"timestamp\":" +
                         timestamp + ",\"signature\":\"" +
                         hmac("secret-a", "apiKey=key-a&timestamp=" + timestamp) + "\"}}");
  sim.heard(1);
  sim.answer("b", "POST", "/api/v3/order",
             "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&side=SELL&price=50000&quantity=0.01");
  EXPECT_TRUE(sim.heard(1).empty());
  sim.answer("a", "POST", "/api/v3/order",
             "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&side=BUY&price=50000&quantity=0.02"
             "&newClientOrderId=mine");
  sim.answer("a", "DELETE", "/api/v3/order",
             "symbol=BTCUSDT&origClientOrderId=mine&newClientOrderId=stop");
  std::string lives;
  for (const auto& said : parsed(sim.heard(1))) {
    EXPECT_EQ(said.at("subscriptionId").as_int64(), 0);
    const auto& event = said.at("event");
    lives += std::string(event.at("e").as_string() == "executionReport" ? event.at("x").as_string()
                                                                        : "balances") +
             ' ';
    if (lives.ends_with("CANCELED ")) {
      EXPECT_EQ(event.at("c").as_string(), "stop");
      EXPECT_EQ(event.at("C").as_string(), "mine");
    }
  }
  EXPECT_EQ(lives, "NEW TRADE balances CANCELED balances ");
}

TEST(Streams, TellAListenKeysAccountUntilItExpires) {
  QuietVenue sim{Market::kUsdm};
  sim.offer("BTCUSDT", Side::kSell, "50000", "1");
  const auto made = sim.answer("a", "POST", "/fapi/v1/listenKey", "");
  const std::string key = made.at("listenKey").as_string().c_str();
  ASSERT_TRUE(sim.venue.opened(1, "/private/ws?listenKey=" + key));
  sim.answer("a", "POST", "/fapi/v1/order", "symbol=BTCUSDT&type=MARKET&side=BUY&quantity=0.01");
  std::string kinds;
  for (const auto& event : parsed(sim.heard(1))) {
    kinds += std::string(event.at("e").as_string()) + ' ';
  }
  EXPECT_EQ(kinds, "ORDER_TRADE_UPDATE ORDER_TRADE_UPDATE ACCOUNT_UPDATE ");
  sim.pass_ms(60 * 60 * 1'000);
  const auto last = parsed(sim.heard(1));
  ASSERT_FALSE(last.empty());
  EXPECT_EQ(last.back().at("e").as_string(), "listenKeyExpired");
  EXPECT_EQ(sim.refusal("a", "PUT", "/fapi/v1/listenKey", ""),
            "-1125 This listenKey does not exist.");
}

TEST(Streams, TellTheMarkEverySecond) {
  QuietVenue sim{Market::kUsdm};
  ASSERT_TRUE(sim.venue.opened(1, "/market/stream?streams=btcusdt@markPrice@1s"));
  sim.pass_ms(5'000);
  EXPECT_EQ(sim.heard(1).size(), 5U);
}

TEST(Streams, OfFuturesAreServedInTheirOwnPartsOnly) {
  QuietVenue sim{Market::kUsdm};
  EXPECT_FALSE(sim.venue.opened(1, "/ws/btcusdt@depth@100ms"));
  ASSERT_TRUE(sim.venue.opened(2, "/market/ws/btcusdt@depth@100ms"));
  ASSERT_TRUE(sim.venue.opened(3, "/public/ws/btcusdt@depth@100ms"));
  sim.pass_ms(100);
  sim.offer("BTCUSDT", Side::kBuy, "49000", "1");
  sim.pass_ms(100);
  EXPECT_TRUE(sim.heard(2).empty());
  EXPECT_EQ(sim.heard(3).size(), 1U);
  QuietVenue spot{Market::kSpot};
  EXPECT_FALSE(spot.venue.opened(1, "/public/ws/btcusdt@depth@100ms"));
}

TEST(Streams, CutWhoAsksTooMuchInASecond) {
  QuietVenue sim{Market::kSpot};
  ASSERT_TRUE(sim.venue.opened(1, "/ws"));
  const char* request = R"({"method":"LIST_SUBSCRIPTIONS","id":1})";
  for (int at = 0; at < 5; ++at) sim.venue.received(1, request);
  EXPECT_EQ(sim.heard(1).size(), 5U);
  sim.pass_ms(1'000);
  sim.venue.received(1, request);
  EXPECT_EQ(sim.heard(1).size(), 1U);
  for (int at = 0; at < 5; ++at) sim.venue.received(1, request);
  EXPECT_EQ(sim.venue.take_output().back().kind, Output::Kind::kCut);
}

TEST(Streams, CloseAConnectionAfterADay) {
  QuietVenue sim{Market::kSpot};
  ASSERT_TRUE(sim.venue.opened(1, "/ws/btcusdt@trade"));
  sim.pass_ms(24 * 3'600'000 - 100);
  EXPECT_TRUE(sim.venue.take_output().empty());
  sim.pass_ms(200);
  const auto said = sim.venue.take_output();
  ASSERT_FALSE(said.empty());
  EXPECT_EQ(said[0].kind, Output::Kind::kClose);
}

}  // namespace
}  // namespace writ::venue_sim
