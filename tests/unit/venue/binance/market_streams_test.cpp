#include "host/venue/binance/market_streams.hpp"

#include "host/feed/text_file.hpp"
#include "host/market/book_sync.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"
#include "tests/support/tree_paths.hpp"

#include <writ/decimal.hpp>

#include <gtest/gtest.h>

#include <charconv>
#include <random>
#include <string>
#include <vector>

namespace writ::venue::binance {
namespace {

using Heard = MarketStreams::Heard;

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kNow = 1'700'000'000'000 * kMs;

const std::vector<Subscription> kTwo = {{"BTCUSDT", 7, 3}, {"ETHUSDT", 8, 4}};

// What a market's streams hand out.
struct Listener {
  Listener(Market market, std::vector<Subscription> subscriptions)
      : streams(market, std::move(subscriptions)) {
    streams.restart(kNow);
  }
  Heard hear(std::string_view json, std::int64_t ts = kNow) {
    return streams.on_message(
        json, ts, [this](const auto& record) { records.push_back(model::words_of(record)); });
  }
  Heard image(std::size_t symbol, std::string_view json, std::int64_t ts = kNow) {
    return streams.on_image(symbol, json, ts, [this](const auto& record) {
      records.push_back(model::words_of(record));
    });
  }
  [[nodiscard]] const writ_record& last() const { return model::record_in(records.back()); }

  MarketStreams streams;
  std::vector<model::RecordWords> records;
};

std::string change(int first, int last, const char* symbol = "BTCUSDT") {
  return R"({"stream":"x@depth","data":{"e":"depthUpdate","E":1700000000000,"s":")" +
         std::string(symbol) + R"(","U":)" + std::to_string(first) + R"(,"u":)" +
         std::to_string(last) + R"(,"b":[["1.5","2"]],"a":[]}})";
}
std::string image(int id) {
  return R"({"lastUpdateId":)" + std::to_string(id) +
         R"(,"bids":[["1.5","2"]],"asks":[["2","1"]]})";
}

TEST(StreamTargets, OfSpotAreOneConnection) {
  EXPECT_EQ(stream_targets(Market::kSpot, kTwo),
            (std::vector<std::string>{
                "/stream?streams=btcusdt@depth@100ms/btcusdt@trade/btcusdt@bookTicker/"
                "ethusdt@depth@100ms/ethusdt@trade/ethusdt@bookTicker"}));
}

TEST(StreamTargets, OfFuturesAreSplitByPath) {
  EXPECT_EQ(
      stream_targets(Market::kUsdm, {kTwo[0]}),
      (std::vector<std::string>{
          "/public/stream?streams=btcusdt@depth@100ms/btcusdt@bookTicker",
          "/market/stream?streams=btcusdt@aggTrade/btcusdt@markPrice@1s/btcusdt@forceOrder"}));
}

TEST(StreamTargets, OfManySymbolsAreSeveralConnections) {
  std::vector<Subscription> many;
  for (int i = 0; i < 40; ++i) many.push_back({"S" + std::to_string(i), 1, 1});
  const auto targets = stream_targets(Market::kSpot, many);
  ASSERT_EQ(targets.size(), 2u);  // 120 streams
  EXPECT_TRUE(targets[0].ends_with("/s33@depth@100ms"));
  EXPECT_EQ(targets[1].find("/stream?streams=s33@trade/"), 0u);
}

TEST(MarketStreams, NumbersRecordsAsItIsTold) {
  Listener listener(Market::kSpot, kTwo);
  EXPECT_EQ(listener.hear(change(1, 2, "ETHUSDT"), kNow + 5), Heard::kRecord);
  const auto* delta = model::as<writ_book_delta>(listener.last());
  ASSERT_NE(delta, nullptr);
  EXPECT_EQ(delta->instrument, 8u);
  EXPECT_EQ(delta->header.stream, 4);
  EXPECT_EQ(delta->header.ingest_ts, kNow + 5);
  EXPECT_EQ(delta->header.event_ts, kNow);
}

TEST(MarketStreams, SaysNothingTwice) {
  Listener listener(Market::kUsdm, kTwo);
  const std::vector<std::string> messages = {
      R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1700000000000,"T":1700000000000,"s":"BTCUSDT","U":1,"u":2,"pu":0,"b":[],"a":[["2","1"]]}})",
      R"({"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":5,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1","T":1700000000000,"E":1700000000000}})",
      R"({"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1700000000000,"a":9,"s":"BTCUSDT","p":"1","q":"1","f":1,"l":2,"T":1700000000000,"m":true}})",
      R"({"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":1700000000000,"s":"BTCUSDT","p":"1","i":"1","P":"1","r":"0.0001","T":1700006400000}})",
      R"({"stream":"btcusdt@forceOrder","data":{"e":"forceOrder","E":1700000000000,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"1","p":"1","ap":"1","X":"FILLED","l":"1","z":"1","T":1700000000000}}})"};
  for (const auto& message : messages) EXPECT_EQ(listener.hear(message), Heard::kRecord) << message;
  for (const auto& message : messages) {
    EXPECT_EQ(listener.hear(message), Heard::kRepeated) << message;
  }
  EXPECT_EQ(listener.records.size(), messages.size());
  EXPECT_EQ(listener.streams.counters().repeated, messages.size());
  listener.streams.restart(kNow);
  for (const auto& message : messages) EXPECT_EQ(listener.hear(message), Heard::kRecord) << message;
}

