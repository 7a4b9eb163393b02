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

constexpr std::int64_t kHundred = 100'000'000'000;

auto importer(std::vector<std::filesystem::path> files,
              ImportOptions options = {.quote_size = kHundred}) {
  return [files = std::move(files), options = std::move(options)](Imported& imported) {
    imported.report = import_archive("prediction-quotes", files, options, imported.consumer());
  };
}

const std::string kHeader = "ts,slug,bid,ask,mid\n";

TEST(PredictionImport, RowsByMarketBecomeATapeByTime) {
  InputFiles files;
  Imported got;
  importer({files.gzip("q.csv.gz", kHeader + "1783715146000000,b,0.02,0.51,\n"
                                             "1783715148000000,b,0.02,0.5,\n"
                                             "1783715147000000,c,0.4,0.41,\n"
                                             "1783715148000000,c,0.4,0.45,\n")})(got);
  EXPECT_EQ(got.report.instruments,
            (std::vector<std::string>{"polymarket/b/YES", "polymarket/c/YES"}));
  std::vector<std::uint32_t> order;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto* image = got.get<writ_book_snapshot>(i);
    ASSERT_NE(image, nullptr);
    order.push_back(image->instrument);
    EXPECT_EQ(image->header.stream, image->instrument);
  }
  EXPECT_EQ(order, (std::vector<std::uint32_t>{1, 2, 1, 2}));
  EXPECT_EQ(got.report.first_ts, 1'783'715'146'000'000'000);
  EXPECT_EQ(got.report.last_ts, 1'783'715'148'000'000'000);
}

TEST(PredictionImport, ASideWithoutAPriceIsEmptyAndTheSizeIsTheOneStated) {
  InputFiles files;
  Imported got;
  importer({files.plain("q.csv", kHeader + "1783715146000000,b,,0.51,\n1783715147000000,b,,,\n")})(
      got);
  const auto& image = *got.get<writ_book_snapshot>(0);
  EXPECT_EQ(image.bid_count, 0U);
  ASSERT_EQ(image.ask_count, 1U);
  const auto level = model::tail_array<writ_level>(image, 1)[0];
  EXPECT_EQ(level.price, 510'000'000);
  EXPECT_EQ(level.quantity, kHundred);
  EXPECT_EQ(got.get<writ_book_snapshot>(1)->ask_count, 0U);
}

TEST(PredictionImport, BothOutcomesOfAMarketAreEachOthersComplement) {
  InputFiles files;
  Imported got;
  importer({files.plain("q.csv",
                        "timestamp,market,outcome,best_bid,best_ask,bid_size,ask_size\n"
                        "1783715146000,rain,YES,0.4,0.41,5,6.5\n"
                        "1783715146000,rain,NO,0.59,0.6,7,8\n"
                        "1783715146000,snow,YES,0.101,0.2,7,8\n")},
           {.venue_name = "elsewhere"})(got);
  EXPECT_EQ(
      got.report.instruments,
      (std::vector<std::string>{"elsewhere/rain/NO", "elsewhere/rain/YES", "elsewhere/snow/YES"}));
  const auto& no = *got.get<writ_instrument>(0);
  const auto& yes = *got.get<writ_instrument>(1);
  const auto& alone = *got.get<writ_instrument>(2);
  EXPECT_EQ(no.kind, static_cast<std::uint32_t>(WRIT_KIND_BINARY));
  EXPECT_EQ(no.complement, yes.instrument);
  EXPECT_EQ(yes.complement, no.instrument);
  EXPECT_EQ(no.market_group, yes.market_group);
  EXPECT_EQ(alone.complement, 0U);
  EXPECT_NE(alone.market_group, yes.market_group);
  EXPECT_EQ(yes.tick, 10'000'000);
  EXPECT_EQ(yes.price_max, 990'000'000);
  EXPECT_EQ(alone.tick, 1'000'000);
  EXPECT_EQ(yes.flags, static_cast<std::uint32_t>(WRIT_INSTRUMENT_TICK_INFERRED));
  const auto* image = got.get<writ_book_snapshot>(0);
  EXPECT_EQ(image->instrument, yes.instrument);
  EXPECT_EQ(model::tail_array<writ_level>(*image, 2)[1].quantity, 6'500'000'000);
}

TEST(PredictionImport, RefusesBadRowsWithFileAndLine) {
  InputFiles files;
  const auto refused = [&](const std::string& row, const std::string& what) {
    expect_refused(
        importer({files.plain("q.csv", kHeader + "1783715146000000,b,0.02,0.51,\n" + row)}), 3,
        what);
  };
  refused("1783715145000000,b,0.02,0.51,\n", "the time goes back by 1000000000 ns");
  refused("1783715146000,c,0.02,0.51,\n", "the unit of ts changes");
  refused("1783715146,c,0.02,0.51,\n", "neither in ms nor in us");
  refused("1783715146000000,c,0.02,1.51,\n", ":3:25: a price of a prediction is not below 1");
  refused("1783715146000000,c,0,1,\n", "bid is not a positive exact decimal");
  refused("1783715146000000,,0.02,0.51,\n", "the row names no market");
  refused("1783715146000000,c,0.02,0.51\n", "4 columns, expected 5");
  refused("1783715146000000,c,0.02,0.51,\rx,\n", "6 columns, expected 5");
  expect_refused(importer({files.plain("q.csv", kHeader + "1783715146000000,b,0.02,0.51,\n")}, {}),
                 2, "give --quote-size");
  expect_refused(importer({files.plain("q.csv", "ts,slug,bid,mid\n1,b,1,\n")}), 1,
                 "the header has no column ask");
  const auto cut = files.gzip("q.csv.gz", kHeader + "1783715146000000,b,0.02,0.51,\n");
  files.cut(cut, std::filesystem::file_size(cut) - 10);
  expect_refused(importer({cut}), 1, "the compressed data end too early");
}

}  // namespace
}  // namespace writ::feed
