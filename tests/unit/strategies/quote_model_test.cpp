#include "strategies/market_maker/quote_model.hpp"

#include <writ/testing/records.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace writ::market_maker {
namespace {

using writ::testing::make_instrument;
using writ::testing::price;

/// A row of the domain's vectors 09, p and its log-odds volatility per square root of an hour.
struct Case {
  double p;
  double inventory;
  std::string best_bid;
  std::string best_ask;
};

constexpr double kLogitSigma = 0.5;
constexpr double kTolerance = 1e-9;

ModelInputs inputs_of(const Case& row) {
  return {0.005, 80, probability_sigma(kLogitSigma, row.p), row.inventory};
}

QuoteBounds bounds_for(const Case& row) {
  const auto instrument = make_instrument(1, WRIT_KIND_BINARY, "0.01", "0.01");
  return bounds_of(instrument, price(row.best_bid), price(row.best_ask));
}

TEST(QuoteModel, GlftMatchesTheVectorsAtEachInventory) {
  struct Expected {
    Case row;
    double bid_distance;
    double ask_distance;
    std::string bid;
    std::string ask;
  };
  const Expected rows[] = {
      {{0.62, 0, "0.61", "0.63"}, 0.012809564496043854, 0.012809564496043854, "0.6", "0.64"},
      {{0.62, 200, "0.61", "0.63"}, 0.025348329264055582, 0.0002707997280321263, "0.59", "0.63"},
      {{0.62, -400, "0.61", "0.63"}, -0.0122679650399796, 0.03788709403206731, "0.62", "0.66"},
  };
  for (const auto& expected : rows) {
    const auto half = glft(inputs_of(expected.row), 30, 10);
    EXPECT_NEAR(half.c1, 0.01249609537684356, kTolerance);
    EXPECT_NEAR(half.c2, 0.0005322056353145895, kTolerance);
    EXPECT_NEAR(half.bid, expected.bid_distance, kTolerance);
    EXPECT_NEAR(half.ask, expected.ask_distance, kTolerance);
    const auto bounds = bounds_for(expected.row);
    EXPECT_EQ(bid_quote(expected.row.p - half.bid, bounds), price(expected.bid));
    EXPECT_EQ(ask_quote(expected.row.p + half.ask, bounds), price(expected.ask));
  }
}

TEST(QuoteModel, AvellanedaStoikovMatchesTheVectorsAtEachInventory) {
  struct Expected {
    Case row;
    double variance;
    double reservation;
    double spread;
    std::string bid;
    std::optional<std::string> ask;
  };
  const Expected rows[] = {
      {{0.62, 0, "0.61", "0.63"}, 0.01387684, 0.62, 0.02513798718258111, "0.6", "0.64"},
      {{0.62, 200, "0.61", "0.63"}, 0.01387684, 0.59224632, 0.02513798718258111, "0.57", "0.62"},
      {{0.62, -400, "0.61", "0.63"}, 0.01387684, 0.67550736, 0.02513798718258111, "0.62", "0.69"},
      {{0.985, 0, "0.98", "0.99"},
       5.457515625000009e-05,
       0.985,
       0.024999764534143612,
       "0.97",
       std::nullopt},
  };
  for (const auto& expected : rows) {
    const auto inputs = inputs_of(expected.row);
    EXPECT_NEAR(inputs.sigma * inputs.sigma, expected.variance, kTolerance);
    const auto [reservation, spread] = avellaneda_stoikov(inputs, expected.row.p, 2);
    EXPECT_NEAR(reservation, expected.reservation, kTolerance);
    EXPECT_NEAR(spread, expected.spread, kTolerance);
    const auto bounds = bounds_for(expected.row);
    EXPECT_EQ(bid_quote(reservation - spread / 2, bounds), price(expected.bid));
    const auto ask = ask_quote(reservation + spread / 2, bounds);
    EXPECT_EQ(ask.has_value(), expected.ask.has_value()) << "a probability is not quoted at 1";
    if (ask && expected.ask) {
      EXPECT_EQ(*ask, price(*expected.ask));
    }
  }
}

TEST(QuoteModel, RoundsAwayFromTheMidAndNeverTakes) {
  const auto instrument = make_instrument(1, WRIT_KIND_SPOT, "0.05", "0.001");
  const auto bounds = bounds_of(instrument, price("100"), price("100.2"));
  EXPECT_EQ(bid_quote(99.99, bounds), price("99.95"));
  EXPECT_EQ(bid_quote(100.19, bounds), price("100.15")) << "below the best ask";
  EXPECT_EQ(bid_quote(105, bounds), price("100.15"));
  EXPECT_EQ(ask_quote(100.21, bounds), price("100.25"));
  EXPECT_EQ(ask_quote(99, bounds), price("100.05")) << "above the best bid";
}

TEST(QuoteModel, QuotesNothingOutsideTheBoundsOrWithoutANumber) {
  auto instrument = make_instrument(1, WRIT_KIND_SPOT, "0.01", "0.001");
  auto bounds = bounds_of(instrument, price("0.02"), price("0.03"));
  EXPECT_FALSE(bid_quote(0.001, bounds)) << "not at zero";
  EXPECT_FALSE(bid_quote(-1, bounds));
  EXPECT_FALSE(bid_quote(1.0 / 0.0 - 1.0 / 0.0, bounds)) << "NaN";
  EXPECT_FALSE(ask_quote(1e300, bounds));
  instrument.price_max = price("0.05").raw;
  bounds = bounds_of(instrument, price("0.02"), price("0.03"));
  EXPECT_EQ(ask_quote(0.05, bounds), price("0.05"));
  EXPECT_FALSE(ask_quote(0.051, bounds));
}

TEST(QuoteModel, IsTheSameInAnyUnitOfPrice) {
  const ModelInputs in{0.1, 1, 0.5, 2};
  const ModelInputs cents{in.gamma / 100, in.k / 100, in.sigma * 100, in.inventory};
  const auto a = glft(in, 3, 1);
  const auto b = glft(cents, 3, 1);
  EXPECT_NEAR(a.bid * 100, b.bid, 1e-9);
  EXPECT_NEAR(a.ask * 100, b.ask, 1e-9);
}

}  // namespace
}  // namespace writ::market_maker
