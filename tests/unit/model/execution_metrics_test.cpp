#include "host/model/execution_metrics.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"
#include "tests/support/vectors.hpp"

#include <writ/abi/market.h>
#include <writ/abi/outcome.h>
#include <writ/decimal.hpp>

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace writ::model {
namespace {

namespace json = boost::json;
using writ::test::integer_of;
using writ::test::is_null;
using writ::test::member;
using writ::test::text_of;

constexpr std::int64_t kMs = 1'000'000;

Price px(std::string_view text) { return parse_price(text).value; }
Bps bps(std::string_view text) { return px(text).raw; }

std::uint16_t side_of(const json::object& object) {
  return text_of(object, "side") == "BUY" ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
}

// V 04.
TEST(ExecutionMetrics, GiveTheFiguresOfTheirDefinition) {
  EXPECT_EQ(slippage_bps(WRIT_SIDE_BUY, px("67000"), px("67010.5")), bps("1.567164179"));
  EXPECT_EQ(adverse_bps(WRIT_SIDE_SELL, px("0.51").raw, px("0.56").raw), bps("980.392156863"));
  const OrderFill fills[] = {{1, px("0.50"), Quantity{60'000'000'000}, Money{3}},
                             {2, px("0.49"), Quantity{40'000'000'000}, Money{2}}};
  EXPECT_EQ(rollup_of(fills).vwap, px("0.496"));
  EXPECT_EQ(milliseconds(3'900'000), 3);
  EXPECT_EQ(milliseconds(51'100'001), 51);
  EXPECT_EQ(protection_gap(42 * kMs, 131'500'000), 89'500'000);
}

TEST(ExecutionMetrics, OfNoOrdersAreNothing) {
  EXPECT_FALSE(OrderCounts{}.of_submitted(0));
  EXPECT_FALSE(OrderCounts{}.fill_rate_by_quantity());
  EXPECT_FALSE(ToxicCounts{}.rate());
  EXPECT_FALSE(rollup_of({}).vwap);
}

TEST(ExecutionMetrics, ToxicNeedsAMidThatIsNotTooOld) {
  const Mid mids[] = {{0, 100}, {50'000 * kMs, 200}};
  EXPECT_EQ(mid_at(mids, 30'000 * kMs)->price, 100);
  EXPECT_FALSE(mid_at(mids, 30'000 * kMs + 1));
  EXPECT_FALSE(mid_at(mids, -1));
  EXPECT_EQ(mid_at(mids, 50'000 * kMs)->price, 200);
}

std::vector<OrderFill> fills_of(const json::object& order) {
  std::vector<OrderFill> fills;
  for (const auto& entry : member(order, "fills").as_array()) {
    const auto& fill = entry.as_array();
    const auto text = [&fill](std::size_t i) { return std::string_view(fill[i].as_string()); };
    fills.push_back({fill[0].as_int64() * kMs, px(text(1)), parse_quantity(text(2)).value,
                     parse_money(text(3)).value});
  }
  return fills;
}

OrderOutcome outcome_of(const json::object& order) {
  static const std::map<std::string, std::uint16_t> kStates = {
      {"Filled", WRIT_ORDER_FILLED},
      {"Canceled", WRIT_ORDER_CANCELLED},
      {"Rejected", WRIT_ORDER_REJECTED},
      {"PartiallyFilled", WRIT_ORDER_PARTIAL}};
  OrderOutcome outcome;
  outcome.state = kStates.at(text_of(order, "status"));
  outcome.submitted_ts = integer_of(order, "ts_submit_ms") * kMs;
  if (!is_null(order, "ts_ack_ms")) outcome.acked_ts = integer_of(order, "ts_ack_ms") * kMs;
  outcome.ordered = writ::test::quantity_of(order, "qty");
  outcome.fills = rollup_of(fills_of(order));
  return outcome;
}

void expect_ms(std::optional<std::int64_t> found, const json::value& expected) {
  ASSERT_EQ(found.has_value(), !expected.is_null());
  if (!found) return;
  EXPECT_EQ(milliseconds(*found), expected.as_int64());
}

void check_rollup(const OrderRollup& rollup, const json::object& expected) {
  EXPECT_EQ(rollup.filled, writ::test::quantity_of(expected, "qty_filled"));
  EXPECT_EQ(rollup.fee, writ::test::money_of(expected, "fee_usd"));
  expect_ms(rollup.first_ts, member(expected, "ts_first_fill_ms"));
  expect_ms(rollup.last_ts, member(expected, "ts_last_fill_ms"));
  ASSERT_EQ(rollup.vwap.has_value(), !is_null(expected, "vwap"));
  if (!rollup.vwap) return;
  EXPECT_EQ(*rollup.vwap, writ::test::price_of(expected, "vwap"));
}

void check_orders(const writ::test::VectorCase& c) {
  OrderCounts counts;
  std::vector<std::int64_t> to_first, to_full;
  const auto& orders = member(c.inputs, "orders").as_array();
  const auto& latencies = member(c.expected, "submit_latency_ms").as_array();
  const auto& rollups = member(c.expected, "rollups").as_array();
  ASSERT_EQ(orders.size(), rollups.size());
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const OrderOutcome order = outcome_of(orders[i].as_object());
    counts.add(order);
    if (const auto first = time_to_first_fill(order)) to_first.push_back(*first);
    if (const auto full = time_to_full_fill(order)) to_full.push_back(*full);
    expect_ms(submit_latency(order), latencies[i]);
    check_rollup(order.fills, rollups[i].as_object());
  }
  const auto rate = [&c](const char* key) { return writ::test::rate_of(c.expected, key); };
  EXPECT_EQ(counts.submitted, integer_of(c.expected, "submitted"));
  EXPECT_EQ(counts.of_submitted(counts.filled), rate("fill_rate"));
  EXPECT_EQ(counts.fill_rate_by_quantity(), rate("fill_rate_qty"));
  EXPECT_EQ(counts.of_submitted(counts.partial), rate("partial_fill_rate_status"));
  EXPECT_EQ(counts.of_submitted(counts.partial_ever), rate("partial_fill_rate_ever"));
  EXPECT_EQ(counts.of_submitted(counts.cancelled), rate("cancel_rate"));
  EXPECT_EQ(counts.of_submitted(counts.rejected), rate("reject_rate"));

  std::sort(to_first.begin(), to_first.end());
  const auto& first = member(c.expected, "time_to_first_fill_ms").as_object();
  EXPECT_EQ(static_cast<std::int64_t>(to_first.size()), integer_of(first, "n"));
  EXPECT_EQ(milliseconds(nearest_rank(to_first, 50)), integer_of(first, "p50"));
  EXPECT_EQ(milliseconds(nearest_rank(to_first, 95)), integer_of(first, "p95"));
  EXPECT_EQ(milliseconds(to_first.back()), integer_of(first, "max"));
  const auto& full = member(member(c.expected, "time_to_full_fill_ms").as_object(), "values");
  ASSERT_EQ(to_full.size(), full.as_array().size());
  for (std::size_t i = 0; i < to_full.size(); ++i) expect_ms(to_full[i], full.as_array()[i]);

  std::vector<Mid> mids;
  for (const auto& entry : member(c.inputs, "mids").as_array()) {
    const auto& mid = entry.as_array();
    mids.push_back({mid[0].as_int64() * kMs, px(std::string_view(mid[1].as_string())).raw});
  }
  const std::int64_t horizon = integer_of(c.inputs, "toxic_horizon_ms") * kMs;
  const Bps threshold = bps(text_of(c.inputs, "toxic_theta_bps"));
  ToxicCounts toxic;
  std::size_t measured = 0;
  const auto& expected = member(c.expected, "toxicity").as_array();
  for (const auto& entry : orders) {
    const auto& order = entry.as_object();
    for (const OrderFill& fill : fills_of(order)) {
      const auto before = mid_at(mids, fill.ts);
      const auto after = mid_at(mids, fill.ts + horizon);
      const auto adverse =
          before && after ? adverse_bps(side_of(order), before->price, after->price) : std::nullopt;
      toxic.add(adverse, threshold);
      if (!adverse) continue;
      ASSERT_LT(measured, expected.size());
      const auto& one = expected[measured++].as_object();
      EXPECT_EQ(text_of(one, "order"), text_of(order, "id"));
      EXPECT_EQ(*adverse, bps(text_of(one, "adverse_bps")));
      EXPECT_EQ(is_toxic(*adverse, threshold), member(one, "toxic").as_bool());
    }
  }
  EXPECT_EQ(measured, expected.size());
  EXPECT_EQ(toxic.rate(), rate("toxic_fill_rate"));
}

void check_slippage(const writ::test::VectorCase& c) {
  EXPECT_EQ(slippage_bps(side_of(c.inputs), writ::test::price_of(c.inputs, "ref_px"),
                         writ::test::price_of(c.inputs, "fill_vwap")),
            bps(text_of(c.expected, "slippage_bps")));
}

void check_latencies(const writ::test::VectorCase& c) {
  const auto ts = [&c](const char* key) { return integer_of(c.inputs, key); };
  const auto ms = [&c](const char* key) { return integer_of(c.expected, key); };
  const std::int64_t sent = ts("ts_order_sent_ns");
  EXPECT_EQ(milliseconds(sent - ts("ts_signal_ns")), ms("signal_to_order_ms"));
  OrderOutcome order;
  order.state = WRIT_ORDER_FILLED;
  order.submitted_ts = sent;
  order.fills.first_ts = ts("ts_first_fill_ns");
  order.fills.last_ts = ts("ts_last_fill_ns");
  EXPECT_EQ(milliseconds(*time_to_full_fill(order)), ms("order_to_fill_ms"));
  EXPECT_EQ(milliseconds(*time_to_first_fill(order)), ms("order_to_first_fill_ms"));
  std::optional<std::int64_t> stop_live;
  if (!is_null(c.inputs, "ts_sl_live_ns")) stop_live = ts("ts_sl_live_ns");
  expect_ms(protection_gap(ts("ts_first_fill_ns"), stop_live),
            member(c.expected, "protection_gap_ms"));
}

TEST(ExecutionMetrics, EqualTheirVectors) {
  writ::test::run_vectors("04_execution_metrics", {{"order_metrics", check_orders},
                                                   {"slippage_bps", check_slippage},
                                                   {"latencies", check_latencies}});
}

TEST(ExecutionMetricsProperty, NearestRankIsTheLeastThatCoversItsShare) {
  base::RandomStream random(7, "nearest rank");
  for (std::size_t i = 0; i < writ::test::scaled(100'000); ++i) {
    std::vector<std::int64_t> values(1 + random.below(40));
    for (auto& value : values) value = static_cast<std::int64_t>(random.below(50));
    std::sort(values.begin(), values.end());
    const std::size_t percent = 1 + random.below(100);
    const std::int64_t found = nearest_rank(values, percent);
    const auto at_or_below = [&values](std::int64_t limit) {
      return static_cast<std::size_t>(std::upper_bound(values.begin(), values.end(), limit) -
                                      values.begin());
    };
    ASSERT_GE(at_or_below(found) * 100, percent * values.size());
    ASSERT_LT(at_or_below(found - 1) * 100, percent * values.size());
  }
}

TEST(ExecutionMetricsProperty, TheAverageLiesBetweenTheFills) {
  base::RandomStream random(8, "vwap");
  for (std::size_t i = 0; i < writ::test::scaled(100'000); ++i) {
    std::vector<OrderFill> fills(1 + random.below(8));
    Money fee;
    for (OrderFill& fill : fills) {
      fill = {static_cast<std::int64_t>(random.below(1'000)),
              Price{1 + static_cast<std::int64_t>(random.below(100'000'000'000))},
              Quantity{1 + static_cast<std::int64_t>(random.below(100'000'000'000))},
              Money{static_cast<std::int64_t>(random.below(1'000)) - 200}};
      fee += fill.fee;
    }
    const auto by_price = [](const OrderFill& a, const OrderFill& b) { return a.price < b.price; };
    const auto [low, high] = std::minmax_element(fills.begin(), fills.end(), by_price);
    const OrderRollup rollup = rollup_of(fills);
    ASSERT_GE(*rollup.vwap, low->price);
    ASSERT_LE(*rollup.vwap, high->price);
    ASSERT_EQ(rollup.fee, fee);
    ASSERT_LE(*rollup.first_ts, *rollup.last_ts);
  }
}

}  // namespace
}  // namespace writ::model
