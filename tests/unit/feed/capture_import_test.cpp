#include "host/feed/import.hpp"
#include "tests/support/vectors.hpp"
#include "tests/unit/feed/input_files.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::feed {
namespace {

using test::expect_refused;
using test::Imported;
using test::InputFiles;

// A spot capture in µs: depth, image, ticker, trade.
const std::string kSpot =
    R"(1680652800000100 {"stream":"ethusdt@depth@100ms","data":{"e":"depthUpdate","E":1680652799990,"s":"ETHUSDT","U":9,"u":11,"b":[["1800.10","0.0500"]],"a":[["1800.40","1.25"]]}}
1680652800000200 {"lastUpdateId":10,"bids":[["1800.00","2.0000"]],"asks":[["1800.30","1.0000"]]}
1680652800000200 {"stream":"ethusdt@bookTicker","data":{"u":11,"s":"ETHUSDT","b":"1800.10","B":"0.0500","a":"1800.30","A":"1.0000"}}
1680652800000300 {"stream":"ethusdt@trade","data":{"e":"trade","E":1680652799999,"s":"ETHUSDT","t":7,"p":"1800.20","q":"0.01","T":1680652799998,"m":false,"M":true}}
)";
const std::string kFutures =
    R"(1721347020984480942 {"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1721347022504,"T":1721347022503,"s":"BTCUSDT","U":5,"u":7,"pu":3,"b":[["1000.50","0.002"]],"a":[]}}
1721347021080832061 {"stream":"btcusdt@markPrice","data":{"e":"markPriceUpdate","E":1721347022600,"s":"BTCUSDT","p":"1000.53217","i":"1000.1","r":"0.0001","T":1721376000000}}
)";

auto importer(std::vector<std::filesystem::path> files, ImportOptions options = {}) {
  return [files = std::move(files), options = std::move(options)](Imported& imported) {
    imported.report = import_binance_stream(files, options, imported.consumer());
  };
}

TEST(CaptureImport, WritesTablesThenTheMarketOfASpotCapture) {
  InputFiles files;
  Imported got;
  importer({files.plain("a.jsonl", kSpot)})(got);
  ASSERT_EQ(got.records.size(), 8U);  // 2 assets, instrument, stream, 4 lines
  const auto* instrument = got.get<writ_instrument>();
  ASSERT_NE(instrument, nullptr);
  EXPECT_EQ(model::text_of(instrument->venue), "binance_spot");
  EXPECT_EQ(model::text_of(instrument->market), "ETHUSDT");
  EXPECT_EQ(model::text_of(instrument->base), "ETH");
  EXPECT_EQ(model::text_of(instrument->quote), "USDT");
  EXPECT_EQ(instrument->kind, static_cast<std::uint32_t>(WRIT_KIND_SPOT));
  EXPECT_EQ(instrument->tick, 100'000'000);  // 0.1
  EXPECT_EQ(instrument->lot, 10'000'000);    // 0.01: of 0.05, 1.25, 2, 1 and 0.01
  EXPECT_EQ(instrument->flags, WRIT_INSTRUMENT_TICK_INFERRED | WRIT_INSTRUMENT_FEE_IN_RECEIVED);
  EXPECT_EQ(instrument->taker_fee, 1'000'000);
  EXPECT_EQ(model::text_of(got.get<writ_asset>(0)->name), "ETH");
  EXPECT_EQ(model::text_of(got.get<writ_asset>(1)->name), "USDT");
  EXPECT_EQ(instrument->quote_asset, 2U);
  EXPECT_EQ(model::text_of(got.get<writ_stream>()->source), "binance_spot_ws");

  const auto* image = got.get<writ_book_snapshot>();
  ASSERT_NE(image, nullptr);
  EXPECT_EQ(image->instrument, 1U);
  EXPECT_EQ(image->header.stream, 1U);
  EXPECT_EQ(image->header.ingest_ts, 1'680'652'800'000'200'000);
  EXPECT_EQ(image->header.event_ts, 1'680'652'799'990'000'000);  // the stream's last
  EXPECT_EQ(got.get<writ_book_top>()->header.event_ts, 1'680'652'799'990'000'000);
  EXPECT_EQ(got.get<writ_trade>()->header.event_ts, 1'680'652'799'998'000'000);

  EXPECT_EQ(got.report.lines, 4U);
  EXPECT_EQ(got.report.first_ts, 1'680'652'800'000'100'000);
  EXPECT_EQ(got.report.last_ts, 1'680'652'800'000'300'000);
  EXPECT_EQ(got.report.instruments, std::vector<std::string>{"binance_spot/ETHUSDT"});
  EXPECT_EQ(got.report.records.at(WRIT_RECORD_TRADE), 1U);
}

