#include "host/feed/simulated_market.hpp"

#include "host/base/crc32c.hpp"
#include "host/market/markets.hpp"
#include "tests/unit/market/market_records.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace writ::feed {
namespace {

using market::Side;
using test::IncidentLog;
using test::kSecondNs;
using test::OwnedRecord;

SimulatedOptions wild(std::uint64_t seed) {
  SimulatedOptions options;
  options.seed = seed;
  options.duration_ns = 60 * kSecondNs;
  options.events_per_second = 200;
  SimulatedInstrument perp;
  perp.market = "ETHUSDT-PERP";
  perp.base = "ETH";
  perp.kind = WRIT_KIND_PERP;
  perp.price = 2'500'000'000'000;
  perp.tick = 10'000'000;
  options.instruments.push_back(perp);
  options.gap = 3'000;
  options.one_sided = 2'000;
  options.sweep = 20'000;
  options.crossed = 2'000;
  options.clock_offset = 500;
  return options;
}

std::vector<OwnedRecord> run(SimulatedMarket& market) {
  std::vector<OwnedRecord> records;
  while (market.next_ts()) records.emplace_back(market.take());
  return records;
}

std::string bytes_of(const OwnedRecord& record) {
  const auto bytes = model::bytes_of(record.get());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A book kept in the plainest way there is: no sync rule, no vector.
struct ReferenceBook {
  std::map<std::int64_t, std::int64_t> bids;
  std::map<std::int64_t, std::int64_t> asks;
  std::uint64_t id = 0;
  bool in_sync = false;

  void take(const writ_record& record) {
    if (const auto* image = model::as<writ_book_snapshot>(record)) {
      bids.clear();
      asks.clear();
      set(model::tail_array<writ_level>(*image, image->bid_count + image->ask_count),
          image->bid_count);
      id = image->last_id;
      in_sync = true;
    } else if (const auto* delta = model::as<writ_book_delta>(record)) {
      if (in_sync && delta->first_id != id + 1) in_sync = false;
      if (!in_sync) return;
      set(model::tail_array<writ_level>(*delta, delta->bid_count + delta->ask_count),
          delta->bid_count);
      id = delta->last_id;
    }
  }
  void set(std::span<const writ_level> levels, std::size_t bid_count) {
    for (std::size_t i = 0; i < levels.size(); ++i) {
      auto& side = i < bid_count ? bids : asks;
      if (levels[i].quantity == 0) {
        side.erase(levels[i].price);
      } else {
        side[levels[i].price] = levels[i].quantity;
      }
    }
  }
};

void expect_equal(const market::Book& book, const ReferenceBook& reference) {
  ASSERT_EQ(book.depth(Side::kBid), reference.bids.size());
  ASSERT_EQ(book.depth(Side::kAsk), reference.asks.size());
  auto bid = reference.bids.rbegin();
  book.for_each(Side::kBid, [&](const writ_level& level) {
    EXPECT_EQ(level.price, bid->first);
    EXPECT_EQ(level.quantity, bid->second);
    ++bid;
    return !testing::Test::HasFailure();
  });
  auto ask = reference.asks.begin();
  book.for_each(Side::kAsk, [&](const writ_level& level) {
    EXPECT_EQ(level.price, ask->first);
    EXPECT_EQ(level.quantity, ask->second);
    ++ask;
    return !testing::Test::HasFailure();
  });
  ASSERT_FALSE(testing::Test::HasFailure());
}

TEST(SimulatedMarket, BooksRebuiltFromItEqualAReferenceAfterEveryRecord) {
  std::uint64_t gaps = 0;
  std::uint64_t checks = 0;
  std::uint64_t one_sided = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SimulatedMarket simulated(wild(seed));
    market::Markets markets;
    IncidentLog log;
    std::map<std::uint32_t, ReferenceBook> references;
    std::uint64_t seq = 0;
    while (simulated.next_ts()) {
      OwnedRecord record(simulated.take());
      record.get().seq = ++seq;
      markets.apply(record.get(), log);
      const auto type = record.get().type;
      if (type != WRIT_RECORD_BOOK_SNAPSHOT && type != WRIT_RECORD_BOOK_DELTA) continue;
      const std::uint32_t instrument = record.fixed<writ_book_delta>().instrument;
      ReferenceBook& reference = references[instrument];
      reference.take(record.get());
      const auto view = markets.view(InstrumentId{instrument}, record.get().ingest_ts);
      ASSERT_EQ(view.in_sync, reference.in_sync);
      if (!reference.in_sync) continue;
      one_sided += reference.bids.empty() || reference.asks.empty() ? 1U : 0U;
      ASSERT_NO_FATAL_FAILURE(expect_equal(markets.book(InstrumentId{instrument}), reference));
    }
    for (const std::uint32_t instrument : {1U, 2U}) {
      const auto counters = markets.counters(InstrumentId{instrument});
      EXPECT_EQ(counters.top_mismatches, 0U);
      EXPECT_GT(counters.trades, 100U);
      gaps += counters.gaps;
      checks += counters.top_checks;
    }
    std::size_t open = 0;
    for (const auto& [instrument, reference] : references) open += reference.in_sync ? 0U : 1U;
    EXPECT_EQ(log.count(WRIT_INCIDENT_DATA_GAP), log.count(WRIT_INCIDENT_RESYNCED) + open);
    EXPECT_GT(log.count(WRIT_INCIDENT_CROSSED_BOOK), 0U);
    EXPECT_EQ(log.count(WRIT_INCIDENT_BAD_MESSAGE), 0U);
  }
  EXPECT_GT(gaps, 20U);
  EXPECT_GT(checks, 1000U);
  EXPECT_GT(one_sided, 50U);
}

TEST(SimulatedMarket, SameSeedSameRecordsAndAnotherSeedOthers) {
  SimulatedMarket a(wild(9));
  SimulatedMarket b(wild(9));
  SimulatedMarket c(wild(10));
  const auto first = run(a);
  const auto second = run(b);
  const auto third = run(c);
  ASSERT_EQ(first.size(), second.size());
  std::size_t equal_to_other_seed = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    ASSERT_EQ(bytes_of(first[i]), bytes_of(second[i])) << i;
    if (i < third.size() && bytes_of(first[i]) == bytes_of(third[i])) ++equal_to_other_seed;
  }
  EXPECT_LT(equal_to_other_seed, first.size() / 10);
}

