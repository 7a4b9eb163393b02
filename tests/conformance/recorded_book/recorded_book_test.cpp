// The book rebuilt from Binance's recorded diff depth against the bookTicker recorded beside it.

#include "host/feed/import.hpp"
#include "host/market/markets.hpp"
#include "tests/support/vectors.hpp"
#include "tests/unit/market/market_records.hpp"

#include <writ/abi/journal.h>
#include <writ/ids.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace writ::feed {
namespace {

using market::Markets;
using test::IncidentLog;

struct Tape {
  ImportReport report;
  Markets markets;
  IncidentLog incidents;
  market::MarketView last_view;
};

// Imports the captures straight into the markets, as the sequencer would feed them.
Tape rebuild(const std::filesystem::path& data, const std::vector<std::string>& names) {
  std::vector<std::filesystem::path> files;
  for (const std::string& name : names) {
    files.push_back(data / "binance_feed" / "hftbacktest" / (name + ".jsonl.gz"));
  }
  Tape tape;
  std::uint64_t seq = 0;
  tape.report = import_binance_stream(files, {}, [&](const writ_record& record) {
    test::OwnedRecord owned(record);
    owned.get().seq = ++seq;
    tape.markets.on_time(record.ingest_ts, tape.incidents);
    tape.markets.apply(owned.get(), tape.incidents);
  });
  tape.last_view = tape.markets.view(InstrumentId{1}, tape.report.last_ts);
  tape.markets.finish(tape.incidents);
  return tape;
}

void expect_equal_to_ticker(const std::vector<std::string>& names, const std::string& instrument,
                            std::uint64_t coincidences) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  const Tape tape = rebuild(*data, names);

  ASSERT_EQ(tape.report.instruments, std::vector<std::string>{instrument});
  const auto counters = tape.markets.counters(InstrumentId{1});
  EXPECT_EQ(counters.top_checks, coincidences);
  EXPECT_EQ(counters.top_mismatches, 0U);
  EXPECT_EQ(counters.gaps, 0U);
  EXPECT_EQ(tape.incidents.count(WRIT_INCIDENT_DATA_GAP), 0U);
  EXPECT_EQ(tape.incidents.count(WRIT_INCIDENT_CROSSED_BOOK), 0U);
  EXPECT_EQ(tape.incidents.count(WRIT_INCIDENT_NEVER_TRADABLE), 0U);
  EXPECT_TRUE(tape.last_view.tradable());
  EXPECT_TRUE(tape.report.unknown.empty());
}

TEST(RecordedBook, EqualsTickerOfSpotEth) {
  expect_equal_to_ticker({"spot_ethusdt_20240808", "spot_ethusdt_20240809"}, "binance_spot/ETHUSDT",
                         1056);
}

TEST(RecordedBook, EqualsTickerOfUsdmBtc2023) {
  expect_equal_to_ticker({"usdm_btcusdt_20230404"}, "binance_usdm/BTCUSDT", 310);
}

TEST(RecordedBook, EqualsTickerOfUsdmBtc2024) {
  expect_equal_to_ticker({"usdm_btcusdt_20240718", "usdm_btcusdt_20240719"}, "binance_usdm/BTCUSDT",
                         625);
}

TEST(RecordedBook, EqualsTickerOfUsdmEth2024) {
  expect_equal_to_ticker({"usdm_ethusdt_20240718", "usdm_ethusdt_20240719"}, "binance_usdm/ETHUSDT",
                         834);
}

TEST(RecordedBook, NeverBecomesTradableWithoutImage) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  const Tape tape = rebuild(*data, {"spot_btcusdt_20230405"});

  const auto counters = tape.markets.counters(InstrumentId{1});
  EXPECT_FALSE(counters.ever_in_sync);
  EXPECT_EQ(counters.trades, 3144U);
  EXPECT_FALSE(tape.last_view.tradable());
  EXPECT_EQ(tape.incidents.count(WRIT_INCIDENT_NEVER_TRADABLE), 1U);
  EXPECT_EQ(tape.incidents.count(WRIT_INCIDENT_DATA_GAP), 0U);
  EXPECT_EQ(tape.report.records.at(WRIT_RECORD_BOOK_DELTA), 3929U);
}

TEST(RecordedBook, ReportsClockOffsetOnceForEventsStampedAfterReceipt) {
  const auto data = test::data_folder();
  if (!data) GTEST_SKIP() << "WRIT_DATA is not set";
  const Tape tape = rebuild(*data, {"usdm_btcusdt_20240718", "usdm_btcusdt_20240719"});
  EXPECT_EQ(tape.incidents.count(WRIT_INCIDENT_CLOCK_OFFSET), 1U);
}

}  // namespace
}  // namespace writ::feed
