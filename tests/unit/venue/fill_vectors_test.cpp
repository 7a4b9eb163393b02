// The domain's vectors of fill simulation, as vectors and as the literals of V 14.
#include "host/base/random.hpp"
#include "host/venue/paper/fees.hpp"
#include "host/venue/paper/paper_venue.hpp"
#include "host/venue/paper/queue_model.hpp"
#include "host/venue/paper/self_trade.hpp"
#include "tests/support/scale.hpp"
#include "tests/support/vectors.hpp"
#include "tests/unit/venue/market_records.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace writ::venue::paper {
namespace {

using test::cash;
using test::px;
using test::qty;

std::string text(const boost::json::value& value) {
  return std::string(value.as_string().data(), value.as_string().size());
}

QueueModel model_of(const test::VectorCase& vector) {
  const std::string name = test::text_of(vector.inputs, "model");
  const auto power = static_cast<int>(test::integer_of(vector.inputs, "n"));
  if (name == "RISK_AVERSE") return {};
  if (name == "LOG") return {QueueKind::kLog, 1};
  return {name == "POWER3" ? QueueKind::kPower3 : QueueKind::kPower, power};
}

void check_queue(const test::VectorCase& vector) {
  const QueueModel model = model_of(vector);
  // The C library's logarithm may differ in its last digit.
  const std::int64_t tolerance = model.kind == QueueKind::kLog ? 1 : 0;
  QueuePosition position = join_queue(test::quantity_of(vector.inputs, "front0").raw);
  const std::int64_t lot = test::quantity_of(vector.inputs, "lot").raw;
  std::int64_t left = test::quantity_of(vector.inputs, "qty").raw;
  std::int64_t filled = 0;
  std::size_t steps = 0;
  for (const auto& value : test::member(vector.expected, "steps").as_array()) {
    const auto& step = value.as_object();
    const auto& event = test::member(step, "event").as_array();
    if (text(event.at(0)) == "trade") {
      const std::int64_t passed = on_trade_at_price(position, qty(text(event.at(1))));
      const std::int64_t fill = std::min(left, passed - passed % lot);
      left -= fill;
      filled += fill;
    } else {
      on_level_change(model, position, qty(text(event.at(1))), qty(text(event.at(2))));
    }
    EXPECT_LE(std::abs(position.front - test::quantity_of(step, "front").raw), tolerance)
        << vector.name << " step " << steps << ": " << position.front;
    EXPECT_EQ(filled, test::quantity_of(step, "filled").raw) << "step " << steps;
    EXPECT_EQ(left, test::quantity_of(step, "leaves").raw) << "step " << steps;
    ++steps;
  }
  EXPECT_GT(steps, 0U);
}

void check_consumption(const test::VectorCase& vector) {
  PaperVenue venue({0, 0, {}, SelfTrade::kExpireTaker});
  test::MarketRecords records;
  writ_instrument facts = test::make_instrument(1, WRIT_KIND_SPOT);
  facts.taker_fee = test::rate_of(vector.inputs, "taker_rate").raw;
  facts.fee_decimals = static_cast<std::uint32_t>(test::integer_of(vector.inputs, "fee_dp"));
  venue.observe(facts.header);
  std::vector<writ_level> asks;
  for (const auto& level : test::member(vector.inputs, "asks").as_array()) {
    asks.push_back({px(text(level.at(0))), qty(text(level.at(1)))});
  }
  venue.observe(records.image(1, {{px("100"), qty("1")}}, asks));

  std::uint64_t id = 0;
  for (const auto& value : test::member(vector.expected, "steps").as_array()) {
    const auto& step = value.as_object();
    const std::int64_t now = 10 + static_cast<std::int64_t>(++id);
    if (test::text_of(step, "op").find("updated") != std::string::npos) {
      venue.observe(records.change(now, {}, {{px("100.2"), qty("3")}}));
    }
    writ_order order = test::make_order(id, WRIT_SIDE_BUY, px("100.2"), qty("4"));
    order.time_in_force = WRIT_TIF_IOC;
    order.header.ingest_ts = now;
    venue.send(order);
    std::vector<writ_fill> fills;
    std::int64_t unfilled = order.quantity;
    while (const auto* record = venue.take_report(now)) {
      if (const auto* fill = model::as<writ_fill>(*record)) {
        fills.push_back(*fill);
        unfilled -= fill->quantity;
      }
    }
    const auto& expected = test::member(step, "fills").as_array();
    ASSERT_EQ(fills.size(), expected.size()) << test::text_of(step, "op");
    for (std::size_t i = 0; i < fills.size(); ++i) {
      const auto& fill = expected[i].as_object();
      EXPECT_EQ(fills[i].price, test::price_of(fill, "px").raw);
      EXPECT_EQ(fills[i].quantity, test::quantity_of(fill, "qty").raw);
      EXPECT_EQ(from_abi(fills[i].fee), test::money_of(fill, "fee"));
    }
    EXPECT_EQ(unfilled, test::quantity_of(step, "unfilled").raw);
  }
}

void check_fee(const test::VectorCase& vector) {
  ASSERT_EQ(test::text_of(vector.inputs, "round"), "CEIL");
  const auto fee =
      fee_of(test::money_of(vector.inputs, "notional"), test::rate_of(vector.inputs, "rate"),
             static_cast<std::uint32_t>(test::integer_of(vector.inputs, "dp")), Rounding::kCeil);
  ASSERT_TRUE(fee);
  EXPECT_EQ(*fee, test::money_of(vector.expected, "fee"));
}

/// The exchange fills at the times of the vector; the venue must give the same story.
void check_latency(const test::VectorCase& vector) {
  PaperVenue venue({test::integer_of(vector.inputs, "order_latency"),
                    test::integer_of(vector.inputs, "response_latency"),
                    {},
                    SelfTrade::kExpireTaker});
  test::MarketRecords records;
  venue.observe(records.instrument(0));
  venue.observe(records.image(1, {{px("99"), qty("1")}}, {{px("101"), qty("1")}}));
  writ_order order = test::make_order(1, WRIT_SIDE_BUY, px("100"), qty("1"));
  order.header.ingest_ts = test::integer_of(vector.inputs, "t_decision");
  venue.send(order);
  if (!test::is_null(vector.inputs, "t_cancel_decision")) {
    writ_order cancel = order;
    cancel.command = WRIT_COMMAND_CANCEL;
    cancel.header.ingest_ts = test::integer_of(vector.inputs, "t_cancel_decision");
    venue.send(cancel);
  }
  std::vector<std::string> local;
  const auto take = [&](std::int64_t until) {
    while (const auto* record = venue.take_report(until)) {
      const auto* report = model::as<writ_report>(*record);
      if (report != nullptr && report->kind == WRIT_REPORT_CANCEL_REJECTED) continue;
      const std::string what = report == nullptr                       ? "FILL_LOCAL"
                               : report->kind == WRIT_REPORT_ACCEPTED  ? "ACK_LOCAL"
                               : report->kind == WRIT_REPORT_CANCELLED ? "CANCELED_LOCAL"
                                                                       : "OTHER";
      local.push_back(std::to_string(record->ingest_ts) + " " + what);
    }
  };
  for (const auto& event : test::member(vector.inputs, "exchange_events").as_array()) {
    const std::int64_t at = event.at(0).as_int64();
    take(at - 1);
    venue.observe(records.trade(at, WRIT_SIDE_SELL, px("99"), qty("1"), 0));
  }
  take(10'000);
  std::vector<std::string> expected;
  for (const auto& value : test::member(vector.expected, "local").as_array()) {
    const auto& event = value.as_object();
    expected.push_back(std::to_string(test::integer_of(event, "t")) + " " +
                       test::text_of(event, "ev"));
  }
  EXPECT_EQ(local, expected);
}

void check_stp(const test::VectorCase& vector) {
  const std::map<std::string, SelfTrade> modes = {{"EXPIRE_TAKER", SelfTrade::kExpireTaker},
                                                  {"EXPIRE_MAKER", SelfTrade::kExpireMaker},
                                                  {"EXPIRE_BOTH", SelfTrade::kExpireBoth},
                                                  {"DECREMENT", SelfTrade::kDecrement}};
  const auto rest = prevent_self_trade(modes.at(test::text_of(vector.inputs, "mode")),
                                       test::quantity_of(vector.inputs, "taker_qty").raw,
                                       test::quantity_of(vector.inputs, "maker_qty").raw);
  EXPECT_EQ(rest.taker_left, test::quantity_of(vector.expected, "taker_left").raw);
  EXPECT_EQ(rest.maker_left, test::quantity_of(vector.expected, "maker_left").raw);
  EXPECT_EQ(rest.quantity, test::quantity_of(vector.expected, "prevented").raw);
}

TEST(FillSimulation, EqualsTheVectors) {
  test::run_vectors("14_fill_simulation",
                    {{"queue_RISK_AVERSE", check_queue},
                     {"queue_POWER1", check_queue},
                     {"queue_POWER2", check_queue},
                     {"queue_POWER3", check_queue},
                     {"queue_LOG", check_queue},
                     {"taker_consumption", check_consumption},
                     {"fee", check_fee},
                     {"latency", check_latency},
                     {"stp", check_stp}},
                    test::VectorCoverage::kWhole);
}

TEST(FeeOf, IsTheOneTheDomainStates) {  // V 14
  EXPECT_EQ(*fee_of(cash("82.561782"), Rate{500'000}, 8, Rounding::kCeil), cash("0.0412809"));
  EXPECT_EQ(*fee_of(cash("82.561782"), Rate{200'000}, 8, Rounding::kCeil), cash("0.01651236"));
  EXPECT_EQ(*fee_of(cash("82.561782"), Rate{-50'000}, 8, Rounding::kCeil), cash("-0.00412808"));
}

writ_instrument token(std::string_view rate, std::uint32_t rounding) {
  writ_instrument facts = test::make_instrument(1, WRIT_KIND_BINARY);
  facts.taker_fee = parse_rate(rate).value.raw;
  facts.fee_decimals = 5;
  facts.fee_rounding = rounding;
  return facts;
}

TEST(FeeOf, ATokenIsTheOneTheDomainStates) {  // V 09
  const auto fee = [](const writ_instrument& facts, std::string_view shares, std::string_view at) {
    return *fee_of(facts, Price{px(at)}, Quantity{qty(shares)}, WRIT_LIQUIDITY_TAKER);
  };
  EXPECT_EQ(fee(token("0.07", 0), "100", "0.5"), cash("1.75"));
  EXPECT_EQ(fee(token("0.04", 0), "137.25", "0.523"), cash("1.36959"));
  EXPECT_EQ(fee(token("0.04", WRIT_ROUND_HALF_EVEN), "137.25", "0.523"), cash("1.3696"));
}

void check_token_fee(const test::VectorCase& vector) {
  // The formula in force; the record has no other exponent.
  if (test::integer_of(vector.inputs, "exponent") != 1) return;
  writ_instrument facts =
      token(test::text_of(vector.inputs, "rate"),
            test::text_of(vector.inputs, "rounding") == "FLOOR" ? WRIT_ROUND_FLOOR
                                                                : WRIT_ROUND_HALF_EVEN);
  facts.fee_decimals = static_cast<std::uint32_t>(test::integer_of(vector.inputs, "dp"));
  EXPECT_EQ(*fee_of(facts, test::price_of(vector.inputs, "price"),
                    test::quantity_of(vector.inputs, "shares"), WRIT_LIQUIDITY_TAKER),
            test::money_of(vector.expected, "fee"));
}

TEST(FeeOf, ATokenEqualsTheVectors) {
  test::run_vectors("09_polymarket", {{"fee", check_token_fee}}, test::VectorCoverage::kNamed);
}

TEST(FeeOf, ABetIsNone) {
  writ_instrument facts = test::make_instrument(1, WRIT_KIND_RUNNER);
  facts.taker_fee = parse_rate("0.05").value.raw;  // the commission, charged at settlement
  EXPECT_EQ(*fee_of(facts, Price{px("3.6")}, Quantity{qty("10")}, WRIT_LIQUIDITY_TAKER), Money{});
}

TEST(FeeOf, RoundsAsTheInstrumentSaysAndUpIfItDoesNot) {
  writ_instrument facts = test::make_instrument(1, WRIT_KIND_SPOT);
  facts.fee_decimals = 2;
  const Price price{px("10.3")};  // of one: 0.00515 for a taker, 0.00206 for a maker
  const Quantity one{qty("1")};
  const auto taker = [&](std::uint32_t rounding) {
    facts.fee_rounding = rounding;
    return *fee_of(facts, price, one, WRIT_LIQUIDITY_TAKER);
  };
  EXPECT_EQ(taker(0), cash("0.01"));
  EXPECT_EQ(taker(WRIT_ROUND_CEIL), cash("0.01"));
  EXPECT_EQ(taker(WRIT_ROUND_HALF_EVEN), cash("0.01"));
  EXPECT_EQ(taker(WRIT_ROUND_HALF_AWAY), cash("0.01"));
  EXPECT_EQ(taker(WRIT_ROUND_FLOOR), Money{});
  EXPECT_EQ(taker(WRIT_ROUND_TRUNC), Money{});
  facts.fee_rounding = WRIT_ROUND_HALF_EVEN;
  EXPECT_EQ(*fee_of(facts, price, one, WRIT_LIQUIDITY_MAKER), Money{});
}

TEST(FeeOf, IsNothingPastTheBounds) {
  EXPECT_FALSE(fee_of(Money{kMoneyLimit}, Rate{2'000'000'000}, 8, Rounding::kCeil));
  EXPECT_EQ(*fee_of(Money{kMoneyLimit}, Rate{1'000'000'000}, 18, Rounding::kCeil),
            Money{kMoneyLimit});
}

// The front that is left of 100 after the level's story of V 14.
std::int64_t front_after_the_story(QueueModel model) {
  QueuePosition position = join_queue(qty("100"));
  on_level_change(model, position, qty("100"), qty("80"));
  on_level_change(model, position, qty("80"), qty("110"));
  EXPECT_EQ(on_trade_at_price(position, qty("25")), 0);
  on_level_change(model, position, qty("110"), qty("85"));
  on_level_change(model, position, qty("85"), qty("45"));
  return position.front;
}

TEST(QueueModel, IsTheOneTheDomainStates) {  // V 14
  EXPECT_EQ(front_after_the_story({}), qty("45"));
  EXPECT_EQ(front_after_the_story({QueueKind::kPower, 1}), qty("29.117647059"));
  EXPECT_EQ(front_after_the_story({QueueKind::kPower, 2}), qty("24.171974522"));
  EXPECT_EQ(front_after_the_story({QueueKind::kPower3, 3}), qty("44.163443924"));
  EXPECT_NEAR(static_cast<double>(front_after_the_story({QueueKind::kLog, 1})),
              static_cast<double>(qty("33.41443191")), 1);
}

TEST(QueueModel, FillsWhatWasTradedPastTheFront) {  // V 14
  QueuePosition position{qty("45"), 0};
  EXPECT_EQ(on_trade_at_price(position, qty("50")), qty("5"));
  EXPECT_EQ(position.front, 0);
}

TEST(QueueModel, KeepsThePlaceWithinTheLevelWhateverHappens) {
  base::RandomStream random(14, "test.queue");
  for (std::size_t run = 0; run < test::scaled(25'000); ++run) {
    const QueueModel model{static_cast<QueueKind>(random.below(4)),
                           static_cast<int>(1 + random.below(10))};
    auto level = static_cast<std::int64_t>(random.below(1'000'000'000'000));
    QueuePosition position = join_queue(random.below(50) == 0 ? kFrontUnknown : level);
    for (int step = 0; step < 8; ++step) {
      const std::int64_t front = position.front;
      const auto amount = static_cast<std::int64_t>(random.below(400'000'000'000));
      if (random.below(2) == 0) {
        const std::int64_t passed = on_trade_at_price(position, amount);
        ASSERT_LE(passed, amount);
        ASSERT_GE(passed, 0);
      } else {
        on_level_change(model, position, level, amount);
        level = amount;
        ASSERT_LE(position.front, level);
      }
      ASSERT_GE(position.front, 0);
      ASSERT_LE(position.front, front) << "an order fell back in its queue";
    }
  }
}

TEST(SelfTrade, LeavesWhatTheDomainStatesOfADecrement) {  // V 14
  const auto rest = prevent_self_trade(SelfTrade::kDecrement, qty("3"), qty("1.2"));
  EXPECT_EQ(rest.taker_left, qty("1.8"));
  EXPECT_EQ(rest.maker_left, 0);
  EXPECT_EQ(rest.quantity, qty("1.2"));
}

}  // namespace
}  // namespace writ::venue::paper
