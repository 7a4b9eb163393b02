// The named queries on runs whose figures were worked out by hand.
#include "host/base/input_error.hpp"
#include "host/storage/named_queries.hpp"
#include "tests/unit/storage/testing.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace writ::storage::test {
namespace {

using Lines = std::vector<std::string>;

// The rows as their values joined by `|`, null as `-`.
Lines answer(Database& database, std::string_view name,
             const std::map<std::string, std::string>& arguments = {},
             const std::string& run = "") {
  const NamedQuery* query = named_query(name);
  EXPECT_NE(query, nullptr) << name;
  const auto found = ask(database, *query, run, arguments);
  EXPECT_TRUE(found) << database.last_error();
  Lines lines;
  for (const QueryRow& row : *found) {
    EXPECT_EQ(row.size(), query->columns.size());
    std::string& line = lines.emplace_back();
    for (const auto& cell : row) line += (line.empty() ? "" : "|") + cell.value_or("-");
  }
  return lines;
}

class Queries : public ::testing::Test {
 protected:
  Queries() {
    SampleRun run;
    run.whole();
    project(*database_, run);
  }
  std::unique_ptr<Database> database_ = fresh_database();
};

// Bought 2 at 100 with a fee of 0.2, sold at 101 with 0.202: 2 - 0.402.
TEST_F(Queries, DailyPnlSumsExactly) {
  EXPECT_EQ(answer(*database_, "daily_pnl"),
            (Lines{"2023-11-14|mm|MAIN|USDT|2|0|-0.402|0|0|1.598"}));
}

// Records are 1 ms apart: order, acknowledgement, fill.
TEST_F(Queries, LatencyAndTimeToFillAreNearestRanks) {
  EXPECT_EQ(answer(*database_, "latency"),
            (Lines{"mm|ack_to_fill|2|1000000|1000000|1000000|1000000",
                   "mm|submit_to_ack|2|1000000|1000000|1000000|1000000",
                   "mm|submit_to_fill|2|2000000|2000000|2000000|2000000"}));
  EXPECT_EQ(answer(*database_, "time_to_fill"),
            (Lines{"mm|first_fill|2|2000000|2000000|2000000|2000000",
                   "mm|last_fill|2|2000000|2000000|2000000|2000000"}));
}

TEST_F(Queries, RunIsAskedForByNumberOrId) {
  EXPECT_EQ(answer(*database_, "fill_rates", {}, "1"), (Lines{"mm|2|2|1|1|0|0|0|0"}));
  EXPECT_EQ(answer(*database_, "fill_rates", {}, SampleRun().run_id()),
            (Lines{"mm|2|2|1|1|0|0|0|0"}));
  EXPECT_THROW(answer(*database_, "fill_rates", {}, "2"), base::InputError);
}

TEST_F(Queries, TraceReachesFromTheFillToTheSnapshotAndTheResult) {
  const auto fill = row(*database_, "SELECT MAX(fill_id) FROM order_fill");
  const auto order = row(*database_, "SELECT MAX(order_id) FROM order_request");
  const auto by_fill = answer(*database_, "trace", {{"id", fill}});
  ASSERT_EQ(by_fill.size(), 1u);
  EXPECT_NE(by_fill[0].find("|mm|PlaceOrder|SELL|100|2|99.99|100.01|"), std::string::npos);
  EXPECT_NE(by_fill[0].find("|101|2|0.202|2|USDT|"), std::string::npos);
  EXPECT_EQ(answer(*database_, "trace", {{"id", order}}), by_fill);
  EXPECT_EQ(answer(*database_, "trace", {{"id", "wr1-" + order}}), by_fill);
  EXPECT_TRUE(answer(*database_, "trace", {{"id", "1"}}).empty());
}

// Three orders: one filled in part and cancelled, one filled, one rejected; 1 + 2 of 6 filled.
TEST(QueriesOfOrders, RatesAreOfThoseSubmitted) {
  SampleRun run;
  run.begin().deposit("10000");
  const auto order = [&run](std::uint16_t state, std::string_view filled) {
    const auto intent = run.intent(run.snapshot());
    auto made = run.make_order(intent, run.verdict(intent));
    made.order_id = run.id(run.next_seq());
    run.add(made);
    if (filled != "0") {
      auto fill = run.make_fill(made.order_id);
      fill.quantity = nano(filled);
      run.add(fill);
    }
    made.state = state;
    run.add(made);
  };
  order(WRIT_ORDER_CANCELLED, "1");
  order(WRIT_ORDER_FILLED, "2");
  order(WRIT_ORDER_REJECTED, "0");
  run.stop();
  const auto database = fresh_database();
  project(*database, run);
  EXPECT_EQ(answer(*database, "fill_rates"),
            (Lines{"mm|3|1|0.333333333|0.5|0|0.333333333|0.333333333|0.333333333"}));
}

TEST(QueriesOfOrders, VetoesAreCountedByReason) {
  SampleRun run;
  run.begin().deposit("10000");
  for (int i = 0; i < 3; ++i) run.verdict(run.intent(run.snapshot()), false);
  auto other = run.make_verdict(run.intent(run.snapshot()), false);
  other.reason = WRIT_REASON_EXPIRED;
  other.detail = WRIT_CHECK_TTL;
  run.add(other);
  run.verdict(run.intent(run.snapshot()));
  const auto database = fresh_database();
  project(*database, run);
  EXPECT_EQ(answer(*database, "veto_counts"),
            (Lines{"mm|risk_veto|notional_within_cash|3", "mm|expired|ttl|1"}));
}

TEST(QueriesOfOrders, VetoesAreWorthWhatTheySavedLessWhatTheyCost) {
  SampleRun run;
  run.begin().deposit("10000");
  const auto mark = [&](std::uint64_t verdict, const char* pnl, std::uint16_t filled) {
    auto record = model::make_record<writ_veto_mark>();
    record.verdict_id = run.id(verdict);
    record.account = SampleRun::kAccount;
    record.asset = SampleRun::kUsdt;
    record.filled = filled;
    record.horizon_ns = 5'000'000'000;
    record.reference_price = nano("100");
    record.mark_price = nano("100");
    record.pnl = cash(pnl);
    run.add(record);
  };
  mark(run.verdict(run.intent(run.snapshot()), false), "-12.5", 1);
  mark(run.verdict(run.intent(run.snapshot()), false), "3", 1);
  mark(run.verdict(run.intent(run.snapshot()), false), "0", 0);
  run.stop();
  const auto database = fresh_database();
  project(*database, run);
  EXPECT_EQ(answer(*database, "veto_value"),
            (Lines{"mm|risk_veto|notional_within_cash|5000|USDT|3|2|12.5|3|9.5"}));
}

// The mid is 100 at both fills; a second after the first it has fallen to 99.9: 10 bps against the
// buy. After the last nothing is known but itself.
TEST(QueriesOfOrders, ToxicIsWhatTheMidMovedAgainst) {
  SampleRun run;
  run.begin().deposit("10000");
  run.trade(WRIT_SIDE_BUY, "2", "100", "0", "100");
  auto later = *reinterpret_cast<const writ_snapshot*>(&run.record(run.snapshot() - 1));
  later.bid_price = nano("99.89");
  later.ask_price = nano("99.91");
  later.feature_count = 0;
  later.signal_count = 0;
  run.add(later);
  run.stop();
  const auto database = fresh_database();
  project(*database, run);
  EXPECT_EQ(answer(*database, "toxic_rates", {{"seconds", "1"}, {"bps", "10"}}),
            (Lines{"mm|1|1|1|1"}));
  EXPECT_EQ(answer(*database, "toxic_rates", {{"seconds", "1"}, {"bps", "11"}}),
            (Lines{"mm|1|1|0|0"}));
  const auto fills = answer(*database, "toxic_fills");
  ASSERT_EQ(fills.size(), 1u);
  EXPECT_NE(fills[0].find("|mm|ETHUSDT|BUY|"), std::string::npos);
  EXPECT_NE(fills[0].find("|100|2|10"), std::string::npos);
}

// The orders and mids of V 04: the database says of them what its definition says.
TEST(QueriesOfOrders, GiveTheFiguresOfTheirDefinition) {
  struct Fill {
    std::int64_t ms;
    const char* price;
    const char* quantity;
  };
  struct Order {
    std::uint16_t side;
    const char* quantity;
    std::int64_t submitted_ms, acked_ms, ended_ms;  // 0 = never
    std::uint16_t state;
    std::vector<Fill> fills;
  };
  const std::vector<Order> orders = {
      {WRIT_SIDE_BUY,
       "100",
       1000,
       1040,
       1900,
       WRIT_ORDER_FILLED,
       {{1500, "0.50", "60"}, {1900, "0.49", "40"}}},
      {WRIT_SIDE_SELL, "50", 2000, 2055, 9000, WRIT_ORDER_CANCELLED, {{4000, "0.55", "20"}}},
      {WRIT_SIDE_BUY, "80", 3000, 3035, 8000, WRIT_ORDER_CANCELLED, {}},
      {WRIT_SIDE_SELL, "10", 5000, 5060, 5062, WRIT_ORDER_FILLED, {{5062, "0.53", "10"}}},
      {WRIT_SIDE_BUY, "30", 6000, 0, 6050, WRIT_ORDER_REJECTED, {}},
      {WRIT_SIDE_BUY, "40", 7000, 7030, 7500, WRIT_ORDER_PARTIAL, {{7500, "0.50", "15"}}}};
  const std::vector<std::pair<std::int64_t, const char*>> mids = {
      {0, "0.50"},    {1600, "0.495"}, {3000, "0.51"}, {4500, "0.53"},  {5100, "0.525"},
      {6400, "0.48"}, {7400, "0.505"}, {8900, "0.56"}, {10000, "0.50"}, {12000, "0.515"}};

  SampleRun run;
  run.begin().deposit("10000");
  const auto at = [&run](std::int64_t ms) { run.at(SampleRun::kStart + ms * 1'000'000); };
  at(-60'000);
  const std::uint64_t first = run.snapshot();
  auto snapshot = *reinterpret_cast<const writ_snapshot*>(&run.record(first - 1));
  snapshot.feature_count = snapshot.signal_count = 0;
  std::uint64_t latest = first;
  std::multimap<std::int64_t, std::function<void()>> events;
  for (const auto& mid : mids) {
    events.emplace(mid.first, [&run, &latest, snapshot, price = nano(mid.second)]() mutable {
      snapshot.bid_price = price - 1;
      snapshot.ask_price = price + 1;
      latest = run.add(snapshot);
    });
  }
  std::vector<writ_order> made(orders.size());
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const Order& order = orders[i];
    writ_order& record = made[i];
    const auto move = [&run, &record](std::uint16_t state) {
      return [&run, &record, state] {
        record.state = state;
        run.add(record);
      };
    };
    events.emplace(order.submitted_ms, [&run, &record, &order, &latest] {
      const auto intent = run.intent(latest);
      record = run.make_order(intent, run.verdict(intent));
      record.order_id = run.id(run.next_seq());
      record.side = order.side;
      record.quantity = nano(order.quantity);
      record.requested = {};
      run.add(record);
    });
    if (order.acked_ms != 0) events.emplace(order.acked_ms, move(WRIT_ORDER_ACK));
    for (const Fill& fill : order.fills) {
      events.emplace(fill.ms, [&run, &record, &order, fill] {
        auto traded = run.make_fill(record.order_id);
        traded.side = order.side;
        traded.price = nano(fill.price);
        traded.quantity = nano(fill.quantity);
        run.add(traded);
      });
    }
    events.emplace(order.ended_ms, move(order.state));
  }
  for (const auto& [ms, happens] : events) {
    at(ms);
    happens();
  }
  run.stop();
  const auto database = fresh_database();
  project(*database, run);
  EXPECT_EQ(answer(*database, "fill_rates"),
            (Lines{"mm|6|2|0.333333333|0.467741935|0.166666667|0.333333333|0.333333333|"
                   "0.166666667"}));
  EXPECT_EQ(answer(*database, "time_to_fill"),
            (Lines{"mm|first_fill|4|500000000|2000000000|2000000000|2000000000",
                   "mm|last_fill|2|62000000|900000000|900000000|900000000"}));
  EXPECT_EQ(answer(*database, "toxic_rates"), (Lines{"mm|5|5|3|0.6"}));
  const auto toxic = answer(*database, "toxic_fills");
  ASSERT_EQ(toxic.size(), 3U);
  EXPECT_NE(toxic[2].find("|980.392156863"), std::string::npos) << toxic[2];
}

TEST_F(Queries, RefusesParametersItDoesNotHave) {
  EXPECT_THROW(answer(*database_, "trace"), base::InputError);
  EXPECT_THROW(answer(*database_, "trace", {{"id", "1"}, {"x", "2"}}), base::InputError);
  EXPECT_THROW(answer(*database_, "toxic_fills", {{"seconds", "0"}}), base::InputError);
  EXPECT_THROW(answer(*database_, "toxic_fills", {{"seconds", "ten"}}), base::InputError);
  EXPECT_EQ(named_query("nonsense"), nullptr);
}

}  // namespace
}  // namespace writ::storage::test
