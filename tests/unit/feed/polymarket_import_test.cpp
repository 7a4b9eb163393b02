#include "host/feed/import.hpp"
#include "tests/unit/feed/input_files.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::feed {
namespace {

using test::expect_refused;
using test::Imported;
using test::InputFiles;

auto importer(std::string format, std::vector<std::filesystem::path> files,
              ImportOptions options = {}) {
  return [format = std::move(format), files = std::move(files),
          options = std::move(options)](Imported& imported) {
    imported.report = import_archive(format, files, options, imported.consumer());
  };
}

std::string book(const std::string& received, const std::string& bids, const std::string& asks) {
  return "    {\n        \"bids\": [" + bids + "],\n        \"asks\": [" + asks +
         "],\n        \"local_timestamp\": \"" + received +
         "\",\n        \"timestamp\": \"1765450842197\",\n        \"asset_price\": 90303.6\n    }";
}

std::string level(const std::string& price, const std::string& size) {
  return "{\"price\": \"" + price + "\", \"size\": \"" + size + "\"}";
}

const std::string kBook =
    book("1765450842300", level("0.01", "7646") + "," + level("0.53", "952.34"),
         level("0.99", "5") + "," + level("0.54", "7.5"));
const std::string kTrade =
    R"({"price": "0.54", "size": "11", "side": "sell", "local_timestamp": "1765450851737",
       "timestamp": "1765450851618"})";

TEST(PolymarketImport, BooksAndTradesOfBothOutcomesAreOneTape) {
  InputFiles files;
  Imported got;
  importer(
      "polymarket-book",
      {files.gzip("1h_btc_orderbooks_17up.json.gz", "[\n" + kBook + "\n]\n"),
       files.plain("1h_btc_trades_17up.json", "[" + kTrade + "]"),
       files.plain("1h_btc_orderbooks_17down.json",
                   "[" + kBook + ", " + book("1765450852300", "", level("0.9", "1")) + "]")})(got);
  EXPECT_EQ(got.report.instruments,
            (std::vector<std::string>{"polymarket/1h_btc_17/DOWN", "polymarket/1h_btc_17/UP"}));
  EXPECT_EQ(got.get<writ_instrument>(0)->complement, got.get<writ_instrument>(1)->instrument);
  EXPECT_EQ(got.get<writ_instrument>(0)->kind, static_cast<std::uint32_t>(WRIT_KIND_BINARY));
  const auto& image = *got.get<writ_book_snapshot>(0);
  EXPECT_EQ(image.header.ingest_ts, 1'765'450'842'300'000'000);
  EXPECT_EQ(image.header.event_ts, 1'765'450'842'197'000'000);
  const auto levels = model::tail_array<writ_level>(image, 4);
  ASSERT_EQ(levels.size(), 4U);
  EXPECT_EQ(levels[0].price, 530'000'000);
  EXPECT_EQ(levels[2].price, 540'000'000);
  EXPECT_EQ(levels[2].quantity, 7'500'000'000);
  EXPECT_EQ(got.get<writ_trade>()->side, WRIT_SIDE_SELL);
  EXPECT_EQ(got.get<writ_trade>()->instrument, 2U);
  EXPECT_EQ(got.get<writ_book_snapshot>(2)->bid_count, 0U);
}

TEST(PolymarketImport, AListIsRefusedWithTheLineOfTheObject) {
  InputFiles files;
  const auto refused = [&](const std::string& text, std::int64_t line, const std::string& what) {
    expect_refused(importer("polymarket-book", {files.plain("x_up.json", text)}), line, what);
  };
  const std::string list = "[\n" + kBook + ",\n";  // the second object begins on line 9
  refused("nonsense", 1, "no list of JSON objects");
  refused("{}", 1, "no list of JSON objects");
  refused("[\n" + kBook, 8, "the list does not end");
  refused("[\n" + kBook + "\n" + kBook + "]", 9, "no comma between two objects");
  refused(list + kBook.substr(0, 40), 9, "the object that begins here does not end");
  refused(list + "{\"bids\": [}\n]", 9, "");
  refused(list + book("1765450842299", "", "") + "]", 9, "the time goes back by 1000000 ns");
  refused(list + book("1765450842300000", "", "") + "]", 9, "local_timestamp is not in ms");
  refused(list + book("1765450842300", level("1.01", "1"), "") + "]", 9, "not below 1");
  refused(list + book("1765450842300", level("0.5", "-1"), "") + "]", 9, "size is not a positive");
  refused(list + book("1765450842300", "{\"price\": \"0.5\"}", "") + "]", 9, "size is no text");
  refused(list + "{\"local_timestamp\": \"1765450842300\", \"timestamp\": \"1765450842197\"}]", 9,
          "side is no text");
  expect_refused(importer("polymarket-book", {files.plain("x.json", "[]")}), 0, "give --symbol");
  expect_refused(importer("polymarket-book", {files.plain("x_up.json", "[]")}), 0,
                 "the archive holds no market event");
}

std::string market(const std::string& slug, const std::string& prices, const std::string& closed) {
  return R"({"slug":")" + slug + R"(","resolved":true,"outcome_prices":)" + prices +
         R"(,"raw":{"closedTime":")" + closed + "\"}}\n";
}

TEST(PolymarketImport, AResolvedMarketPaysItsOutcomesWhenItWasClosed) {
  InputFiles files;
  Imported got;
  importer("polymarket-markets",
           {files.plain("m.jsonl",
                        market("later", R"(["1","0"])", "2026-06-08 00:05:16+00") +
                            "{\"slug\":\"open\",\"resolved\":false}\n" +
                            market("sooner", R"(["0.5","0.5"])", "2026-06-08 00:00:16+00"))})(got);
  EXPECT_EQ(got.report.instruments.size(), 4U);
  const auto& half = *got.get<writ_settlement>(0);
  EXPECT_EQ(half.result, static_cast<std::uint32_t>(WRIT_SETTLED_PAYOUT));
  EXPECT_EQ(half.payout_numerator, 500'000'000);
  EXPECT_EQ(half.payout_denominator, 1'000'000'000);
  EXPECT_EQ(half.header.ingest_ts, 1'780'876'816'000'000'000);
  EXPECT_EQ(got.get<writ_settlement>(2)->payout_numerator, 1'000'000'000);
  EXPECT_EQ(got.get<writ_settlement>(3)->payout_numerator, 0);
  EXPECT_EQ(got.get<writ_settlement>(4), nullptr);

  const auto refused = [&](const std::string& line, const std::string& what) {
    expect_refused(
        importer("polymarket-markets",
                 {files.plain("m.jsonl", market("a", R"(["1","0"])", "2026-06-08") + line)}),
        2, what);
  };
  refused(market("b", R"(["2","0"])", "2026-06-08"), "payouts from 0 to 1");
  refused(market("b", R"(["1"])", "2026-06-08"), "outcome_prices are not two");
  refused(market("b", R"(["1","0"])", "soon"), "closedTime is no time");
  refused("{\"slug\":\"b\"}\n", "resolved is missing");
  refused("{\"slug\"\n", "not JSON");
}

}  // namespace
}  // namespace writ::feed
