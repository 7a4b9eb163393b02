// The named queries on runs whose figures were worked out by hand.
#include "host/base/input_error.hpp"
#include "host/storage/named_queries.hpp"
#include "tests/unit/storage/testing.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
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
  EXPECT_EQ(answer(*database_, "daily_pnl"), (Lines{"2023-11-14|mm|USDT|2|0|-0.402|0|0|1.598"}));
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

TEST_F(Queries, RefusesParametersItDoesNotHave) {
  EXPECT_THROW(answer(*database_, "trace"), base::InputError);
  EXPECT_THROW(answer(*database_, "trace", {{"id", "1"}, {"x", "2"}}), base::InputError);
  EXPECT_THROW(answer(*database_, "toxic_fills", {{"seconds", "0"}}), base::InputError);
  EXPECT_THROW(answer(*database_, "toxic_fills", {{"seconds", "ten"}}), base::InputError);
  EXPECT_EQ(named_query("nonsense"), nullptr);
}

}  // namespace
}  // namespace writ::storage::test
