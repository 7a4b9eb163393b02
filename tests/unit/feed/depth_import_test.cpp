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

auto importer(std::vector<std::filesystem::path> files, ImportOptions options = {},
              std::string format = "binance-depth-csv") {
  return [files = std::move(files), options = std::move(options),
          format = std::move(format)](Imported& imported) {
    imported.report = import_archive(format, files, options, imported.consumer());
  };
}

const std::string kFutures =
    "TimestampOfReceive,Stream,EventType,EventTime,TransactionTime,Symbol,FirstUpdateId,"
    "FinalUpdateId,FinalUpdateIdInLastStream,IsAsk,Price,Quantity\n";
const std::string kMessage =
    "1741046400085,x,depthUpdate,1741046400083,1741046400049,TRXUSDT,10,20,9,0,0.23098,17739.0\n"
    "1741046400085,x,depthUpdate,1741046400083,1741046400049,TRXUSDT,10,20,9,1,0.23104,0.0\n";

TEST(DepthImport, RowsOfOneMessageAreOneChange) {
  InputFiles files;
  Imported got;
  importer({files.gzip("d.csv.gz", kFutures + kMessage +
                                       "1741046400190,x,depthUpdate,1741046400183,1741046400149,"
                                       "TRXUSDT,21,30,20,1,0.23105,5\n")})(got);
  EXPECT_EQ(got.report.instruments, std::vector<std::string>{"binance_usdm/TRXUSDT"});
  const auto& change = *got.get<writ_book_delta>(0);
  EXPECT_EQ(change.flags, static_cast<std::uint32_t>(WRIT_DELTA_LINKED));
  EXPECT_EQ(change.first_id, 10U);
  EXPECT_EQ(change.last_id, 20U);
  EXPECT_EQ(change.prev_id, 9U);
  EXPECT_EQ(change.header.ingest_ts, 1'741'046'400'085'000'000);
  EXPECT_EQ(change.header.event_ts, 1'741'046'400'049'000'000);
  ASSERT_EQ(change.bid_count, 1U);
  ASSERT_EQ(change.ask_count, 1U);
  EXPECT_EQ(model::tail_array<writ_level>(change, 2)[0].quantity, 17'739'000'000'000);
  EXPECT_EQ(model::tail_array<writ_level>(change, 2)[1].quantity, 0);
  EXPECT_EQ(got.get<writ_book_delta>(1)->prev_id, 20U);
  EXPECT_EQ(got.get<writ_book_delta>(2), nullptr);
}

