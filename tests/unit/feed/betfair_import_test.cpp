#include "host/feed/import.hpp"
#include "tests/unit/feed/input_files.hpp"

#include <gtest/gtest.h>

#include <bzlib.h>

#include <cmath>
#include <fstream>
#include <string>
#include <vector>

namespace writ::feed {
namespace {

using test::expect_refused;
using test::Imported;
using test::InputFiles;

auto importer(std::vector<std::filesystem::path> files, ImportOptions options = {}) {
  return [files = std::move(files), options = std::move(options)](Imported& imported) {
    imported.report = import_archive("betfair-stream", files, options, imported.consumer());
  };
}

constexpr std::int64_t kStartMs = 1'576'840'503'572;

// A message `ms` after the start.
std::string message(std::int64_t ms, const std::string& change) {
  return R"({"op":"mcm","clk":"x","pt":)" + std::to_string(kStartMs + ms) +
         R"(,"mc":[{"id":"1.5",)" + change + "}]}\n";
}

std::string definition(const std::string& runners, const std::string& more,
                       const std::string& winners = "1") {
  return R"("marketDefinition":{"bspMarket":true,"marketBaseRate":5.0,"numberOfWinners":)" +
         winners + R"(,"marketType":"WIN","marketTime":"2019-12-21T00:10:00.000Z",)" + more +
         R"(,"runners":[)" + runners + "]}";
}

std::string runner(int id, const std::string& status = "ACTIVE", const std::string& more = "") {
  return R"({"id":)" + std::to_string(id) + R"(,"status":")" + status + R"(","sortPriority":1)" +
         more + "}";
}

const std::string kOpen = R"("status":"OPEN","inPlay":false,"betDelay":0)";
const std::string kClosed = R"("status":"CLOSED","inPlay":true,"betDelay":5)";
const std::string kTwo = runner(11) + "," + runner(12);

Imported imported(const std::string& text) {
  InputFiles files;
  Imported got;
  importer({files.plain("1.5", text)})(got);
  return got;
}

template <class Record>
std::vector<writ_level> levels(const Record& record) {
  const auto all = model::tail_array<writ_level>(record, record.bid_count + record.ask_count);
  return {all.begin(), all.end()};
}

void expect_levels(const std::vector<writ_level>& got,
                   const std::vector<std::pair<double, double>>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(got[i].price, std::llround(wanted[i].first * 1e9)) << i;
    EXPECT_EQ(got[i].quantity, std::llround(wanted[i].second * 1e9)) << i;
  }
}

TEST(BetfairImport, ARunnerIsAnInstrumentWithWhatItsMarketSays) {
  const Imported got = imported(message(0, definition(kTwo, kOpen)));
  EXPECT_EQ(got.report.instruments, (std::vector<std::string>{"betfair/1.5/11", "betfair/1.5/12"}));
  const writ_instrument& first = *got.get<writ_instrument>();
  EXPECT_EQ(first.kind, static_cast<std::uint32_t>(WRIT_KIND_RUNNER));
  EXPECT_EQ(first.ladder, static_cast<std::uint32_t>(WRIT_LADDER_CLASSIC));
  EXPECT_EQ(first.taker_fee, 50'000'000);
  EXPECT_EQ(first.winners, 1U);
  EXPECT_EQ(first.runners, 2U);
  EXPECT_EQ(first.start_ts, 1'576'887'000'000'000'000);
  EXPECT_EQ(first.market_group, got.get<writ_instrument>(1)->market_group);
  EXPECT_NE(first.market_group, 0U);
  EXPECT_EQ(model::text_of(got.get<writ_asset>()->name), "GBP");
  EXPECT_EQ(first.settle_asset, got.get<writ_asset>()->asset);

  const writ_market_status& status = *got.get<writ_market_status>();
  EXPECT_EQ(status.status, static_cast<std::uint32_t>(WRIT_MARKET_OPEN));
  EXPECT_EQ(status.in_play, 0U);
  EXPECT_EQ(status.header.ingest_ts, kStartMs * 1'000'000);
  EXPECT_EQ(got.get<writ_market_status>(2), nullptr);
}

TEST(BetfairImport, AHandicapIsPartOfTheSelection) {
  const Imported got = imported(message(
      0, definition(R"({"id":7,"hc":-1.5,"status":"ACTIVE"},{"id":7,"hc":0,"status":"ACTIVE"})",
                    kOpen)));
  EXPECT_EQ(got.report.instruments,
            (std::vector<std::string>{"betfair/1.5/7", "betfair/1.5/7:-1.5"}));
}

TEST(BetfairImport, PricesMakeABookWhoseBidsAreWhatCanBeBacked) {
  const Imported got = imported(
      message(
          0,
          definition(kTwo, kOpen) +
              R"(,"rc":[{"atb":[[1.97,341.33],[1.99,17.16]],"atl":[[2.08,16.62],[2.06,9]],"id":11}],"img":true)") +
      message(1, R"("rc":[{"id":11,"atb":[[1.99,0],[1.98,5]],"atl":[[2.06,8]]}])") +
      message(2, R"("img":true,"rc":[{"id":12,"atb":[[3,1]]}])"));
  const writ_book_snapshot& image = *got.get<writ_book_snapshot>();
  EXPECT_EQ(image.instrument, 1U);
  EXPECT_EQ(image.bid_count, 2U);
  expect_levels(levels(image), {{1.99, 17.16}, {1.97, 341.33}, {2.06, 9}, {2.08, 16.62}});
  const writ_book_delta& delta = *got.get<writ_book_delta>();
  EXPECT_EQ(delta.first_id, image.last_id + 1);
  EXPECT_EQ(delta.flags, static_cast<std::uint32_t>(WRIT_DELTA_CONTIGUOUS));
  expect_levels(levels(delta), {{1.99, 0}, {1.98, 5}, {2.06, 8}});
  // The second image replaces the whole market: runner 12 has a book now, 11 none.
  EXPECT_EQ(got.get<writ_book_snapshot>(1)->instrument, 2U);
  EXPECT_EQ(got.get<writ_book_snapshot>(2)->instrument, 1U);
  EXPECT_EQ(got.get<writ_book_snapshot>(2)->bid_count, 0U);
  EXPECT_EQ(got.get<writ_book_snapshot>(3), nullptr);
}

TEST(BetfairImport, LevelsMakeABookUntilPricesCome) {
  const Imported got = imported(
      message(0, definition(kTwo, kOpen)) +
      message(1, R"("rc":[{"id":11,"batb":[[0,1.9,5],[1,1.8,6]],"batl":[[0,2,3]]}])") +
      message(2, R"("rc":[{"id":11,"batb":[[0,1.95,4],[1,1.9,5],[2,1.8,6]],"batl":[[0,0,0]]}])") +
      message(3, R"("rc":[{"id":11,"atb":[[1.5,1]],"batb":[[0,1.5,1]]}])"));
  expect_levels(levels(*got.get<writ_book_snapshot>(0)), {{1.9, 5}, {1.8, 6}, {2, 3}});
  expect_levels(levels(*got.get<writ_book_snapshot>(1)), {{1.95, 4}, {1.9, 5}, {1.8, 6}});
  expect_levels(levels(*got.get<writ_book_snapshot>(2)), {{1.5, 1}});
  EXPECT_EQ(got.get<writ_book_snapshot>(3), nullptr);
}

TEST(BetfairImport, WhatGrewAtAPriceWasTradedHalfByEachSide) {
  const Imported got = imported(
      message(
          0,
          definition(kTwo, kOpen) +
              R"(,"rc":[{"id":11,"trd":[[1.95,37.84]],"atb":[[1.9,10]],"atl":[[1.95,0.09]],"ltp":1.95}],"img":true)") +
      message(1, R"("rc":[{"id":11,"trd":[[1.95,38.02],[1.9,2]],"atl":[[1.95,0]],"ltp":1.95}])"));
  const writ_trade& first = *got.get<writ_trade>(0);
  EXPECT_EQ(first.price, 1'900'000'000);
  EXPECT_EQ(first.quantity, 1'000'000'000);
  EXPECT_EQ(first.side, WRIT_SIDE_BUY);
  const writ_trade& last = *got.get<writ_trade>(1);
  EXPECT_EQ(last.price, 1'950'000'000);
  EXPECT_EQ(last.quantity, 90'000'000);
  EXPECT_EQ(last.side, WRIT_SIDE_SELL);
  EXPECT_EQ(last.trade_id, 2U);
  EXPECT_EQ(got.get<writ_trade>(2), nullptr);  // what the image said was traded before
}

TEST(BetfairImport, ThePlainLastPriceIsATradeOfUnknownSize) {
  const Imported got =
      imported(message(0, definition(kTwo, kOpen)) + message(1, R"("rc":[{"ltp":15.0,"id":12}])"));
  EXPECT_EQ(got.get<writ_trade>()->instrument, 2U);
  EXPECT_EQ(got.get<writ_trade>()->price, 15'000'000'000);
  EXPECT_EQ(got.get<writ_trade>()->quantity, 0);
  EXPECT_EQ(got.get<writ_trade>()->side, WRIT_SIDE_NONE);
}

TEST(BetfairImport, ANonRunnerIsReducedAndVoidAndTheResultSettles) {
  const std::string removed =
      runner(11) + "," + runner(12, "REMOVED", R"(,"adjustmentFactor":13.15)");
  const Imported got = imported(
      message(0, definition(kTwo, kOpen)) + message(1, definition(removed, kOpen)) +
      message(2, R"("rc":[{"ltp":15.0,"id":12}])") +
      message(3, definition(runner(11, "WINNER", R"(,"bsp":2.42)") + "," + runner(12, "REMOVED"),
                            kClosed)));
  const writ_reduction& reduction = *got.get<writ_reduction>();
  EXPECT_EQ(reduction.instrument, 2U);
  EXPECT_EQ(reduction.factor, 13'150'000'000);
  EXPECT_EQ(reduction.market, static_cast<std::uint32_t>(WRIT_REDUCTION_WIN));
  EXPECT_EQ(reduction.market_group, got.get<writ_instrument>()->market_group);
  EXPECT_EQ(got.get<writ_reduction>(1), nullptr);
  EXPECT_EQ(got.get<writ_settlement>(0)->result, static_cast<std::uint32_t>(WRIT_SETTLED_VOID));
  const writ_settlement& winner = *got.get<writ_settlement>(1);
  EXPECT_EQ(winner.instrument, 1U);
  EXPECT_EQ(winner.result, static_cast<std::uint32_t>(WRIT_SETTLED_WINNER));
  EXPECT_EQ(winner.starting_price, 2'420'000'000);
  EXPECT_EQ(winner.places, 1U);
  EXPECT_EQ(winner.tied, 1U);
  EXPECT_EQ(got.get<writ_settlement>(2), nullptr);
}

TEST(BetfairImport, MoreWinnersThanPlacesTieAndAResultTakenBackIsReversed) {
  const Imported got =
      imported(message(0, definition(kTwo, kOpen)) +
               message(1, definition(runner(11, "WINNER") + "," + runner(12, "WINNER"), kClosed)) +
               message(2, definition(runner(11, "WINNER") + "," + runner(12, "LOSER"), kClosed)));
  EXPECT_EQ(got.get<writ_settlement>(0)->tied, 2U);
  EXPECT_EQ(got.get<writ_settlement>(1)->tied, 2U);
  EXPECT_EQ(got.get<writ_settlement>(2)->result, static_cast<std::uint32_t>(WRIT_SETTLED_REVERSED));
  EXPECT_EQ(got.get<writ_settlement>(2)->instrument, 2U);
  EXPECT_EQ(got.get<writ_settlement>(3)->result, static_cast<std::uint32_t>(WRIT_SETTLED_LOSER));
}

TEST(BetfairImport, FilesOfSeveralMarketsAreOneTapeByTime) {
  InputFiles files;
  std::string other =
      message(1, definition(kTwo, kOpen)) + message(5, R"("rc":[{"ltp":2,"id":11}])");
  for (std::size_t at; (at = other.find("1.5")) != std::string::npos;) other.replace(at, 3, "1.6");
  Imported got;
  importer({files.gzip("1.6.gz", other),
            files.plain("1.5", message(0, definition(kTwo, kOpen)) +
                                   message(9, R"("rc":[{"ltp":3,"id":11}])"))})(got);
  EXPECT_EQ(got.report.instruments.size(), 4U);
  EXPECT_EQ(got.get<writ_trade>(0)->instrument, 3U);
  EXPECT_EQ(got.get<writ_trade>(1)->instrument, 1U);
}

std::filesystem::path bzip2(InputFiles& files, const std::string& name, std::string text) {
  std::string packed(text.size() + text.size() / 100 + 700, '\0');
  auto size = static_cast<unsigned>(packed.size());
  EXPECT_EQ(BZ2_bzBuffToBuffCompress(packed.data(), &size, text.data(),
                                     static_cast<unsigned>(text.size()), 1, 0, 0),
            BZ_OK);
  return files.plain(name, packed.substr(0, size));
}

TEST(BetfairImport, ReadsBzip2OfOneOrSeveralStreamsAndRefusesOneThatIsCut) {
  InputFiles files;
  std::string text = message(0, definition(kTwo, kOpen));
  for (int i = 1; i < 5000; ++i) text += message(i, R"("rc":[{"ltp":2.5,"id":11}])");
  const auto path = bzip2(files, "1.5.bz2", text);
  Imported got;
  importer({path})(got);
  EXPECT_EQ(got.report.lines, 5000U);

  std::ofstream(path, std::ios::binary | std::ios::app)
      << std::ifstream(bzip2(files, "more", message(6000, R"("rc":[{"ltp":2.6,"id":11}])")),
                       std::ios::binary)
             .rdbuf();
  Imported longer;
  importer({path})(longer);
  EXPECT_EQ(longer.report.lines, 5001U);
  EXPECT_EQ(longer.get<writ_trade>(4999)->price, 2'600'000'000);

  files.cut(path, std::filesystem::file_size(path) / 2);
  EXPECT_THROW(importer({path})(got), base::InputError);
  try {
    importer({path})(got);
  } catch (const base::InputError& error) {
    EXPECT_NE(std::string(error.what()).find("end too early"), std::string::npos) << error.what();
  }
}

TEST(BetfairImport, RefusesBadLinesWithFileAndLine) {
  InputFiles files;
  const std::string good = message(0, definition(kTwo, kOpen));
  const auto refused = [&](const std::string& line, const std::string& what) {
    expect_refused(importer({files.plain("1.5", good + line)}), 2, what);
  };
  refused("{\"op\":\"mcm\",\"pt\":1576840\n", "not JSON");
  refused("nonsense\n", "not JSON");
  refused(R"({"op":"ocm","pt":1576840503573,"oc":[]})"
          "\n",
          "op is `ocm`");
  refused(R"({"op":"mcm","mc":[]})"
          "\n",
          "the message has no pt");
  refused(R"({"op":"mcm","pt":1576840503573000,"mc":[]})"
          "\n",
          "2:18: pt is not in ms");
  refused(message(-1, R"("rc":[{"ltp":2,"id":11}])"), "the time goes back by 1000000 ns");
  refused(message(1, R"("rc":[{"ltp":2,"id":13}])"), "runner 13 is not in the definition");
  refused(message(1, R"("rc":[{"ltp":-2,"id":11}])"), "ltp is not positive");
  refused(message(1, R"("rc":[{"ltp":"x","id":11}])"), "ltp is no exact decimal: `\"x\"`");
  refused(message(1, R"("rc":[{"atb":[[1.5]],"id":11}])"), "a level is not a price and a size");
  refused(message(1, R"("rc":[{"atb":[[1.5,-1]],"id":11}])"), "a price or size is negative");
  refused(message(1, R"("rc":[{"batb":[[0,1.5]],"id":11}])"), "a rung is not");
  refused(message(1, definition(kTwo, R"("status":"ODD","inPlay":false,"betDelay":0)")),
          "the market's status is unknown: `ODD`");
  refused(message(1, definition(kTwo, kOpen)).substr(0, 120) + "\n", "not JSON");
  expect_refused(importer({files.plain("1.5", message(0, R"("rc":[{"ltp":2,"id":11}])"))}), 1,
                 "market 1.5 changes before its definition");
  expect_refused(importer({files.plain("1.5", good)}, {.venue = BinanceVenue::kUsdm}), 0,
                 "no venue, base or quote is taken");
}

}  // namespace
}  // namespace writ::feed