TEST(MarketStreams, CountsWhatItDoesNotKnowAndGoesOn) {
  Listener listener(Market::kSpot, kTwo);
  EXPECT_EQ(listener.hear(R"({"result":null,"id":1})"), Heard::kNothing);
  EXPECT_EQ(listener.hear(R"({"stream":"a@b","data":{"e":"newThing","s":"BTCUSDT"}})"),
            Heard::kNothing);
  EXPECT_EQ(listener.hear(change(1, 2, "XRPUSDT")), Heard::kNothing);
  EXPECT_EQ(listener.hear("not JSON"), Heard::kBad);
  EXPECT_EQ(listener.hear(change(2, 1)), Heard::kBad);
  EXPECT_EQ(listener.streams.last_bad().find("u is below U"), 0u);
  EXPECT_EQ(listener.streams.counters().unknown_events.at("newThing"), 1u);
  EXPECT_EQ(listener.streams.counters().other_symbols, 1u);
  EXPECT_EQ(listener.streams.counters().bad, 2u);
  EXPECT_EQ(listener.hear(change(1, 2)), Heard::kRecord);
}

TEST(MarketStreams, KnowsAShutdownBothWays) {
  Listener listener(Market::kSpot, kTwo);
  EXPECT_EQ(listener.hear(R"({"e":"serverShutdown","E":1770123456789})"), Heard::kShutdown);
  EXPECT_EQ(listener.hear(
                R"({"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}})"),
            Heard::kShutdown);
}

