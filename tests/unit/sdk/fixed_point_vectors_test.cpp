#include "tests/support/vectors.hpp"

#include <writ/decimal.hpp>
#include <writ/money.hpp>
#include <writ/rounding.hpp>
#include <writ/spread.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace writ {
namespace {

using test::VectorCase;

Price price(const char* text) { return parse_price(text).value; }
Quantity quantity(const char* text) { return parse_quantity(text).value; }

// The figures of the definitions, so that a clone without the vectors proves them too.
TEST(FixedPoint, GivesTheFiguresOfItsDefinition) {
  EXPECT_EQ(parse_nano("1E-7").value, 100);
  EXPECT_EQ(parse_nano("9223372036.854775807").value, 9'223'372'036'854'775'807);
  EXPECT_EQ(to_string(notional(price("67123.4"), quantity("0.00123"))), "82.561782");
  EXPECT_TRUE(divide_rounded(-5, 2, Rounding::kHalfEven) == -2);
  EXPECT_TRUE(divide_rounded(-5, 2, Rounding::kHalfAway) == -3);
  EXPECT_TRUE(divide_rounded(-5, 2, Rounding::kFloor) == -3);
  EXPECT_EQ(spread_bps_of_bid(price("0.52"), price("0.53")).raw, 19'230'769'231);
  EXPECT_EQ(spread_bps(price("0.52"), price("0.53"))->raw, 190'476'190'476);
  EXPECT_EQ(spread_bps_of_bid(price("0.01"), price("0.99")).state,
            Numeric12Scale8::State::kOverflow);
}

void check_parse(const VectorCase& c) {
  const auto parsed = parse_nano(test::text_of(c.inputs, "text"));
  ASSERT_TRUE(parsed) << to_string(parsed.error);
  EXPECT_EQ(std::to_string(parsed.value), test::text_of(c.expected, "raw"));
}

void check_parse_error(const VectorCase& c) {
  const auto parsed = parse_nano(test::text_of(c.inputs, "text"));
  EXPECT_EQ(to_string(parsed.error), test::text_of(c.expected, "error"));
}

void check_division(const VectorCase& c) {
  const auto divided = [&](Rounding rounding) {
    return static_cast<std::int64_t>(
        divide_rounded(test::integer_of(c.inputs, "n"), test::integer_of(c.inputs, "d"), rounding));
  };
  EXPECT_EQ(divided(Rounding::kHalfEven), test::integer_of(c.expected, "HALF_EVEN"));
  EXPECT_EQ(divided(Rounding::kHalfAway), test::integer_of(c.expected, "HALF_AWAY"));
  EXPECT_EQ(divided(Rounding::kFloor), test::integer_of(c.expected, "FLOOR"));
  EXPECT_EQ(divided(Rounding::kCeil), test::integer_of(c.expected, "CEIL"));
  EXPECT_EQ(divided(Rounding::kTrunc), test::integer_of(c.expected, "TRUNC"));
}

void check_notional(const VectorCase& c) {
  const Money product =
      notional(test::price_of(c.inputs, "px"), test::quantity_of(c.inputs, "qty"));
  EXPECT_EQ(to_string(product), test::text_of(c.expected, "money"));
  EXPECT_EQ(DecimalText(product.raw, 0).view(), test::text_of(c.expected, "raw"));
}

std::string column_text(Numeric12Scale8 column) {
  switch (column.state) {
    case Numeric12Scale8::State::kNull:
      return "null";
    case Numeric12Scale8::State::kOverflow:
      return "OVERFLOW";
    case Numeric12Scale8::State::kValue:
      break;
  }
  return DecimalText(column.raw, 8).str();
}

void check_spread(const VectorCase& c) {
  const Price bid = test::price_of(c.inputs, "bid");
  const Price ask = test::price_of(c.inputs, "ask");
  EXPECT_EQ(ask - bid, test::price_of(c.expected, "spread_abs"));
  const std::string of_bid = test::is_null(c.expected, "spread_bps_seed002")
                                 ? "null"
                                 : test::text_of(c.expected, "spread_bps_seed002");
  EXPECT_EQ(column_text(spread_bps_of_bid(bid, ask)), of_bid);
  const auto of_mid = spread_bps(bid, ask);
  ASSERT_TRUE(of_mid);
  EXPECT_EQ(DecimalText(of_mid->raw, 9).view(), test::text_of(c.expected, "spread_bps_mid"));
}

TEST(FixedPoint, EqualsItsVectors) {
  test::run_vectors("00_fixed_point", {{"parse9", check_parse},
                                       {"parse9_error", check_parse_error},
                                       {"divr", check_division},
                                       {"notional", check_notional},
                                       {"spread_bps", check_spread}});
}

}  // namespace
}  // namespace writ
