#include "host/ledger/marks.hpp"

#include "host/ledger/betting.hpp"
#include "tests/support/vectors.hpp"
#include "tests/unit/ledger/ledger_fixture.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

namespace writ::ledger {
namespace {

using test::money;
using test::px;
using test::qty;

const Price kNone = Price::none();

// Stakes so far and what the win units are worth.
Money green_up_value(Quantity units, Money cash, const Quote& quote) {
  return cash + *win_units_value(units, runner_mark(units, quote));
}

// V 03.
TEST(Marks, GiveTheFiguresOfTheirDefinition) {
  const Quote yes{px("0.52"), px("0.55"), true};
  EXPECT_EQ(binary_mark(qty("100"), yes, {}), px("0.52"));
  EXPECT_EQ(binary_mark(qty("-100"), yes, {}), px("0.55"));
  EXPECT_EQ(binary_mark(qty("100"), {}, {kNone, px("0.98"), true}), px("0.02"));
  const Quote odds{px("2.5"), px("2.52"), true};
  EXPECT_EQ(green_up_value(qty("30"), money("-10"), odds), money("1.904761904761904761"));
  EXPECT_EQ(green_up_value(qty("-16"), money("6"), odds), money("-0.4"));
  EXPECT_EQ(green_up_value(qty("30"), money("-10"), {}), money("-9.97"));
  EXPECT_EQ(runner_mark(qty("-16"), {}), px("1.01"));
}

Price price_or_none(const boost::json::object& object, const char* key) {
  return writ::test::is_null(object, key) ? kNone : writ::test::price_of(object, key);
}

void check_binary(const writ::test::VectorCase& c) {
  const Quantity quantity = writ::test::quantity_of(c.inputs, "qty");
  const Quote yes{price_or_none(c.inputs, "bid_yes"), price_or_none(c.inputs, "ask_yes"), true};
  const Quote no{price_or_none(c.inputs, "bid_no"), price_or_none(c.inputs, "ask_no"), true};
  const Price mark = binary_mark(quantity, yes, no);
  EXPECT_EQ(mark, writ::test::price_of(c.expected, "mark"));
  EXPECT_EQ(notional(mark, quantity), writ::test::money_of(c.expected, "value"));
}

void check_green_up(const writ::test::VectorCase& c) {
  Quantity units;
  Money cash;
  for (const auto& bet : writ::test::member(c.inputs, "bets").as_array()) {
    const auto& parts = bet.as_array();
    const Price odds = px(std::string_view(parts[1].as_string()));
    const Quantity stake = qty(std::string_view(parts[2].as_string()));
    const bool back = parts[0].as_string() == "BACK";
    const Quantity bought = *win_units(stake, odds);
    const Money staked = notional(px("1"), stake);
    units = back ? units + bought : units - bought;
    cash = back ? cash - staked : cash + staked;
  }
  EXPECT_EQ(units, writ::test::quantity_of(c.expected, "units"));
  EXPECT_EQ(cash, writ::test::money_of(c.expected, "cash"));
  const Quote odds{writ::test::price_of(c.inputs, "best_atb"),
                   writ::test::price_of(c.inputs, "best_atl"), true};
  EXPECT_EQ(green_up_value(units, cash, odds), writ::test::money_of(c.expected, "unrealized"));
}

TEST(Marks, EqualTheirVectors) {
  writ::test::run_vectors("03_marks_equity_drawdown",
                          {{"mark_binary_yes", check_binary}, {"betfair_mtm", check_green_up}},
                          writ::test::VectorCoverage::kNamed);
}

TEST(Marks, FallBackToTheLastValidPriceAndSayStale) {
  test::World world;
  const writ_instrument& spot = *world.tables.instrument(test::kSpot);
  Marks marks;
  EXPECT_TRUE(marks.mark(spot, qty("1"), world.quotes).price.is_none());
  EXPECT_FALSE(marks.note(test::kSpot, {px("99"), px("101"), false})) << "not fresh: not taken";
  EXPECT_TRUE(marks.note(test::kSpot, {px("100"), px("101"), true}));
  EXPECT_FALSE(marks.note(test::kSpot, {kNone, px("102"), true}));

  world.quotes.set(test::kSpot, px("103"), px("104"));
  EXPECT_EQ(marks.mark(spot, qty("1"), world.quotes).price, px("103"));
  EXPECT_EQ(marks.mark(spot, qty("-1"), world.quotes).price, px("104"));
  EXPECT_FALSE(marks.mark(spot, qty("1"), world.quotes).stale);
  world.quotes.set(test::kSpot, kNone, px("104"));
  EXPECT_EQ(marks.mark(spot, qty("1"), world.quotes).price, px("100"));
  EXPECT_TRUE(marks.mark(spot, qty("1"), world.quotes).stale);
  world.quotes.set(test::kSpot, px("1"), px("2"), false);
  EXPECT_EQ(marks.mark(spot, qty("-1"), world.quotes).price, px("102"));
  EXPECT_TRUE(marks.mark(spot, qty("-1"), world.quotes).stale);
}

TEST(Marks, OfABinaryUseItsComplementOrTheWorstPayoff) {
  test::World world;
  const writ_instrument& yes = *world.tables.instrument(test::kYes);
  Marks marks;
  EXPECT_EQ(marks.mark(yes, qty("1"), world.quotes).price, Price{});
  EXPECT_EQ(marks.mark(yes, qty("-1"), world.quotes).price, px("1"));
  world.quotes.set(test::kNo, px("0.4"), px("0.47"));
  EXPECT_EQ(marks.mark(yes, qty("1"), world.quotes).price, px("0.53"));
  EXPECT_EQ(marks.mark(yes, qty("-1"), world.quotes).price, px("0.6"));
}

}  // namespace
}  // namespace writ::ledger