TEST(DepthImport, SpotHasNoPreviousIdAndImagesMayNotNameTheirSymbol) {
  InputFiles files;
  Imported got;
  importer({files.plain(
               "s.csv",
               "# a report\n\n"
               "TimestampOfReceive,TimestampOfRequest,LastUpdateId,IsAsk,Price,Quantity\n"
               "1744588800258,1744588800180,7,0,1.5,2\n1744588800258,1744588800180,7,0,1.6,3\n"
               "1744588800258,1744588800180,7,1,1.8,2\n1744588800258,1744588800180,7,1,1.7,0\n")},
           {.instruments = {{.symbol = "BTCUSDT"}}})(got);
  EXPECT_EQ(got.report.instruments, std::vector<std::string>{"binance_spot/BTCUSDT"});
  const auto& image = *got.get<writ_book_snapshot>();
  EXPECT_EQ(image.last_id, 7U);
  EXPECT_EQ(image.bid_count, 2U);
  EXPECT_EQ(image.ask_count, 1U);
  EXPECT_EQ(model::tail_array<writ_level>(image, 3)[0].price, 1'600'000'000);

  Imported spot;
  importer({files.plain(
      "d.csv",
      "TimestampOfReceive,EventType,EventTime,Symbol,FirstUpdateId,FinalUpdateId,IsAsk,Price,"
      "Quantity\n1741046400062959,depthUpdate,1741046400062507,TRXUSDT,1,2,0,0.2311,8\n")})(spot);
  EXPECT_EQ(spot.get<writ_book_delta>()->flags, static_cast<std::uint32_t>(WRIT_DELTA_CONTIGUOUS));
  EXPECT_EQ(spot.report.instruments, std::vector<std::string>{"binance_spot/TRXUSDT"});
}

TEST(DepthImport, RefusesBadRowsWithFileAndLine) {
  InputFiles files;
  const auto refused = [&](const std::string& row, const std::string& what) {
    expect_refused(importer({files.plain("d.csv", kFutures + kMessage + row)}), 4, what);
  };
  const std::string ids = ",TRXUSDT,21,30,20,";
  refused("1741046400084,x,depthUpdate,1741046400083,1741046400049" + ids + "0,1,1\n",
          "the time goes back by 1000000 ns");
  refused("1741046400085,x,depthUpdate,1741046400083,0" + ids + "0,1,1\n",
          "neither in ms nor in us");
  refused("1741046400085000,x,depthUpdate,1741046400083,1741046400049" + ids + "0,1,1\n",
          "the unit of TimestampOfReceive");
  refused("1741046400085,x,depthUpdate,1741046400083,1741046400049,TRXUSDT,11,19,9,0,1,1\n",
          "the id 19 does not follow 20");
  refused("1741046400085,x,depthUpdate,1741046400083,1741046400049,TRXUSDT,31,30,20,0,1,1\n",
          "FinalUpdateId is below FirstUpdateId");
  refused("1741046400085,x,depthUpdate,1741046400083,1741046400049" + ids + "2,1,1\n",
          "IsAsk is neither");
  refused("1741046400085,x,depthUpdate,1741046400083,1741046400049" + ids + "0,0,1\n",
          "Price is not a positive");
  refused("1741046400085,x,odd,1741046400083,1741046400049" + ids + "0,1,1\n",
          "EventType is not depthUpdate or trade: `odd`");
  refused("1741046400085,x,depthUpdate,1741046400083,1741046400049,TRXUSD_PERP,21,30,20,0,1,1\n",
          "COIN-M contracts");
  refused("1741046400085,x,depthUpdate,1741046400083,1741046400049" + ids + "0,1\n",
          "11 columns, expected 12");
}

TEST(FundingImport, ARateIsForTheTimeSinceTheOneBefore) {
  InputFiles files;
  const std::string header = "timestamp,symbol,funding_rate\n";
  Imported got;
  importer({files.plain("f.csv", header + "1768233600000,BTCUSDT,0.0000465\n"
                                          "1768248000007,BTCUSDT,-0.00002245\n")},
           {}, "binance-funding")(got);
  EXPECT_EQ(got.report.instruments, std::vector<std::string>{"binance_usdm/BTCUSDT"});
  EXPECT_EQ(got.get<writ_funding>(0)->rate, 46'500);
  EXPECT_EQ(got.get<writ_funding>(0)->mark, WRIT_NONE);
  EXPECT_EQ(got.get<writ_funding>(1)->rate, -22'450);
  EXPECT_EQ(got.get<writ_funding>(1)->interval_ns, std::int64_t{4} * 3600 * 1'000'000'000);
  expect_refused(
      importer({files.plain("f.csv", header + "1768233600000,BTCUSDT,x\n")}, {}, "binance-funding"),
      2, "funding_rate is not an exact decimal");
  expect_refused(
      importer({files.plain("f.csv", header + "1768233600000,,1\n")}, {}, "binance-funding"), 2,
      "the row names no symbol");
}

TEST(TableImport, RefusesWhatIsNoTableOfATape) {
  InputFiles files;
  const auto refused = [&](const std::string& name, const std::string& text, std::int64_t line,
                           const std::string& what) {
    expect_refused(
        [path = files.plain(name, text)](Imported& imported) {
          imported.report = import_tables({path}, imported.consumer());
        },
        line, what);
  };
  const std::string header =
      "seq,stream,event_ts,ingest_ts,instrument,side,flags,price,quantity,trade_id\n";
  refused("fill.csv", header, 0, "is no type of record of a tape");
  refused("odd.csv", header, 0, "is no type of record of a tape");
  refused("trade.csv", "seq,stream\n", 1, "the header has no column event_ts");
  refused("trade.csv", header + "1,1,5,5,1,UP,0,1,1,1\n", 2, "side is no value of its kind: `UP`");
  refused("trade.csv", header + "1,1,5,5,1,BUY,0,1,1\n", 2, "9 columns, expected 10");
  refused("asset.csv",
          "seq,stream,event_ts,ingest_ts,asset,decimals,name\n1,0,5,5,1,8,ABCDEFGHIJKLMNOPQ\n", 2,
          "name is no value of its kind");
}

TEST(TableImport, RecordsComeByTheirSeqWhateverTheirType) {
  InputFiles files;
  Imported got;
  got.report = import_tables(
      {files.plain("trade.csv",
                   "seq,stream,event_ts,ingest_ts,instrument,side,flags,price,quantity,trade_id\n"
                   "2,1,,5,1,BUY,aggregate,1.5,2,7\n4,1,,6,1,NONE,0,1.5,2,8\n"),
       files.plain("book_snapshot.csv",
                   "seq,stream,event_ts,ingest_ts,instrument,flags,last_id,bids,asks\n"
                   "3,1,5,5,1,0,9,1.4:2 1.3:1,\n")},
      got.consumer());
  ASSERT_EQ(got.records.size(), 3U);
  EXPECT_EQ(got.records[0].get().seq, 2U);
  EXPECT_EQ(got.records[1].get().type, WRIT_RECORD_BOOK_SNAPSHOT);
  EXPECT_EQ(got.get<writ_book_snapshot>()->bid_count, 2U);
  EXPECT_EQ(got.get<writ_trade>()->header.event_ts, WRIT_NONE);
  EXPECT_EQ(got.get<writ_trade>()->flags, WRIT_TRADE_AGGREGATE);
  EXPECT_EQ(got.get<writ_trade>(1)->trade_id, 8U);
  EXPECT_EQ(got.report.lines, 3U);
}

}  // namespace
}  // namespace writ::feed