TEST(SimulatedMarket, BeginsWithItsTablesAndTimesNeverGoBack) {
  SimulatedMarket simulated(wild(2));
  const auto records = run(simulated);
  EXPECT_TRUE(simulated.exhausted());
  const std::vector<std::uint16_t> tables = {
      WRIT_RECORD_ASSET,      WRIT_RECORD_ASSET,  WRIT_RECORD_ASSET, WRIT_RECORD_INSTRUMENT,
      WRIT_RECORD_INSTRUMENT, WRIT_RECORD_STREAM, WRIT_RECORD_STREAM};
  ASSERT_GT(records.size(), 5000U);
  std::int64_t last = 0;
  std::size_t offsets = 0;
  std::map<std::uint16_t, std::size_t> types;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const writ_record& record = records[i].get();
    if (i < tables.size()) {
      EXPECT_EQ(record.type, tables[i]) << i;
    }
    EXPECT_GE(record.ingest_ts, last);
    last = record.ingest_ts;
    ++types[record.type];
    offsets += record.event_ts - record.ingest_ts > kSecondNs ? 1U : 0U;
  }
  EXPECT_GT(types[WRIT_RECORD_TRADE], 500U);
  EXPECT_GT(types[WRIT_RECORD_MARK_PRICE], 30U);
  EXPECT_GT(offsets, 0U);
  EXPECT_LE(last, SimulatedOptions{}.start_ts + 61 * kSecondNs);
  EXPECT_EQ(model::text_of(model::as<writ_instrument>(records[4].get())->market), "ETHUSDT-PERP");
}