TEST(CaptureImport, TellsFuturesByTheLinkOfTheirDepth) {
  InputFiles files;
  Imported got;
  importer({files.gzip("a.gz", kFutures)})(got);
  const auto* instrument = got.get<writ_instrument>();
  ASSERT_NE(instrument, nullptr);
  EXPECT_EQ(model::text_of(instrument->venue), "binance_usdm");
  EXPECT_EQ(instrument->kind, static_cast<std::uint32_t>(WRIT_KIND_PERP));
  EXPECT_EQ(instrument->settle_asset, instrument->quote_asset);
  EXPECT_EQ(instrument->tick, 1'000'500'000'000);  // a mark price is off the grid
  EXPECT_EQ(instrument->maker_fee, 200'000);
  EXPECT_EQ(instrument->taker_fee, 500'000);
  EXPECT_EQ(got.get<writ_mark_price>()->mark, 1'000'532'170'000);
  EXPECT_EQ(got.get<writ_book_delta>()->header.ingest_ts, 1'721'347'020'984'480'942);
}

TEST(CaptureImport, StatedInstrumentOverridesTheInference) {
  InputFiles files;
  Imported got;
  ImportOptions options;
  options.instruments = {{.symbol = "ETHUSDT",
                          .base = "ETHU",
                          .quote = "SDT",
                          .tick = 10'000'000,
                          .lot = 100'000,
                          .maker_fee = -5,
                          .taker_fee = 7}};
  importer({files.plain("a", kSpot)}, options)(got);
  const auto* instrument = got.get<writ_instrument>();
  EXPECT_EQ(model::text_of(instrument->base), "ETHU");
  EXPECT_EQ(instrument->tick, 10'000'000);
  EXPECT_EQ(instrument->lot, 100'000);
  EXPECT_EQ(instrument->maker_fee, -5);
  EXPECT_EQ(instrument->taker_fee, 7);
  EXPECT_EQ(instrument->flags & WRIT_INSTRUMENT_TICK_INFERRED, 0U);
}

TEST(CaptureImport, SeveralFilesAreOneCaptureInTheGivenOrder) {
  InputFiles files;
  const auto first = files.plain("1", kSpot);
  const auto second = files.plain(
      "2",
      R"(1680652800000300000 {"stream":"ethusdt@trade","data":{"e":"trade","E":1680652800000,"s":"ETHUSDT","t":8,"p":"1800.20","q":"0.01","T":1680652799999,"m":true}})");
  Imported got;
  importer({first, second})(got);  // the second in ns, at the same instant as the first's end
  EXPECT_EQ(got.get<writ_trade>(1)->trade_id, 8U);
  expect_refused(importer({second, first}), 1, "the local time goes back by 200000 ns");
}

TEST(CaptureImport, NumbersSeveralSymbolsByName) {
  InputFiles files;
  const std::string ticker = R"({"u":1,"s":"XRPBTC","b":"0.1","B":"1","a":"0.2","A":"1"})";
  const auto lines = "1680652800000100 " + ticker + "\n" + kSpot.substr(0, kSpot.find('\n') + 1);
  Imported got;
  importer({files.plain("a", lines)})(got);
  EXPECT_EQ(got.report.instruments,
            (std::vector<std::string>{"binance_spot/ETHUSDT", "binance_spot/XRPBTC"}));
  EXPECT_EQ(got.get<writ_book_top>()->instrument, 2U);
  EXPECT_EQ(got.get<writ_book_top>()->header.event_ts, 1'680'652'800'000'100'000);  // no time yet
  EXPECT_EQ(got.get<writ_book_delta>()->instrument, 1U);

  const auto unnamed = lines + "1680652800000200 {\"lastUpdateId\":1,\"bids\":[],\"asks\":[]}\n";
  expect_refused(importer({files.plain("b", unnamed)}), 3, "does not say its symbol");
}

TEST(CaptureImport, CountsWhatItDoesNotKnow) {
  InputFiles files;
  Imported got;
  importer({files.plain("a", kSpot + "1680652800000400 {\"e\":\"kline\",\"s\":\"ETHUSDT\"}\n"
                                     "1680652800000400 {\"e\":\"kline\",\"s\":\"ETHUSDT\"}\n"
                                     "1680652800000500 {\"result\":null,\"id\":1}\n")})(got);
  EXPECT_EQ(got.report.unknown.at("kline"), 2U);
  EXPECT_EQ(got.report.without_effect, 1U);
  EXPECT_EQ(got.records.size(), 8U);
}

TEST(CaptureImport, RefusesBadInputWithItsPlace) {
  InputFiles files;
  const auto refused = [&](const std::string& text, std::int64_t line, const std::string& what) {
    expect_refused(importer({files.plain("bad", text)}), line, what);
  };
  const std::string trade =
      R"({"e":"trade","E":1680652799999,"s":"ETHUSDT","t":7,"p":"1","q":"1","T":1680652799998,"m":false})";
  refused("", 0, "the file is empty");
  refused("\n\n", 0, "no market message");
  refused(kSpot + "no time here\n", 5, ":5:1: expected a local time");
  refused("1680652800 " + trade, 1, "neither in ns nor in us");
  refused("1680652800000100 " + trade + "\n1680652800000200000 " + trade, 2,
          "the unit of the local time changes");
  refused("1680652800000100 " + trade + "\n1680652800000099 " + trade, 2,
          "the local time goes back by 1000 ns");
  refused(kSpot + "1680652800000400 {\"e\":\"trade\",", 5,
          ":5:18: the message is not a JSON object");
  refused("1680652800000100 {\"u\":1,\"s\":\"A\",\"b\":\"x\"}", 1, ":1:37: a best price");
  refused(kSpot + kFutures.substr(0, kFutures.find('\n')), 5, "the unit of the local time changes");
  refused("1680652800000100 " + kFutures.substr(20, kFutures.find('\n') - 19) + kSpot, 2,
          "a message of Binance spot, those before are of USDT-M futures");
  refused("1680652800000100 {\"u\":1,\"s\":\"AB\",\"b\":\"1\",\"B\":\"1\",\"a\":\"2\",\"A\":\"1\"}",
          0, "base and quote of AB cannot be told");
  expect_refused(importer({"/nowhere/at/all.gz"}), 0, "No such file");
  expect_refused(importer({files.plain("v", kSpot)}, {.venue = BinanceVenue::kUsdm}), 1,
                 "the venue stated is USDT-M futures");
  expect_refused(importer({files.plain("s", kSpot)}, {.instruments = {{.symbol = "BTCUSDT"}}}), 0,
                 "no message names: BTCUSDT");
  expect_refused(importer({}), 0, "no capture given");
}

TEST(CaptureImport, RefusesADamagedArchive) {
  InputFiles files;
  std::string many;
  for (int i = 0; i < 2000; ++i) {
    many += std::to_string(1'680'652'800'000'300 + i) + kSpot.substr(kSpot.rfind(" {"));
  }
  const auto cut = files.gzip("cut.gz", many);
  files.cut(cut, std::filesystem::file_size(cut) / 2);
  Imported got;
  EXPECT_THROW(importer({cut})(got), base::InputError);
  EXPECT_TRUE(got.records.empty());

  const auto flipped = files.gzip("flip.gz", many);
  std::fstream file(flipped, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(flipped)) - 6);
  file.put('!');  // in the checksum
  file.close();
  EXPECT_THROW(importer({flipped})(got), base::InputError);
  EXPECT_TRUE(got.records.empty());
}

TEST(CaptureImport, InfersTheGridOfTheRecordings) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  const auto folder = *data / "binance_feed" / "hftbacktest";
  Imported spot;
  importer({folder / "spot_ethusdt_20240808.jsonl.gz", folder / "spot_ethusdt_20240809.jsonl.gz"})(
      spot);
  EXPECT_EQ(spot.get<writ_instrument>()->tick, 10'000'000);
  // Three resting orders are finer than the venue's lot of 0.0001.
  EXPECT_EQ(spot.get<writ_instrument>()->lot, 20'000);
  EXPECT_EQ(spot.report.records.at(WRIT_RECORD_BOOK_TOP), 24077U + 34681U);
  EXPECT_EQ(spot.report.records.at(WRIT_RECORD_BOOK_DELTA), 3434U + 3036U);
  EXPECT_EQ(spot.report.records.at(WRIT_RECORD_TRADE), 6106U + 8409U);
  EXPECT_EQ(spot.report.records.at(WRIT_RECORD_BOOK_SNAPSHOT), 1U);
  Imported usdm;
  importer({folder / "usdm_btcusdt_20230404.jsonl.gz"})(usdm);
  EXPECT_EQ(usdm.get<writ_instrument>()->tick, 100'000'000);
  EXPECT_EQ(usdm.get<writ_instrument>()->lot, 1'000'000);
  EXPECT_EQ(usdm.report.records.at(WRIT_RECORD_MARK_PRICE), 99U);
}

}  // namespace
}  // namespace writ::feed
