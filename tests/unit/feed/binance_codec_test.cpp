#include "host/feed/binance_codec.hpp"

#include "host/base/random.hpp"
#include "host/model/record_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace writ::feed {
namespace {

using Kind = BinanceMessage::Kind;

constexpr std::int64_t kMs = 1'000'000;

struct Decoded {
  BinanceCodec codec;
  base::Result<BinanceMessage> message;

  explicit Decoded(std::string_view json) : message(codec.decode(json)) {}
  template <model::Record T>
  const T& get() {
    EXPECT_TRUE(message.has_value()) << (message ? "" : message.error().step());
    EXPECT_EQ(message->kind, Kind::kRecord);
    const T* record = model::as<T>(*message->record);
    EXPECT_NE(record, nullptr);
    return *record;
  }
};

// The examples of the venues' documentation.

TEST(BinanceCodec, DecodesSpotDepthUpdate) {
  Decoded d(
      R"({"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":157,"u":160,"b":[["0.0024","10"]],"a":[["0.0026","100"],["0.00270000","0.00000000"]]})");
  const auto& delta = d.get<writ_book_delta>();
  EXPECT_EQ(d.message->symbol, "BNBBTC");
  EXPECT_EQ(d.message->venue, BinanceVenue::kSpot);
  EXPECT_EQ(delta.header.event_ts, 1'672'515'782'136 * kMs);
  EXPECT_EQ(delta.flags, WRIT_DELTA_CONTIGUOUS);
  EXPECT_EQ(delta.first_id, 157U);
  EXPECT_EQ(delta.last_id, 160U);
  ASSERT_EQ(delta.bid_count, 1U);
  ASSERT_EQ(delta.ask_count, 2U);
  const auto levels = model::tail_array<writ_level>(delta, 3);
  EXPECT_EQ(levels[0].price, 2'400'000);
  EXPECT_EQ(levels[0].quantity, 10'000'000'000);
  EXPECT_EQ(levels[2].price, 2'700'000);
  EXPECT_EQ(levels[2].quantity, 0);
}

TEST(BinanceCodec, DecodesFuturesDepthUpdateInsideACombinedStream) {
  Decoded d(
      R"({"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":123456789000,"T":123456788000,"s":"BTCUSDT","U":157,"u":160,"pu":149,"b":[],"a":[["0.0026","100"]],"ps":"BTCUSDT"}})");
  const auto& delta = d.get<writ_book_delta>();
  EXPECT_EQ(d.message->venue, BinanceVenue::kUsdm);
  EXPECT_EQ(delta.header.event_ts, 123'456'788'000 * kMs);  // the transaction's time
  EXPECT_EQ(delta.flags, WRIT_DELTA_LINKED);
  EXPECT_EQ(delta.prev_id, 149U);
  EXPECT_EQ(delta.bid_count, 0U);
  EXPECT_EQ(delta.ask_count, 1U);
}

TEST(BinanceCodec, DecodesTradesWithTheAggressorsSide) {
  Decoded spot(
      R"({"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100","b":88,"a":50,"T":1672515782135,"m":true,"M":true})");
  EXPECT_EQ(spot.get<writ_trade>().side, WRIT_SIDE_SELL);  // the buyer was the maker
  EXPECT_EQ(spot.get<writ_trade>().trade_id, 12345U);
  EXPECT_EQ(spot.get<writ_trade>().price, 1'000'000);
  EXPECT_EQ(spot.get<writ_trade>().header.event_ts, 1'672'515'782'135 * kMs);
  EXPECT_EQ(spot.get<writ_trade>().flags, 0);

  Decoded futures(
      R"({"e":"trade","E":1680652700455,"T":1680652700452,"s":"BTCUSDT","t":3535186032,"p":"28145.10","q":"0.002","X":"MARKET","m":false})");
  EXPECT_EQ(futures.get<writ_trade>().side, WRIT_SIDE_BUY);
  EXPECT_EQ(futures.get<writ_trade>().flags, 0);
  EXPECT_EQ(futures.message->venue, BinanceVenue::kUsdm);

  Decoded fund(
      R"({"e":"trade","E":1680652700455,"T":1680652700452,"s":"BTCUSDT","t":1,"p":"28145.10","q":"0.002","X":"INSURANCE_FUND","m":false})");
  EXPECT_EQ(fund.get<writ_trade>().flags, WRIT_TRADE_OUTSIDE_BOOK);

  Decoded aggregate(
      R"({"e":"aggTrade","E":1672515782136,"s":"BNBBTC","a":12345,"p":"0.001","q":"100","f":100,"l":105,"T":1672515782136,"m":true,"M":true})");
  EXPECT_EQ(aggregate.get<writ_trade>().flags, WRIT_TRADE_AGGREGATE);
  EXPECT_EQ(aggregate.get<writ_trade>().trade_id, 12345U);
}

TEST(BinanceCodec, TradeOfNothingChangesNothing) {
  Decoded d(
      R"({"e":"trade","E":1680652700455,"T":1680652700452,"s":"BTCUSDT","t":1,"p":"0","q":"0","X":"NA","m":false})");
  ASSERT_TRUE(d.message.has_value());
  EXPECT_EQ(d.message->kind, Kind::kNothing);
}

TEST(BinanceCodec, DecodesSpotBookTickerWithoutATime) {
  Decoded d(
      R"({"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"})");
  const auto& top = d.get<writ_book_top>();
  EXPECT_EQ(d.message->event, "bookTicker");
  EXPECT_EQ(d.message->venue, BinanceVenue::kSpot);
  EXPECT_EQ(top.header.event_ts, WRIT_NONE);
  EXPECT_EQ(top.update_id, 400900217U);
  EXPECT_EQ(top.bid_price, 25'351'900'000);
  EXPECT_EQ(top.ask_quantity, 40'660'000'000);
}

TEST(BinanceCodec, EmptySideOfABookTickerIsNone) {
  Decoded d(
      R"({"e":"bookTicker","u":1,"s":"BNBUSDT","b":"0.00","B":"0","a":"25.3","A":"4","T":1680652700430,"E":1680652700435})");
  EXPECT_EQ(d.get<writ_book_top>().bid_price, WRIT_NONE);
  EXPECT_EQ(d.get<writ_book_top>().bid_quantity, WRIT_NONE);
  EXPECT_EQ(d.get<writ_book_top>().ask_price, 25'300'000'000);
  EXPECT_EQ(d.message->venue, BinanceVenue::kUsdm);
}

TEST(BinanceCodec, DecodesImages) {
  Decoded rest(
      R"({"lastUpdateId":1027024,"bids":[["4.0","431.0"],["3.9","1"]],"asks":[["4.1","12.0"]]})");
  EXPECT_EQ(rest.get<writ_book_snapshot>().last_id, 1027024U);
  EXPECT_EQ(rest.get<writ_book_snapshot>().bid_count, 2U);
  EXPECT_EQ(rest.message->symbol, "");
  EXPECT_EQ(rest.message->record->event_ts, WRIT_NONE);

  Decoded futures(
      R"({"lastUpdateId": 1027024, "E": 1589436922972, "T": 1589436922959, "bids": [["4.0", "431.0"]], "asks": []})");
  EXPECT_EQ(futures.get<writ_book_snapshot>().ask_count, 0U);
  EXPECT_EQ(futures.message->record->event_ts, 1'589'436'922'959 * kMs);
  EXPECT_EQ(futures.message->venue, BinanceVenue::kUsdm);

  Decoded partial(
      R"({"stream":"bnbbtc@depth5","data":{"lastUpdateId":160,"bids":[["0.0024","10"]],"asks":[["0.0026","100"]]}})");
  EXPECT_EQ(partial.message->symbol, "BNBBTC");
}

TEST(BinanceCodec, DecodesMarkPrice) {
  Decoded d(
      R"({"e":"markPriceUpdate","E":1562305380000,"s":"BTCUSDT","p":"11794.15000000","i":"11784.62659091","P":"11784.25641265","r":"0.00038167","T":1562306400000})");
  const auto& mark = d.get<writ_mark_price>();
  EXPECT_EQ(mark.mark, 11'794'150'000'000);
  EXPECT_EQ(mark.index, 11'784'626'590'910);
  EXPECT_EQ(mark.funding_rate, 381'670);
  EXPECT_EQ(mark.next_funding_ts, 1'562'306'400'000 * kMs);
  EXPECT_EQ(mark.header.event_ts, 1'562'305'380'000 * kMs);  // T is not when it happened
}

TEST(BinanceCodec, DecodesForcedOrder) {
  Decoded d(
      R"({"e":"forceOrder","E":1568014460893,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"0.014","p":"9910","ap":"9910.5","X":"FILLED","l":"0.014","z":"0.014","T":1568014460892}})");
  const auto& forced = d.get<writ_liquidation>();
  EXPECT_EQ(d.message->symbol, "BTCUSDT");
  EXPECT_EQ(forced.side, WRIT_SIDE_SELL);
  EXPECT_EQ(forced.price, 9'910'500'000'000);
  EXPECT_EQ(forced.quantity, 14'000'000);
  EXPECT_EQ(forced.header.event_ts, 1'568'014'460'892 * kMs);
}

TEST(BinanceCodec, NamesUnknownEventsAndPassesReplies) {
  Decoded kline(R"({"e":"kline","E":1672515782136,"s":"BNBBTC","k":{"t":1,"o":"0.001"}})");
  ASSERT_TRUE(kline.message.has_value());
  EXPECT_EQ(kline.message->kind, Kind::kUnknown);
  EXPECT_EQ(kline.message->event, "kline");
  Decoded reply(R"({"result":null,"id":1})");
  ASSERT_TRUE(reply.message.has_value());
  EXPECT_EQ(reply.message->kind, Kind::kNothing);
}

TEST(BinanceCodec, TellsTimeUnitsApartBySize) {
  EXPECT_EQ(time_from_venue(1'723'161'254'024), 1'723'161'254'024'000'000);
  EXPECT_EQ(time_from_venue(1'723'161'254'024'619), 1'723'161'254'024'619'000);
  EXPECT_EQ(time_from_venue(1'723'161'254'024'619'568), 1'723'161'254'024'619'568);
  EXPECT_EQ(time_from_venue(0), WRIT_NONE);
  EXPECT_EQ(time_from_venue(1'723'161'254), WRIT_NONE);          // seconds: no venue sends them
  EXPECT_EQ(time_from_venue(9'999'999'999'999), WRIT_NONE);      // ms past 2262
  EXPECT_EQ(time_from_venue(9'999'999'999'999'999), WRIT_NONE);  // µs past 2262
}

void expect_error(std::string_view json, base::Errc code, std::string_view what,
                  std::int64_t offset) {
  Decoded d(json);
  ASSERT_FALSE(d.message.has_value()) << json;
  EXPECT_EQ(d.message.error().code(), code) << json;
  EXPECT_NE(std::string_view(d.message.error().step()).find(what), std::string_view::npos)
      << d.message.error().step();
  EXPECT_EQ(d.message.error().detail(), offset) << json;
}

TEST(BinanceCodec, RefusesWhatIsNotAMessageWithItsOffset) {
  using base::Errc;
  expect_error("", Errc::kCorrupt, "not JSON", 0);
  expect_error("[1,2]", Errc::kCorrupt, "not a JSON object", 0);
  expect_error(R"({"e":"trade")", Errc::kCorrupt, "not", 0);
  expect_error(R"({"result":null} x)", Errc::kCorrupt, "not a JSON object", 0);
  expect_error(R"({"result":null} {})", Errc::kCorrupt, "bytes follow", 16);
  expect_error(R"({"u":1,"s":"A","b":"1,5","B":"1","a":"2","A":"1"})", Errc::kInvalid, "best price",
               19);
  expect_error(R"({"u":1,"s":"A","b":"1.0000000001","B":"1","a":"2","A":"1"})", Errc::kInvalid,
               "best price", 19);  // finer than 1e-9: never rounded
  expect_error(R"({"u":1,"s":"A","b":"1","B":"-1","a":"2","A":"1"})", Errc::kInvalid, "negative",
               19);
  expect_error(R"({"e":"depthUpdate","s":"A","U":9,"u":8,"b":[],"a":[]})", Errc::kInvalid,
               "u is below U", 37);
  expect_error(R"({"e":"depthUpdate","s":"A","U":1,"u":8,"b":[["1"]],"a":[]})", Errc::kInvalid,
               "a level is not a pair", 43);
  expect_error(R"({"e":"depthUpdate","s":"A","U":1,"u":8,"b":[["1","x"]],"a":[]})", Errc::kInvalid,
               "quantity", 49);
  expect_error(R"({"e":"depthUpdate","s":"A","U":1,"u":8,"b":[]})", Errc::kInvalid,
               "no list of bids or asks", 46);
  expect_error(R"({"e":"trade","E":5,"T":5,"s":"A","t":1,"p":"1","q":"1","m":true})",
               Errc::kInvalid, "a time is not in", 23);
  expect_error(R"({"e":"trade","T":1672515782136,"s":"A","t":1,"p":"1","q":"1","m":"yes"})",
               Errc::kInvalid, "m is neither", 65);
  expect_error(R"({"e":"trade","T":1672515782136,"t":1,"p":"1","q":"1","m":true})", Errc::kInvalid,
               "names no symbol", 62);
}

// A codec meets foreign bytes: whatever they are, it answers.
TEST(BinanceCodec, AnswersEveryMutationOfAMessage) {
  const std::vector<std::string> seeds = {
      R"({"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1721347022504,"T":1721347022504,"s":"BTCUSDT","U":157,"u":160,"pu":149,"b":[["1000.00","569.567"]],"a":[["0.0026","100"]]}})",
      R"({"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1721347022504,"s":"BTCUSDT","a":3000000001,"p":"50000.1","q":"0.250","f":5000000001,"l":5000000002,"T":1721347022501,"m":true}})",
      R"({"lastUpdateId":1027024,"bids":[["4.0","431.0"]],"asks":[["4.1","12.0"]]})",
      R"({"e":"forceOrder","E":1568014460893,"o":{"s":"BTCUSDT","S":"SELL","q":"0.014","p":"9910","ap":"9910","T":1568014460893}})"};
  base::RandomStream random(3, "codec_mutation");
  BinanceCodec codec;
  BinanceCodec other;
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 60'000; ++i) {
    std::string text = seeds[random.below(seeds.size())];
    const std::uint64_t changes = 1 + random.below(3);
    for (std::uint64_t c = 0; c < changes; ++c) {
      if (text.empty()) break;
      const std::size_t at = random.below(text.size());
      switch (random.below(4)) {
        case 0:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          text.erase(at, 1 + random.below(5));
          break;
        case 2:
          text.insert(at, 1, R"({}[]",:0e-.)"[random.below(12)]);
          break;
        default:
          text.resize(at + 1);
          break;
      }
    }
    const auto message = codec.decode(text);
    // With white space behind it a message is not read as a plain one: the same must come of it.
    const auto spaced = other.decode(text + " ");
    ASSERT_EQ(message.has_value(), spaced.has_value()) << text;
    if (message) {
      ASSERT_EQ(message->kind, spaced->kind) << text;
      ASSERT_EQ(message->event, spaced->event) << text;
      ASSERT_EQ(message->symbol, spaced->symbol) << text;
      ASSERT_EQ(message->venue, spaced->venue) << text;
    }
    if (message && message->kind == Kind::kRecord) {
      const auto bytes = model::bytes_of(*message->record);
      const auto spaced_bytes = model::bytes_of(*spaced->record);
      ASSERT_TRUE(std::equal(bytes.begin(), bytes.end(), spaced_bytes.begin(), spaced_bytes.end()))
          << text;
    }
    if (!message) {
      ++refused;
      EXPECT_GE(message.error().detail(), 0);
      EXPECT_LE(message.error().detail(), static_cast<std::int64_t>(text.size()));
    } else {
      ++accepted;
      if (message->kind == Kind::kRecord) {
        EXPECT_EQ(message->record->size % 8, 0U);
      }
    }
  }
  EXPECT_GT(accepted, 1000U);
  EXPECT_GT(refused, 1000U);
}

}  // namespace
}  // namespace writ::feed
