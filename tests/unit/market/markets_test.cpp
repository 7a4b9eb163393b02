#include "host/market/markets.hpp"

#include "tests/unit/market/market_records.hpp"

#include <writ/abi/journal.h>
#include <writ/ids.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace writ::market {
namespace {

using test::IncidentLog;
using test::kSecondNs;
using test::make_image;
using test::make_top;
using test::make_trade;
using test::spot;

constexpr InstrumentId kFirst{1};
constexpr std::int64_t kMs = 1'000'000;

struct Fixture {
  explicit Fixture(MarketsOptions options = {}) : markets(options) {
    markets.on_instrument(test::make_instrument(1, "binance_spot", "ETHUSDT"));
  }

  Change apply(test::OwnedRecord record) {
    record.get().seq = ++seq;
    markets.on_time(record.get().ingest_ts, log);
    return markets.apply(record.get(), log);
  }
  Change status(std::uint32_t what, std::int64_t ts, std::uint32_t instrument = 1,
                std::uint16_t stream = 0) {
    auto record = model::make_record<writ_market_status>();
    record.header.ingest_ts = ts;
    record.header.event_ts = ts;
    record.header.stream = stream;
    record.instrument = instrument;
    record.status = what;
    return apply(test::OwnedRecord(record.header));
  }
  void stream(std::uint32_t number, std::uint32_t instrument, const char* source) {
    auto record = model::make_record<writ_stream>();
    record.stream = number;
    record.instrument = instrument;
    ASSERT_TRUE(model::set_text(record.source, source));
    apply(test::OwnedRecord(record.header));
  }
  [[nodiscard]] MarketView view(std::int64_t now = 0) const { return markets.view(kFirst, now); }