TEST(MarketStreams, AsksForAnImageAtTheFirstChangeOrASecondWithoutOne) {
  Listener listener(Market::kSpot, kTwo);
  auto& streams = listener.streams;
  EXPECT_EQ(streams.take_image_due(kNow), std::nullopt);
  (void)listener.hear(change(1, 2, "ETHUSDT"));
  EXPECT_EQ(streams.take_image_due(kNow), 1u);
  EXPECT_EQ(streams.take_image_due(kNow), std::nullopt);  // it is asked for
  EXPECT_EQ(streams.take_image_due(kNow + 999 * kMs), std::nullopt);
  EXPECT_EQ(streams.take_image_due(kNow + 1'000 * kMs), 0u);
}

TEST(MarketStreams, AsksAgainWhenAnImageIsTooOldOrDidNotCome) {
  Listener listener(Market::kSpot, {kTwo[0]});
  auto& streams = listener.streams;
  (void)listener.hear(change(100, 102));
  ASSERT_EQ(streams.take_image_due(kNow), 0u);
  EXPECT_EQ(listener.image(0, image(50)), Heard::kNothing);
  EXPECT_EQ(streams.take_image_due(kNow + 249 * kMs), std::nullopt);
  ASSERT_EQ(streams.take_image_due(kNow + 250 * kMs), 0u);
  streams.on_image_failed(0, kNow + 5'000 * kMs);
  EXPECT_EQ(streams.take_image_due(kNow + 4'999 * kMs), std::nullopt);
  ASSERT_EQ(streams.take_image_due(kNow + 5'000 * kMs), 0u);
  EXPECT_EQ(listener.image(0, "<html>", kNow + 5'001 * kMs), Heard::kBad);
  ASSERT_EQ(streams.take_image_due(kNow + 6'000 * kMs), 0u);
  EXPECT_EQ(listener.image(0, image(101)), Heard::kRecord);
  const auto* sent = model::as<writ_book_snapshot>(listener.last());
  ASSERT_NE(sent, nullptr);
  EXPECT_EQ(sent->instrument, 7u);
  EXPECT_TRUE(streams.in_sync(0));
  EXPECT_EQ(streams.take_image_due(kNow + 60'000 * kMs), std::nullopt);

  (void)listener.hear(change(110, 111));  // a gap
  EXPECT_FALSE(streams.in_sync(0));
  EXPECT_EQ(streams.take_image_due(kNow + 60'000 * kMs), 0u);
}

// A recording, with the images its exchange would have answered: those that the book itself gives.
// Messages are lost and doubled at random; the market's book must never differ from the one that
// saw everything, except between a gap and the image after it.
class RecordedDepth : public testing::TestWithParam<const char*> {};

// The first image of a recording, then all of its depth changes.
std::vector<std::string> recorded_depth(const std::filesystem::path& file) {
  std::vector<std::string> messages(1);
  feed::TextFile text(file);
  while (const auto line = text.next()) {
    const std::string_view json = line->substr(line->find(' ') + 1);
    if (json.starts_with(R"({"lastUpdateId")") && messages[0].empty()) messages[0] = json;
    if (json.find("depthUpdate") != std::string_view::npos) messages.emplace_back(json);
  }
  return messages;
}

TEST_P(RecordedDepth, OfABookWithGapsEndsAsTheWholeOne) {
  const auto data = test::data_dir();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  const std::string name = GetParam();
  const auto messages =
      recorded_depth(*data / "binance_feed" / "hftbacktest" / (name + ".jsonl.gz"));
  ASSERT_GT(messages.size(), 1'000u);
  const Market market = name.starts_with("spot") ? Market::kSpot : Market::kUsdm;
  const std::string symbol = name.find("btc") != std::string::npos ? "BTCUSDT" : "ETHUSDT";

  market::BookSync whole;   // sees every change
  market::BookSync traded;  // what the host's market makes of what is handed out
  const auto feed = [](market::BookSync& book, const writ_record& record) {
    if (const auto* image = model::as<writ_book_snapshot>(record)) (void)book.on_image(*image);
    if (const auto* delta = model::as<writ_book_delta>(record)) (void)book.on_change(*delta);
    while (book.has_buffered()) (void)book.apply_buffered();
  };
  const auto equal = [](const market::Book& a, const market::Book& b) {
    for (const auto side : {market::Side::kBid, market::Side::kAsk}) {
      std::vector<writ_level> left(a.depth(side));
      std::vector<writ_level> right(b.depth(side));
      a.levels(side, left);
      b.levels(side, right);
      if (left.size() != right.size() ||
          std::memcmp(left.data(), right.data(), left.size() * sizeof(writ_level)) != 0) {
        return false;
      }
    }
    return true;
  };

  MarketStreams complete(market, {{symbol, 1, 1}});
  MarketStreams damaged(market, {{symbol, 1, 1}});
  std::mt19937_64 random(20260101);
  std::int64_t now = kNow;
  complete.restart(now);
  damaged.restart(now);
  const auto to_whole = [&](const writ_record& record) { feed(whole, record); };
  const auto to_traded = [&](const writ_record& record) { feed(traded, record); };
  ASSERT_EQ(complete.on_image(0, messages[0], now, to_whole), Heard::kRecord);

  std::size_t images = 0;
  for (std::size_t i = 1; i < messages.size(); ++i) {
    now += 100 * kMs;
    (void)complete.on_message(messages[i], now, to_whole);
    const auto fate = random() % 50;
    if (fate != 0) (void)damaged.on_message(messages[i], now, to_traded);
    if (fate == 1) {
      EXPECT_EQ(damaged.on_message(messages[i], now, to_traded), Heard::kRepeated);
    }
    if (whole.in_sync() && damaged.take_image_due(now)) {
      std::vector<writ_level> bids(whole.book().depth(market::Side::kBid));
      std::vector<writ_level> asks(whole.book().depth(market::Side::kAsk));
      whole.book().levels(market::Side::kBid, bids);
      whole.book().levels(market::Side::kAsk, asks);
      const auto text = [](const std::vector<writ_level>& levels) {
        std::string list;
        for (const auto& level : levels) {
          list += (list.empty() ? "[\"" : ",[\"") + DecimalText(level.price, 9).str() + "\",\"" +
                  DecimalText(level.quantity, 9).str() + "\"]";
        }
        return list;
      };
      ++images;
      EXPECT_EQ(
          damaged.on_image(0,
                           R"({"lastUpdateId":)" + std::to_string(whole.id()) + R"(,"bids":[)" +
                               text(bids) + R"(],"asks":[)" + text(asks) + "]}",
                           now, to_traded),
          Heard::kRecord);
    }
    if (damaged.in_sync(0)) {
      ASSERT_TRUE(traded.in_sync()) << i;
      ASSERT_TRUE(traded.id() != whole.id() || equal(traded.book(), whole.book())) << i;
    }
    ASSERT_FALSE(traded.in_sync() && !damaged.in_sync(0)) << i;
  }
  EXPECT_EQ(whole.state(), market::SyncState::kInSync);
  EXPECT_GT(images, messages.size() / 100);
}

INSTANTIATE_TEST_SUITE_P(Captures, RecordedDepth,
                         testing::Values("spot_ethusdt_20240808", "usdm_btcusdt_20230404",
                                         "usdm_ethusdt_20240718"));

}  // namespace
}  // namespace writ::venue::binance
