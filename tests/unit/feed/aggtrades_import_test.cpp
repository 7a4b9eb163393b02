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

auto importer(std::vector<std::filesystem::path> files, ImportOptions options = {}) {
  return [files = std::move(files), options = std::move(options)](Imported& imported) {
    imported.report = import_binance_aggtrades(files, options, imported.consumer());
  };
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
  refused("13519809,1,1,1,1,1570752011621\n", "expected 7 or 8 columns");
  refused("13519809,1,1,1,1,1570752011621,True,True,x\n", "more than 8 columns");
  refused("x,1,1,1,1,1570752011621,True\n", ":3:1: the trade id is not a whole number: `x`");
  refused("13519808,1,1,1,1,1570752011621,True\n", "the trade id 13519808 does not follow");
  refused("13519809,1e400,1,1,1,1570752011621,True\n", ":3:10: the price");
  refused("13519809,0,1,1,1,1570752011621,True\n", "the price is not a positive");
  refused("13519809,1,-1,1,1,1570752011621,True\n", "the quantity is not a positive");
  refused("13519809,1,1,5,4,1570752011621,True\n", "the last id is below the first");
  refused("13519809,1,1,1,1,1570752011619,True\n", "the time goes back by 1000000 ns");
  refused("13519809,1,1,1,1,1570752011620000,True\n", "the unit of the time changes");
  refused("13519809,1,1,1,1,1570752011,True\n", "neither in ms nor in us");
  refused("13519809,1,1,1,1,1570752011621,yes\n", ":3:32: is_buyer_maker is neither");
  expect_refused(importer({files.plain("XRPETH-aggTrades-y.csv", "")}), 0, "the file is empty");
  expect_refused(importer({files.plain("XRPETH-aggTrades-y.csv", "agg,p,q,f,l,t,m\n")}), 0,
                 "holds no trade");
  expect_refused(importer({files.zip("XRPETH-aggTrades-z.zip", {kRows, kRows})}), 0,
                 "the archive holds 2 files");
  const auto cut = files.zip("XRPETH-aggTrades-c.zip", {kRows});
  files.cut(cut, std::filesystem::file_size(cut) - 4);
  expect_refused(importer({cut}), 0, "zip archive");
}

TEST(AggTradesImport, FilesThatDoNotFollowEachOtherAreRefused) {
  InputFiles files;
  const auto first = files.plain("XRPETH-aggTrades-1.csv", kRows);
  expect_refused(importer({first, first}), 1, "does not follow");
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

}  // namespace
}  // namespace writ::feed