  Markets markets;
  IncidentLog log;
  std::uint64_t seq = 0;
};

TEST(Markets, ShowsTheBookOnceAnImageCame) {
  Fixture f;
  EXPECT_FALSE(f.view().tradable());
  EXPECT_EQ(f.view().bid_price, WRIT_NONE);
  EXPECT_TRUE(f.apply(make_image(100, {{10, 1}}, {{12, 2}}, 5)).top_changed);
  const MarketView view = f.view(7);
  EXPECT_TRUE(view.tradable());
  EXPECT_EQ(view.bid_price, 10);
  EXPECT_EQ(view.ask_quantity, 2);
  EXPECT_EQ(view.last_update_ts, 5);
  EXPECT_EQ(view.age_ns, 2);
  EXPECT_TRUE(f.log.incidents.empty());
}

TEST(Markets, SaysWhetherTheTopChanged) {
  Fixture f;
  f.apply(make_image(100, {{10, 1}, {9, 1}}, {{12, 2}}));
  EXPECT_FALSE(f.apply(spot(101, 101, {{9, 5}})).top_changed);   // below the top
  EXPECT_FALSE(f.apply(spot(102, 102, {{10, 1}})).top_changed);  // same quantity
  EXPECT_TRUE(f.apply(spot(103, 103, {{10, 2}})).top_changed);
  EXPECT_TRUE(f.apply(spot(104, 104, {}, {{12, 0}})).top_changed);
  EXPECT_TRUE(f.apply(spot(106, 106, {})).top_changed);  // a gap: no longer usable
}

TEST(Markets, OneSidedBookHasNoneOnTheOtherSideAndStaysTradable) {
  Fixture f;
  f.apply(make_image(100, {{10, 1}}, {{12, 2}}));
  f.apply(spot(101, 101, {}, {{12, 0}}));
  EXPECT_EQ(f.view().ask_price, WRIT_NONE);
  EXPECT_EQ(f.view().ask_quantity, WRIT_NONE);
  EXPECT_EQ(f.view().bid_price, 10);
  EXPECT_TRUE(f.view().tradable());
  EXPECT_TRUE(f.log.incidents.empty());
}

TEST(Markets, ReportsAGapOnceWithItsIdsAndTheNextImage) {
  Fixture f;
  f.apply(make_image(100, {{10, 1}}, {{12, 2}}));
  f.apply(spot(103, 104, {{10, 5}}));
  f.apply(spot(109, 110, {{10, 6}}));
  ASSERT_EQ(f.log.incidents.size(), 1U);
  const auto& gap = f.log.incidents[0];
  EXPECT_EQ(gap.code, WRIT_INCIDENT_DATA_GAP);
  EXPECT_EQ(gap.threshold, 101U);
  EXPECT_EQ(gap.value, 103U);
  EXPECT_EQ(gap.cause_seq, 2U);
  EXPECT_EQ(gap.instrument, 1U);
  EXPECT_NE(gap.text.find("binance_spot/ETHUSDT"), std::string::npos);
  EXPECT_TRUE(f.view().gap);
  EXPECT_FALSE(f.view().tradable());
  EXPECT_EQ(f.view().bid_price, 10);  // the last continuous image, for marks

  f.apply(make_image(105, {{10, 5}}, {{12, 2}}));  // does not reach 109: still the same episode
  EXPECT_FALSE(f.view().tradable());
  EXPECT_EQ(f.log.incidents.size(), 1U);
  f.apply(make_image(109, {{10, 5}}, {{12, 2}}));
  EXPECT_TRUE(f.view().tradable());
  EXPECT_EQ(f.view().bid_quantity, 6);
  ASSERT_EQ(f.log.incidents.size(), 2U);
  EXPECT_EQ(f.log.incidents[1].code, WRIT_INCIDENT_RESYNCED);
  EXPECT_EQ(f.log.incidents[1].severity, WRIT_SEVERITY_INFO);
  EXPECT_EQ(f.markets.counters(kFirst).gaps, 1U);

  f.apply(spot(120, 120, {}));
  EXPECT_EQ(f.log.count(WRIT_INCIDENT_DATA_GAP), 2U);  // a new episode
}

TEST(Markets, ReportsACrossedBookOncePerEpisode) {
  Fixture f;
  f.apply(make_image(100, {{10, 1}}, {{12, 2}}));
  f.apply(spot(101, 101, {{12, 1}}));
  f.apply(spot(102, 102, {{13, 1}}));
  EXPECT_EQ(f.log.count(WRIT_INCIDENT_CROSSED_BOOK), 1U);
  EXPECT_TRUE(f.view().crossed);
  EXPECT_FALSE(f.view().tradable());
  f.apply(spot(103, 103, {{12, 0}, {13, 0}}));
  EXPECT_TRUE(f.view().tradable());
  f.apply(spot(104, 104, {{12, 1}}));
  EXPECT_EQ(f.log.count(WRIT_INCIDENT_CROSSED_BOOK), 2U);
}

TEST(Markets, ComparesTheVenuesTopWhereIdsCoincide) {
  Fixture f;
  const writ_level bid{10, 1};
  const writ_level ask{12, 2};
  f.apply(make_top(100, bid, ask));                // before any image
  f.apply(make_image(100, {{10, 1}}, {{12, 2}}));  // 1: reached by the image
  f.apply(make_top(100, bid, ask));                // 2: the book is there already
  f.apply(make_top(101, {10, 3}, ask));            // no book of that id ever
  f.apply(make_top(102, {10, 4}, ask));            // 3: reached by the change
  f.apply(spot(101, 102, {{10, 4}}));
  f.apply(make_top(99, {1, 1}, ask));  // too old to be checked
  EXPECT_EQ(f.markets.counters(kFirst).top_checks, 3U);
  EXPECT_EQ(f.markets.counters(kFirst).top_mismatches, 0U);
  EXPECT_TRUE(f.log.incidents.empty());
  EXPECT_FALSE(f.apply(make_top(500, {11, 1}, ask)).top_changed);  // never feeds the book
  EXPECT_EQ(f.view().bid_price, 10);
}

TEST(Markets, ReportsAMismatchWithTheVenuesTopOncePerEpisode) {
  Fixture f;
  f.apply(make_image(100, {{10, 1}}, {{12, 2}}));
  f.apply(make_top(100, {10, 9}, {12, 2}));
  f.apply(make_top(100, {10, 1}, {11, 2}));
  EXPECT_EQ(f.markets.counters(kFirst).top_mismatches, 2U);
  ASSERT_EQ(f.log.count(WRIT_INCIDENT_TOP_MISMATCH), 1U);
  EXPECT_EQ(f.log.incidents[0].value, 100U);
  f.apply(make_top(100, {10, 1}, {12, 2}));  // equal again: the episode is over
  f.apply(make_top(100, {10, 1}, {WRIT_NONE, WRIT_NONE}));
  EXPECT_EQ(f.log.count(WRIT_INCIDENT_TOP_MISMATCH), 2U);
}

TEST(Markets, ChecksTheTopAtIdsReachedWhileKeptChangesAreApplied) {
  Fixture f;
  f.apply(spot(101, 101, {{10, 2}}));
  f.apply(spot(102, 102, {{10, 3}}));
  f.apply(make_top(101, {10, 2}, {12, 2}));
  f.apply(make_top(102, {10, 3}, {12, 2}));
  f.apply(make_image(100, {{10, 1}}, {{12, 2}}));
  EXPECT_EQ(f.markets.counters(kFirst).top_checks, 2U);
  EXPECT_EQ(f.markets.counters(kFirst).top_mismatches, 0U);
}

TEST(Markets, ReportsAClockOffsetOncePerSourceAndEpisode) {
  Fixture f;
  f.stream(1, 1, "binance_spot_ws");
  f.stream(2, 1, "binance_spot_ws");
  f.stream(3, 1, "other");
  f.stream(4, 1, "binance_spot_ws");
  const auto event = [&](std::uint16_t stream, std::int64_t ts, std::int64_t offset) {
    auto trade = make_trade(WRIT_SIDE_BUY, 10, 1, ts);
    trade.get().stream = stream;
    trade.get().event_ts = ts + offset;
    f.apply(trade);
  };
  event(1, 0, kSecondNs);  // not more than the limit
  EXPECT_TRUE(f.log.incidents.empty());
  event(1, 1, kSecondNs + 7);
  event(2, 2, 2 * kSecondNs);   // same source
  event(4, 3, -9 * kSecondNs);  // late, not ahead: latency, no offset
  ASSERT_EQ(f.log.incidents.size(), 1U);
  EXPECT_EQ(f.log.incidents[0].code, WRIT_INCIDENT_CLOCK_OFFSET);
  EXPECT_EQ(f.log.incidents[0].value, 1'000'000'007U);
  EXPECT_NE(f.log.incidents[0].text.find("binance_spot_ws"), std::string::npos);
  event(3, 4, 2 * kSecondNs);
  EXPECT_EQ(f.log.incidents.size(), 2U);
  event(1, 59 * kSecondNs, 2 * kSecondNs);
  event(1, 118 * kSecondNs, 2 * kSecondNs);  // never calm for a minute
  EXPECT_EQ(f.log.incidents.size(), 2U);
  event(1, 179 * kSecondNs, 2 * kSecondNs);
  EXPECT_EQ(f.log.incidents.size(), 3U);
}

TEST(Markets, ReportsTimesThatGoBackOncePerSourceAndEpisode) {
  Fixture f;
  f.stream(1, 1, "binance_spot_ws");
  f.stream(2, 1, "binance_spot_ws");
  const auto event = [&](std::uint16_t stream, std::int64_t received, std::int64_t stamped) {
    auto trade = make_trade(WRIT_SIDE_BUY, 10, 1, received);
    trade.get().stream = stream;
    trade.get().event_ts = stamped;
    f.apply(trade);
  };
  event(1, 20 * kSecondNs, 20 * kSecondNs);
  event(2, 20 * kSecondNs, 10 * kSecondNs);  // each stream has times of its own
  event(1, 21 * kSecondNs, 19 * kSecondNs);  // by no more than the limit
  event(1, 22 * kSecondNs, WRIT_NONE);
  EXPECT_TRUE(f.log.incidents.empty());
  event(1, 23 * kSecondNs, 18 * kSecondNs - 1);
  ASSERT_EQ(f.log.incidents.size(), 1U);
  EXPECT_EQ(f.log.incidents[0].code, WRIT_INCIDENT_TIME_BACKWARDS);
  EXPECT_EQ(f.log.incidents[0].value, 1'000'000'001U);
  EXPECT_NE(f.log.incidents[0].text.find("binance_spot_ws"), std::string::npos);
  event(2, 24 * kSecondNs, 0);  // the same source, the same episode
  EXPECT_EQ(f.log.incidents.size(), 1U);
  event(1, 90 * kSecondNs, 0);
  EXPECT_EQ(f.log.incidents.size(), 2U);
}

TEST(Markets, AClockOffsetThatEndsIsNoTimeThatGoesBack) {
  Fixture f;
  f.stream(1, 1, "binance_spot_ws");
  const auto event = [&](std::int64_t received, std::int64_t stamped) {
    auto trade = make_trade(WRIT_SIDE_BUY, 10, 1, received);
    trade.get().stream = 1;
    trade.get().event_ts = stamped;
    f.apply(trade);
  };
  event(20 * kSecondNs, 20 * kSecondNs);
  event(21 * kSecondNs, 23 * kSecondNs);
  event(22 * kSecondNs, 21 * kSecondNs);
  ASSERT_EQ(f.log.incidents.size(), 1U);
  EXPECT_EQ(f.log.incidents[0].code, WRIT_INCIDENT_CLOCK_OFFSET);
}

TEST(Markets, ReportsAStaleBookOnceWhenCoreTimePasses) {
  Fixture f({.stale_ns = 100 * kMs});
  f.apply(make_image(100, {{10, 1}}, {{12, 2}}, kMs));
  f.markets.on_time(101 * kMs, f.log);
  EXPECT_TRUE(f.log.incidents.empty());
  EXPECT_TRUE(f.view(101 * kMs).tradable());
  EXPECT_TRUE(f.view(101 * kMs + 1).stale);
  f.markets.on_time(101 * kMs + 1, f.log);
  f.markets.on_time(900 * kMs, f.log);
  ASSERT_EQ(f.log.incidents.size(), 1U);
  EXPECT_EQ(f.log.incidents[0].code, WRIT_INCIDENT_STALE_FEED);
  EXPECT_EQ(f.log.incidents[0].value, 100'000'001U);
  EXPECT_FALSE(f.view(900 * kMs).tradable());
  // A trade or the venue's top is no proof that the book is fresh.
  f.apply(make_trade(WRIT_SIDE_BUY, 10, 1, 950 * kMs));
  EXPECT_TRUE(f.view(950 * kMs).stale);
  f.apply(spot(101, 101, {{10, 2}}, {}, 960 * kMs));
  EXPECT_TRUE(f.view(960 * kMs).tradable());
  f.markets.on_time(2000 * kMs, f.log);
  EXPECT_EQ(f.log.count(WRIT_INCIDENT_STALE_FEED), 2U);
}

TEST(Markets, ReportsAtTheEndWhichBookNeverBecameTradable) {
  Fixture f;
  f.markets.on_instrument(test::make_instrument(2, "binance_spot", "BTCUSDT"));
  f.apply(make_image(100, {{10, 1}}, {{12, 2}}));
  f.markets.finish(f.log);
  f.markets.finish(f.log);
  ASSERT_EQ(f.log.incidents.size(), 1U);
  EXPECT_EQ(f.log.incidents[0].code, WRIT_INCIDENT_NEVER_TRADABLE);
  EXPECT_EQ(f.log.incidents[0].instrument, 2U);
}

TEST(Markets, DamagedBookRecordIsOneIncidentAndNoTrading) {
  Fixture f;
  f.apply(make_image(100, {{10, 1}}, {{12, 2}}));
  auto damaged = spot(101, 101, {{10, 5}});
  damaged.fixed<writ_book_delta>().ask_count = 77;
  f.apply(damaged);
  EXPECT_EQ(f.log.count(WRIT_INCIDENT_BAD_MESSAGE), 1U);
  EXPECT_FALSE(f.view().tradable());
}

TEST(Markets, RecordOfAnUnknownInstrumentIsOneIncident) {
  Fixture f;
  auto trade = make_trade(WRIT_SIDE_BUY, 10, 1);
  trade.fixed<writ_trade>().instrument = 9;
  EXPECT_EQ(f.apply(trade).instrument, 0U);
  f.apply(trade);
  EXPECT_EQ(f.log.count(WRIT_INCIDENT_BAD_MESSAGE), 1U);
}

TEST(Markets, StatusClosesSuspendsAndOpens) {
  Fixture f;
  f.apply(make_image(100, {{10, 1}}, {{12, 2}}));
  EXPECT_TRUE(f.status(WRIT_MARKET_SUSPENDED, 1).status_changed);
  EXPECT_FALSE(f.view(1).open);
  EXPECT_FALSE(f.status(WRIT_MARKET_SUSPENDED, 2).status_changed);
  EXPECT_TRUE(f.status(WRIT_MARKET_OPEN, 3).status_changed);
  EXPECT_TRUE(f.view(3).tradable());
  f.status(WRIT_MARKET_CLOSED, 4);
  EXPECT_FALSE(f.view(4).tradable());
}

TEST(Markets, DisconnectedSourceTakesAllItsBooksOutOfSync) {
  Fixture f;
  f.markets.on_instrument(test::make_instrument(2, "other", "X"));
  f.stream(1, 1, "a");
  f.stream(2, 2, "b");
  f.apply(make_image(100, {{10, 1}}, {{12, 2}}));
  auto other = make_image(5, {{10, 1}}, {{12, 2}});
  other.fixed<writ_book_snapshot>().instrument = 2;
  f.apply(other);
  const Change change = f.status(WRIT_MARKET_DISCONNECTED, 1, 0, 1);
  EXPECT_EQ(change.instrument, 0U);
  EXPECT_TRUE(change.status_changed);
  EXPECT_FALSE(f.markets.view(kFirst, 1).tradable());
  EXPECT_TRUE(f.markets.view(InstrumentId{2}, 1).tradable());
  f.status(WRIT_MARKET_CONNECTED, 2, 0, 1);
  f.apply(make_image(7, {{10, 1}}, {{12, 2}}, 3));  // ids may begin anew
  EXPECT_TRUE(f.view(3).tradable());
  EXPECT_TRUE(f.log.incidents.empty());
}

TEST(Markets, KeepsLastTradeAndMark) {
  Fixture f;
  EXPECT_TRUE(f.apply(make_trade(WRIT_SIDE_SELL, 10, 3, 8)).traded);
  auto mark = model::make_record<writ_mark_price>();
  mark.instrument = 1;
  mark.mark = 11;
  mark.index = WRIT_NONE;
  mark.funding_rate = 5;
  mark.next_funding_ts = 9;
  f.apply(test::OwnedRecord(mark.header));
  const MarketView view = f.view(8);
  EXPECT_EQ(view.last_trade_price, 10);
  EXPECT_EQ(view.last_trade_quantity, 3);
  EXPECT_EQ(view.last_trade_ts, 8);
  EXPECT_EQ(view.last_trade_side, WRIT_SIDE_SELL);
  EXPECT_EQ(view.mark_price, 11);
  EXPECT_EQ(view.index_price, WRIT_NONE);
  EXPECT_EQ(view.funding_rate, 5);
}

TEST(Markets, SettlementAndTickChangeReachTheInstrument) {
  Fixture f;
  f.apply(make_image(100, {{10, 1}}, {{12, 2}}));
  auto tick = model::make_record<writ_tick_change>();
  tick.instrument = 1;
  tick.tick = 123;
  EXPECT_TRUE(f.apply(test::OwnedRecord(tick.header)).status_changed);
  EXPECT_EQ(f.markets.instrument(kFirst).tick, 123);
  auto settlement = model::make_record<writ_settlement>();
  settlement.instrument = 1;
  settlement.result = WRIT_SETTLED_PAYOUT;
  EXPECT_TRUE(f.apply(test::OwnedRecord(settlement.header)).status_changed);
  EXPECT_FALSE(f.view().open);
}

// Feeds a history with every kind of episode, up to `until` records.
void feed(Fixture& f, int from, int until) {
  for (int i = from; i < until; ++i) {
    const auto id = static_cast<std::uint64_t>(100 + i);
    const std::int64_t ts = i * 400 * kMs;
    if (i % 97 == 0) {
      f.apply(make_image(id, {{10, 1}, {9, 2}}, {{12, 2}, {13, 2}}, ts));
    } else if (i % 41 == 0) {
      f.apply(spot(id + 3, id + 3, {{10, 5}}, {}, ts));  // a gap
    } else if (i % 13 == 0) {
      f.apply(make_top(id + 2, {10, 1}, {12, 2}, ts));
    } else if (i % 7 == 0) {
      f.apply(make_trade(i % 2 == 0 ? WRIT_SIDE_BUY : WRIT_SIDE_SELL, 10, 1 + i, ts));
    } else if (i % 23 == 0) {
      f.apply(spot(id - 3, id, {{12, 1}}, {}, ts));  // crosses
    } else {
      f.apply(spot(id - 3, id, {{10, 1 + i % 5}, {11, i % 3}, {12, 0}}, {{12, 1 + i % 4}}, ts));
    }
  }
}

TEST(Markets, LoadedStateGoesOnAsTheSavedOneAtAnyPoint) {
  FeatureOptions features;
  features.toxicity_bucket = 20;
  features.toxicity_buckets = 4;
  features.spread_samples = 30;
  features.follow_moves = 3;
  const MarketsOptions options{.stale_ns = 700 * kMs, .features = features};
  constexpr int kLength = 400;
  Fixture whole(options);
  whole.stream(1, 1, "a");
  feed(whole, 0, kLength);
  ASSERT_GT(whole.log.count(WRIT_INCIDENT_DATA_GAP), 2U);
  ASSERT_GT(whole.log.count(WRIT_INCIDENT_CROSSED_BOOK), 0U);
  ASSERT_GT(whole.log.count(WRIT_INCIDENT_STALE_FEED), 2U);
  ASSERT_GT(whole.log.count(WRIT_INCIDENT_TOP_MISMATCH), 0U);
  const auto expected = whole.markets.save();

  for (int cut = 1; cut < kLength; cut += 23) {
    Fixture first(options);
    first.stream(1, 1, "a");
    feed(first, 0, cut);
    const auto saved = first.markets.save();
    Fixture second(options);
    ASSERT_TRUE(second.markets.load(saved)) << cut;
    EXPECT_EQ(second.markets.save(), saved) << cut;
    second.seq = first.seq;
    feed(second, cut, kLength);
    EXPECT_EQ(second.markets.save(), expected) << cut;
    EXPECT_EQ(first.log.incidents.size() + second.log.incidents.size(), whole.log.incidents.size())
        << cut;
  }
}

TEST(Markets, RefusesDamagedState) {
  Fixture f;
  feed(f, 0, 150);
  const auto saved = f.markets.save();
  for (std::size_t cut = 0; cut < saved.size(); cut += 11) {
    Markets markets;
    EXPECT_FALSE(markets.load(std::span(saved).first(cut))) << cut;
    EXPECT_TRUE(markets.instruments().empty());
  }
  auto longer = saved;
  longer.push_back(std::byte{0});
  Markets markets;
  EXPECT_FALSE(markets.load(longer));
}

}  // namespace
}  // namespace writ::market
