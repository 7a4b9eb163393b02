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

const std::string kRows =
    "13519807,0.00141342,23.00000000,15373518,15373518,1570752011620,True,True\n"
    "13519808,0.00141266,54.00000000,15373519,15373521,1570752011620,False,True\n";

auto importer(std::string format, std::vector<std::filesystem::path> files,
              ImportOptions options = {}) {
  return [format = std::move(format), files = std::move(files),
          options = std::move(options)](Imported& imported) {
    imported.report = import_archive(format, files, options, imported.consumer());
  };
}

auto importer(std::vector<std::filesystem::path> files, ImportOptions options = {}) {
  return importer("binance-aggtrades", std::move(files), std::move(options));
}

void expect_rows(const Imported& got, std::size_t count) {
  ASSERT_NE(got.get<writ_trade>(count - 1), nullptr);
  EXPECT_EQ(got.get<writ_trade>(count), nullptr);
  const writ_trade& first = *got.get<writ_trade>(0);
  EXPECT_EQ(first.trade_id, 13519807U);
  EXPECT_EQ(first.price, 1'413'420);
  EXPECT_EQ(first.quantity, 23'000'000'000);
  EXPECT_EQ(first.side, WRIT_SIDE_SELL);
  EXPECT_EQ(first.flags, WRIT_TRADE_AGGREGATE);
  EXPECT_EQ(first.header.event_ts, 1'570'752'011'620'000'000);
  EXPECT_EQ(first.header.ingest_ts, 1'570'752'011'620'000'000);
  EXPECT_EQ(got.get<writ_trade>(1)->side, WRIT_SIDE_BUY);
}

TEST(AggTradesImport, ReadsPlainGzipAndZipWithTheSymbolOfTheName) {
  InputFiles files;
  for (const auto& path : {files.plain("XRPETH-aggTrades-2019-10-11.csv", kRows),
                           files.gzip("derived_XRPETH-aggTrades-2019-10-11.csv.gz", kRows),
                           files.zip("XRPETH-aggTrades-2019-10-11.zip", {kRows})}) {
    Imported got;
    importer({path})(got);
    expect_rows(got, 2);
    EXPECT_EQ(got.report.instruments, std::vector<std::string>{"binance_spot/XRPETH"});
    EXPECT_EQ(got.get<writ_instrument>()->lot, 1'000'000'000);
    EXPECT_EQ(got.report.lines, 2U);
  }
}

TEST(AggTradesImport, ReadsFuturesColumnsWithAHeaderLine) {
  InputFiles files;
  const auto path = files.plain(
      "BTCUSDT_240927-aggTrades-2024-08.csv",
      "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\r\n"
      "5,60000.1,0.5,1,2,1735689600000123,true\r\n");
  Imported got;
  importer({path}, {.venue = BinanceVenue::kUsdm})(got);
  EXPECT_EQ(got.report.instruments, std::vector<std::string>{"binance_usdm/BTCUSDT_240927"});
  EXPECT_EQ(model::text_of(got.get<writ_instrument>()->base), "BTC");
  EXPECT_EQ(got.get<writ_trade>()->header.event_ts, 1'735'689'600'000'123'000);  // µs
}

TEST(AggTradesImport, SpecNamesTheSymbolOfAnyFile) {
  InputFiles files;
  Imported got;
  importer({files.plain("trades.csv", kRows)}, {.instruments = {{.symbol = "XRPETH"}}})(got);
  expect_rows(got, 2);
  expect_refused(importer({files.plain("trades.csv", kRows)}), 0, "does not say the symbol");
}

TEST(AggTradesImport, RefusesBadRowsWithFileAndLine) {
  InputFiles files;
  const auto refused = [&](const std::string& row, const std::string& what, std::int64_t line = 3) {
    const auto path = files.plain("XRPETH-aggTrades-x.csv", kRows + row);
    expect_refused(importer({path}), line, what);
  };
  refused("13519809,1,1,1,1,1570752011621,True\n", "7 columns, expected 8");
  refused("13519809,1,1,1,1,1570752011621,True,True,x\n", "9 columns, expected 8");
  refused("x,1,1,1,1,1570752011621,True,True\n", ":3:1: agg_trade_id is not a whole number: `x`");
  refused("13519808,1,1,1,1,1570752011621,True,True\n", "the id 13519808 does not follow");
  refused("13519809,1e400,1,1,1,1570752011621,True,True\n", ":3:10: price");
  refused("13519809,0,1,1,1,1570752011621,True,True\n", "price is not a positive");
  refused("13519809,1,-1,1,1,1570752011621,True,True\n", "quantity is not a positive");
  refused("13519809,1,1,5,4,1570752011621,True,True\n", "last_trade_id is below first_trade_id");
  refused("13519809,1,1,1,1,1570752011619,True,True\n", "the time goes back by 1000000 ns");
  refused("13519809,1,1,1,1,1570752011620000,True,True\n", "the unit of transact_time changes");
  refused("13519809,1,1,1,1,1570752011,True,True\n", "neither in ms nor in us");
  refused("13519809,1,1,1,1,1570752011621,yes,True\n", ":3:32: is_buyer_maker is neither");
  expect_refused(importer({files.plain("XRPETH-aggTrades-y.csv", "")}), 0, "the file is empty");
  expect_refused(importer({files.plain("XRPETH-aggTrades-y.csv", "agg,p,q,f,l,t,m\n")}), 1,
                 "the header has no column agg_trade_id");
  expect_refused(importer({files.plain("XRPETH-aggTrades-y.csv", "1,2,3\n")}), 1,
                 "3 columns, none for first_trade_id");
  expect_refused(importer({files.zip("XRPETH-aggTrades-z.zip", {kRows, kRows})}), 0,
                 "the archive holds 2 files");
  const auto cut = files.zip("XRPETH-aggTrades-c.zip", {kRows});
  files.cut(cut, std::filesystem::file_size(cut) - 4);
  expect_refused(importer({cut}), 0, "zip archive");
}

TEST(AggTradesImport, EveryBadFileIsNamedWithItsLine) {
  InputFiles files;
  const auto good = files.plain("XRPETH-aggTrades-1.csv", kRows);
  const auto bad = files.plain("XRPETH-aggTrades-2.csv", kRows + "x\n");
  const auto worse = files.plain("XRPETH-aggTrades-3.csv", kRows + kRows);
  const auto none = files.plain("XRPETH-aggTrades-4.csv", "");
  expect_refused(importer({good, bad, worse, none}), 3,
                 "1 columns, expected 8; bad too: " + worse.string() + ":3, " + none.string());
}

TEST(AggTradesImport, FilesOfOneSymbolThatDoNotFollowEachOtherAreRefused) {
  InputFiles files;
  const auto first = files.plain("XRPETH-aggTrades-1.csv", kRows);
  expect_refused(importer({first, first}), 0, "its XRPETH does not follow that of");
}

TEST(AggTradesImport, FilesOfSeveralSymbolsAreOneTapeByTime) {
  InputFiles files;
  const auto later = files.plain("XRPETH-aggTrades-2.csv",
                                 "13519809,0.0014,1,1,1,1570752011625,True,True\n"
                                 "13519810,0.0014,1,1,1,1570752011640,True,True\n");
  const auto earlier = files.plain("XRPETH-aggTrades-1.csv", kRows);
  const auto other = files.plain("ETHUSDT-aggTrades-1.csv",
                                 "7,200.5,1,1,1,1570752011620,True,True\n"
                                 "8,200.5,1,1,1,1570752011630,True,True\n");
  Imported got;
  importer({later, earlier, other})(got);
  std::vector<std::uint64_t> ids;
  for (std::size_t i = 0; const auto* trade = got.get<writ_trade>(i); ++i) {
    ids.push_back(trade->trade_id);
  }
  EXPECT_EQ(ids, (std::vector<std::uint64_t>{13519807, 13519808, 7, 13519809, 8, 13519810}));
  EXPECT_EQ(got.report.instruments,
            (std::vector<std::string>{"binance_spot/ETHUSDT", "binance_spot/XRPETH"}));
  EXPECT_EQ(got.get<writ_trade>(2)->instrument, 1U);
  EXPECT_EQ(got.report.lines, 6U);
}

TEST(AggTradesImport, OfSeveralBadFilesTheFirstGivenIsNamed) {
  InputFiles files;
  const auto good = files.plain("XRPETH-aggTrades-1.csv", kRows);
  const auto bad = files.plain("XRPETH-aggTrades-2.csv", kRows + "x\n");
  const auto worse = files.plain("XRPETH-aggTrades-3.csv", "1,2\n");
  expect_refused(importer({good, bad, worse}), 3, "XRPETH-aggTrades-2.csv:3");
}

TEST(AggTradesImport, ReadsTheRecordedArchive) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  Imported got;
  importer({*data / "binance_trades" / "derived_XRPETH-aggTrades-2019-10-11.csv.gz"})(got);
  EXPECT_EQ(got.report.instruments, std::vector<std::string>{"binance_spot/XRPETH"});
  EXPECT_EQ(got.report.records.at(WRIT_RECORD_TRADE), got.report.lines);
  EXPECT_EQ(got.get<writ_instrument>()->tick, 10);  // 0.00000001
}

TEST(TradesImport, ReadsRowsWithAndWithoutAHeader) {
  InputFiles files;
  for (const std::string header : {"", "id,price,qty,quote_qty,time,is_buyer_maker\n"}) {
    Imported got;
    importer("binance-trades",
             {files.plain("BTCUSDT-trades-2024-01-01.csv",
                          header + "42,60000.10,0.005,300.0005,1704067200000,true\n"
                                   "43,60000.20,0.001,60.0002,1704067200001,false\n")},
             {.venue = BinanceVenue::kUsdm})(got);
    EXPECT_EQ(got.report.instruments, std::vector<std::string>{"binance_usdm/BTCUSDT"});
    const writ_trade& first = *got.get<writ_trade>(0);
    EXPECT_EQ(first.trade_id, 42U);
    EXPECT_EQ(first.price, 60'000'100'000'000);
    EXPECT_EQ(first.quantity, 5'000'000);
    EXPECT_EQ(first.side, WRIT_SIDE_SELL);
    EXPECT_EQ(first.flags, 0U);
    EXPECT_EQ(got.get<writ_trade>(1)->side, WRIT_SIDE_BUY);
  }
}

const std::string kKlines =
    "1704067200000,100.0,110.5,99.5,105.0,12.5,1704067259999,1300,7,6,600,0\n"
    "1704067260000,105.0,106.0,104.0,104.5,3,1704067319999,310,2,1,100,0\n";

TEST(KlinesImport, ABarStandsOnTheTapeWhenItIsClosed) {
  InputFiles files;
  Imported got;
  importer("binance-klines", {files.plain("BTCUSDT-1m-2024-01.csv", kKlines)})(got);
  const writ_bar& bar = *got.get<writ_bar>(0);
  EXPECT_EQ(bar.open_ts, 1'704'067'200'000'000'000);
  EXPECT_EQ(bar.interval_ns, 60'000'000'000);
  EXPECT_EQ(bar.header.ingest_ts, bar.open_ts + bar.interval_ns);
  EXPECT_EQ(bar.open, 100'000'000'000);
  EXPECT_EQ(bar.high, 110'500'000'000);
  EXPECT_EQ(bar.low, 99'500'000'000);
  EXPECT_EQ(bar.close, 105'000'000'000);
  EXPECT_EQ(bar.volume, 12'500'000'000);
  EXPECT_EQ(bar.trade_count, 7U);
  EXPECT_EQ(got.get<writ_instrument>()->tick, 500'000'000);
}

TEST(KlinesImport, ReadsCalendarDatesWithTheIntervalStated) {
  InputFiles files;
  const auto path = files.plain("BTCUSDT-1d.csv",
                                "timestamp,open,high,low,close,volume\n"
                                "2022-01-01,46216.93,47954.63,46208.37,47722.65,19604.46325\n"
                                "2022-01-02,47722.66,47990.0,46654.0,47286.18,18340.4604\n");
  expect_refused(importer("binance-klines", {path}), 2, "give --interval");
  Imported got;
  importer("binance-klines", {path}, {.bar_interval_ns = 86'400'000'000'000})(got);
  EXPECT_EQ(got.get<writ_bar>(0)->open_ts, 1'640'995'200'000'000'000);
  EXPECT_EQ(got.get<writ_bar>(1)->header.ingest_ts, 1'641'168'000'000'000'000);
}

TEST(KlinesImport, RefusesBarsThatCannotBe) {
  InputFiles files;
  const auto refused = [&](const std::string& row, const std::string& what) {
    const auto path = files.plain("BTCUSDT-1m-x.csv", kKlines + row);
    expect_refused(importer("binance-klines", {path}), 3, what);
  };
  refused("1704067320000,5,4,3,4,1,1704067379999,1,1,1,1,0\n", "high is below open or close");
  refused("1704067320000,4,5,4.5,4,1,1704067379999,1,1,1,1,0\n", "low is above open or close");
  refused("1704067300000,4,5,4,4,1,1704067379999,1,1,1,1,0\n", "opens before the one before");
  refused("1704067320000,4,5,4,4,1,1704067319998,1,1,1,1,0\n", "close_time is not after");
  refused("1704067320000000,4,5,4,4,1,1704067379999999,1,1,1,1,0\n", "the unit of");
  refused("1704067320000,4,5,4,4,-1,1704067379999,1,1,1,1,0\n", "volume is not");
}

TEST(BookTickerImport, TheTouchIsTheWholeBook) {
  InputFiles files;
  Imported got;
  importer("binance-bookticker",
           {files.plain("BTCUSDT-bookTicker-2024-01-01.csv",
                        "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,"
                        "transaction_time,event_time\n"
                        "7,100.1,2,100.2,3,1704067200000,1704067200003\n")},
           {.venue = BinanceVenue::kUsdm})(got);
  const writ_book_snapshot& image = *got.get<writ_book_snapshot>();
  EXPECT_EQ(image.last_id, 7U);
  EXPECT_EQ(image.bid_count, 1U);
  EXPECT_EQ(image.ask_count, 1U);
  const auto levels = model::tail_array<writ_level>(image, 2);
  EXPECT_EQ(levels[0].price, 100'100'000'000);
  EXPECT_EQ(levels[1].quantity, 3'000'000'000);
  expect_refused(importer("binance-bookticker", {files.plain("BTCUSDT-bookTicker-x.csv",
                                                             "7,100.2,2,100.2,3,1704067200000\n")}),
                 1, "the bid is not below the ask");
}

const std::string kTardis = "exchange,symbol,timestamp,local_timestamp,";

TEST(TardisImport, TradesHaveTheTimeTheyWereReceivedAt) {
  InputFiles files;
  Imported got;
  importer(
      "tardis-trades",
      {files.plain("t.csv", kTardis + "id,side,price,amount\n"
                                      "binance-futures,BTCUSDT,1582329602111000,1582329602418379,"
                                      "42377944,buy,9682,0.132\n"
                                      "binance-futures,ETHUSDT,1582329602111000,1582329602418380,"
                                      ",unknown,260.5,1\n")})(got);
  EXPECT_EQ(got.report.instruments,
            (std::vector<std::string>{"binance_usdm/BTCUSDT", "binance_usdm/ETHUSDT"}));
  const writ_trade& trade = *got.get<writ_trade>(0);
  EXPECT_EQ(trade.header.event_ts, 1'582'329'602'111'000'000);
  EXPECT_EQ(trade.header.ingest_ts, 1'582'329'602'418'379'000);
  EXPECT_EQ(trade.side, WRIT_SIDE_BUY);
  EXPECT_EQ(got.get<writ_trade>(1)->side, WRIT_SIDE_NONE);
  EXPECT_EQ(got.get<writ_trade>(1)->instrument, 2U);
}

TEST(TardisImport, QuotesWithAnEmptySideAreABookWithOne) {
  InputFiles files;
  Imported got;
  importer("tardis-quotes",
           {files.plain("q.csv", kTardis + "ask_amount,ask_price,bid_price,bid_amount\n"
                                           "binance,BTCUSDT,1582329602111000,1582329602418379,"
                                           "0.84,9682,9681.92,0.67\n"
                                           "binance,BTCUSDT,1582329602111000,1582329602418380,"
                                           "0.84,9682,,\n")})(got);
  EXPECT_EQ(got.report.instruments, std::vector<std::string>{"binance_spot/BTCUSDT"});
  EXPECT_EQ(got.get<writ_book_snapshot>(0)->bid_count, 1U);
  EXPECT_EQ(got.get<writ_book_snapshot>(1)->bid_count, 0U);
  EXPECT_EQ(got.get<writ_book_snapshot>(1)->ask_count, 1U);
}

TEST(TardisImport, ChangesOfOneMessageAreOneRecord) {
  InputFiles files;
  const std::string at = "binance,BTCUSDT,1582329602111000,";
  Imported got;
  importer("tardis-incremental-book",
           {files.plain("b.csv", kTardis + "is_snapshot,side,price,amount\n" + at +
                                     "1582329602418379,true,bid,99,1\n" + at +
                                     "1582329602418379,true,bid,100,2\n" + at +
                                     "1582329602418379,true,ask,101,3\n" + at +
                                     "1582329602418380,false,ask,101,0\n" + at +
                                     "1582329602418380,false,ask,102,5\n" + at +
                                     "1582329602418381,false,bid,100,1\n")})(got);
  const writ_book_snapshot& image = *got.get<writ_book_snapshot>();
  EXPECT_EQ(image.bid_count, 2U);
  EXPECT_EQ(model::tail_array<writ_level>(image, 3)[0].price, 100'000'000'000);
  const writ_book_delta& first = *got.get<writ_book_delta>(0);
  EXPECT_EQ(first.ask_count, 2U);
  EXPECT_EQ(first.first_id, image.last_id + 1);
  EXPECT_EQ(first.header.ingest_ts, 1'582'329'602'418'380'000);
  EXPECT_EQ(got.get<writ_book_delta>(1)->first_id, first.last_id + 1);
}

TEST(TardisImport, RefusesWhatIsNotItsLayout) {
  InputFiles files;
  const std::string trades = kTardis + "id,side,price,amount\n";
  const auto refused = [&](const std::string& text, std::int64_t line, const std::string& what) {
    expect_refused(importer("tardis-trades", {files.plain("t.csv", text)}), line, what);
  };
  refused(kTardis + "id,side,price\n", 1, "the header has no column amount");
  refused(trades + "kraken,XBT,1582329602111000,1582329602418379,1,buy,1,1\n", 2,
          "exchange is not binance");
  refused(trades + "binance,BTCUSDT,1582329602111,1582329602418379,1,buy,1,1\n", 2, "the unit of");
  refused(trades + "binance,BTCUSDT,1582329602111000,1582329602418379,1,long,1,1\n", 2,
          "side is not buy, sell or unknown");
  refused(trades + "binance,BTCUSDT,1582329602111000,1582329602418379,1,buy,1,1\n" +
              "binance,BTCUSDT,1582329602111000,1582329602418378,2,buy,1,1\n",
          3, "the time goes back by 1000 ns");
}

TEST(TardisImport, ReadsTheRecordedFiles) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  const auto folder = *data / "binance_trades";
  const auto rows = [&](const std::string& format, const std::string& name, std::uint16_t type) {
    Imported got;
    importer(format, {folder / name})(got);
    EXPECT_EQ(got.report.records.at(type), got.report.lines);
    return got.report.lines;
  };
  EXPECT_EQ(rows("tardis-trades", "tardis_binance-futures_BTCUSDT_20200222_trades.csv.gz",
                 WRIT_RECORD_TRADE),
            9'999U);
  EXPECT_EQ(rows("tardis-quotes", "tardis_binance-futures_BTCUSDT_20200222_quotes.csv.gz",
                 WRIT_RECORD_BOOK_SNAPSHOT),
            9'999U);
  EXPECT_GT(rows("tardis-book-snapshot-5", "tardis_binance-futures_book_snapshot_5_BTCUSDT.csv",
                 WRIT_RECORD_BOOK_SNAPSHOT),
            0U);
  EXPECT_GT(rows("tardis-book-snapshot-25", "tardis_binance-futures_book_snapshot_25_BTCUSDT.csv",
                 WRIT_RECORD_BOOK_SNAPSHOT),
            0U);
}

}  // namespace
}  // namespace writ::feed