TEST(SimulatedMarket, SweepTradesThroughSeveralLevelsAtOneInstant) {
  SimulatedOptions options = wild(4);
  options.instruments.resize(1);
  SimulatedMarket simulated(options);
  std::int64_t ts = 0;
  std::size_t prints = 0;
  std::size_t most = 0;
  for (const OwnedRecord& record : run(simulated)) {
    if (record.get().type != WRIT_RECORD_TRADE) continue;
    prints = record.get().ingest_ts == ts ? prints + 1 : 1;
    ts = record.get().ingest_ts;
    most = std::max(most, prints);
  }
  EXPECT_GE(most, 5U);
}

TEST(SimulatedMarket, GoesOnAfterFastForwardWithTheSameMarket) {
  SimulatedMarket whole(wild(6));
  const auto all = run(whole);
  const std::int64_t cut = SimulatedOptions{}.start_ts + 20 * kSecondNs;

  SimulatedMarket resumed(wild(6));
  resumed.fast_forward(cut);
  const auto rest = run(resumed);
  ASSERT_GT(rest.size(), 4U);
  EXPECT_EQ(model::as<writ_market_status>(rest[0].get())->status,
            static_cast<std::uint32_t>(WRIT_MARKET_DISCONNECTED));
  EXPECT_EQ(model::as<writ_market_status>(rest[1].get())->status,
            static_cast<std::uint32_t>(WRIT_MARKET_CONNECTED));
  EXPECT_EQ(rest[2].get().type, WRIT_RECORD_BOOK_SNAPSHOT);
  EXPECT_EQ(rest[3].get().type, WRIT_RECORD_BOOK_SNAPSHOT);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(rest[i].get().ingest_ts, cut);

  const auto after = std::find_if(all.begin(), all.end(), [cut](const OwnedRecord& record) {
    return record.get().ingest_ts > cut;
  });
  ASSERT_EQ(static_cast<std::size_t>(all.end() - after), rest.size() - 4);
  for (std::size_t i = 4; i < rest.size(); ++i) {
    ASSERT_EQ(bytes_of(rest[i]), bytes_of(*(after + static_cast<std::ptrdiff_t>(i) - 4))) << i;
  }
}

TEST(SimulatedMarket, BookIsContinuousAcrossAFastForward) {
  const std::int64_t cut = SimulatedOptions{}.start_ts + 20 * kSecondNs;
  SimulatedOptions options = wild(8);
  options.gap = 0;
  market::Markets markets;
  IncidentLog log;
  SimulatedMarket before(options);
  while (*before.next_ts() <= cut) markets.apply(OwnedRecord(before.take()).get(), log);
  SimulatedMarket after(options);
  after.fast_forward(cut);
  while (after.next_ts()) markets.apply(OwnedRecord(after.take()).get(), log);
  EXPECT_EQ(log.count(WRIT_INCIDENT_DATA_GAP), 0U);
  EXPECT_EQ(log.count(WRIT_INCIDENT_TOP_MISMATCH), 0U);
  EXPECT_TRUE(markets.view(InstrumentId{1}, 0).in_sync);
}

// The records of a seed are a contract: demos and documents show their figures.
TEST(SimulatedMarket, RecordsOfSeedOneDoNotChange) {
  SimulatedOptions options;
  options.duration_ns = 10 * kSecondNs;
  SimulatedMarket simulated(options);
  std::uint32_t checksum = 0;
  for (const OwnedRecord& record : run(simulated)) {
    const std::string bytes = bytes_of(record);
    checksum = base::crc32c(std::as_bytes(std::span{bytes}), checksum);
  }
  EXPECT_EQ(checksum, 718002889U);
}

}  // namespace
}  // namespace writ::feed
