#include "host/ledger/betting.hpp"

#include "host/base/random.hpp"
#include "host/ledger/fifo_lots.hpp"
#include "host/model/record_view.hpp"
#include "tests/support/scale.hpp"
#include "tests/support/vectors.hpp"
#include "tests/unit/ledger/ledger_fixture.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

namespace writ::ledger {
namespace {

using test::money;
using test::px;
using test::qty;

Rate percent(std::string_view text) { return Rate{px(text).raw}; }

writ_settlement result(std::uint32_t what, std::uint32_t places = 1, std::uint32_t tied = 1) {
  auto settlement = model::make_record<writ_settlement>();
  settlement.result = what;
  settlement.places = places;
  settlement.tied = tied;
  return settlement;
}

Bet back(const char* stake, const char* odds) { return {1, qty(stake), px(odds)}; }
Bet lay(const char* stake, const char* odds) { return {1, -qty(stake), px(odds)}; }

// V 08 p8.
TEST(Betting, GivesTheFiguresOfItsDefinition) {
  EXPECT_EQ(reduced_odds(px("8.6"), percent("16.2"), WRIT_REDUCTION_WIN), px("7.21"));
  EXPECT_EQ(reduced_odds(px("8"), percent("25"), WRIT_REDUCTION_WIN), px("6"));
  EXPECT_EQ(reduced_odds(px("8"), percent("25"), WRIT_REDUCTION_PLACE), px("6.25"));
  EXPECT_EQ(bet_profit(back("300", "4"), result(WRIT_SETTLED_WINNER, 1, 3)), money("100"));
  EXPECT_EQ(bet_profit(back("60", "6"), result(WRIT_SETTLED_WINNER, 2, 4)), money("120"));
  EXPECT_EQ(bet_profit(lay("20", "4"), result(WRIT_SETTLED_WINNER, 1, 3)), money("-6.67"));
  EXPECT_EQ(market_commission(money("400"), Rate{30'000'000}), money("12"));
  const auto parts =
      commission_parts(money("3.11"), {{1, money("70")}, {2, money("30.1")}, {3, money("-38")}});
  EXPECT_EQ(parts, (std::map<std::uint32_t, Money>{{1, money("2.17")}, {2, money("0.94")}}));
}

TEST(Betting, CutsOddsByEachRemovalInTurn) {
  const auto once = reduced_odds(px("10"), percent("25"), WRIT_REDUCTION_WIN);
  EXPECT_EQ(reduced_odds(*once, percent("45"), WRIT_REDUCTION_WIN), px("4.13"));
}

TEST(Betting, RefusesWhatIsNoResult) {
  EXPECT_FALSE(bet_profit(back("1", "2"), result(WRIT_SETTLED_PAYOUT)));
  EXPECT_FALSE(bet_profit(back("1", "2"), result(WRIT_SETTLED_REVERSED)));
  EXPECT_FALSE(bet_profit(back("1", "2"), result(WRIT_SETTLED_WINNER, 0, 1)));
  EXPECT_FALSE(bet_profit(back("1", "2"), result(WRIT_SETTLED_WINNER, 3, 2)));
  EXPECT_FALSE(reduced_odds(px("2"), percent("100.1"), WRIT_REDUCTION_WIN));
  EXPECT_FALSE(reduced_odds(px("2"), percent("-1"), WRIT_REDUCTION_WIN));
  EXPECT_FALSE(reduced_odds(px("2"), percent("10"), 0));
}

TEST(Betting, HasWinUnitsExactlyOrNone) {
  EXPECT_EQ(win_units(qty("10"), px("3")), qty("30"));
  EXPECT_EQ(win_units(qty("-0.000000003"), px("1.5")), std::nullopt);
  EXPECT_EQ(win_units(qty("9000000000"), px("1000")), std::nullopt);
}

void check_reduction(const writ::test::VectorCase& c) {
  const Price odds = writ::test::price_of(c.inputs, "odds");
  const Rate factor = percent(writ::test::text_of(c.inputs, "rf_pct"));
  EXPECT_EQ(reduced_odds(odds, factor, WRIT_REDUCTION_WIN),
            writ::test::price_of(c.expected, "win"));
  EXPECT_EQ(reduced_odds(odds, factor, WRIT_REDUCTION_PLACE),
            writ::test::price_of(c.expected, "place"));
}

void check_successive(const writ::test::VectorCase& c) {
  Price odds = writ::test::price_of(c.inputs, "odds");
  for (const auto& factor : writ::test::member(c.inputs, "rf_pct").as_array()) {
    odds = *reduced_odds(odds, percent(std::string_view(factor.as_string())), WRIT_REDUCTION_WIN);
  }
  EXPECT_EQ(odds, writ::test::price_of(c.expected, "win"));
}

void check_settle(const writ::test::VectorCase& c) {
  const bool laid = writ::test::text_of(c.inputs, "side") == "LAY";
  const Quantity stake = writ::test::quantity_of(c.inputs, "stake");
  const Bet bet{1, laid ? -stake : stake, writ::test::price_of(c.inputs, "odds")};
  static const std::map<std::string, std::uint32_t> kResults = {
      {"WINNER", WRIT_SETTLED_WINNER}, {"LOSER", WRIT_SETTLED_LOSER}, {"VOID", WRIT_SETTLED_VOID}};
  const auto places = writ::test::integer_of(c.inputs, "places_remaining");
  const auto tied = writ::test::integer_of(c.inputs, "tied");
  EXPECT_EQ(
      bet_profit(bet, result(kResults.at(writ::test::text_of(c.inputs, "result")),
                             static_cast<std::uint32_t>(places), static_cast<std::uint32_t>(tied))),
      writ::test::money_of(c.expected, "pnl"));
}

// As an instrument carries it: base rate less the account's discount.
Rate commission_rate(const writ::test::VectorCase& c) {
  const Rate base = writ::test::rate_of(c.inputs, "market_base_rate");
  const Rate discount = writ::test::rate_of(c.inputs, "discount");
  return Rate{base.raw * (Rate::one().raw - discount.raw) / Rate::one().raw};
}

void check_commission(const writ::test::VectorCase& c) {
  EXPECT_EQ(
      market_commission(writ::test::money_of(c.inputs, "net_market_profit"), commission_rate(c)),
      writ::test::money_of(c.expected, "commission"));
}

void check_parts(const writ::test::VectorCase& c) {
  std::map<std::uint32_t, Money> profits;
  Money net;
  const auto& given = writ::test::member(c.inputs, "strategy_pnl").as_object();
  for (const auto& [name, amount] : given) {
    const Money profit = money(std::string_view(amount.as_string()));
    profits[static_cast<std::uint32_t>(name[0])] = profit;
    net += profit;
  }
  const Money commission = *market_commission(net, commission_rate(c));
  EXPECT_EQ(commission, writ::test::money_of(c.expected, "commission"));
  std::map<std::uint32_t, Money> expected;
  for (const auto& [name, amount] : writ::test::member(c.expected, "alloc").as_object()) {
    expected[static_cast<std::uint32_t>(name[0])] = money(std::string_view(amount.as_string()));
  }
  EXPECT_EQ(commission_parts(commission, profits), expected);
}

TEST(Betting, EqualsItsVectors) {
  writ::test::run_vectors("08_betfair",
                          {{"p8_reduction", check_reduction},
                           {"p8_reduction_successive", check_successive},
                           {"p8_settle", check_settle},
                           {"p8_commission", check_commission},
                           {"p8_commission_alloc", check_parts}},
                          writ::test::VectorCoverage::kNamed);
}

TEST(BettingProperty, CommissionPartsAddUpAndNoneIsACentOff) {
  base::RandomStream random(1, "commission");
  constexpr Int128 kCent = 10'000'000'000'000'000;
  std::size_t shared = 0;
  for (std::size_t i = 0; i < writ::test::scaled(100'000); ++i) {
    std::map<std::uint32_t, Money> profits;
    Int128 won = 0;
    for (std::uint32_t instance = 0; instance < 1 + random.below(6); ++instance) {
      const Int128 profit =
          (Int128{static_cast<std::int64_t>(random.below(2'000'000))} - 600'000) * kCent / 3;
      profits[instance] = Money{profit};
      won += std::max(profit, Int128{0});
    }
    const Money commission{Int128{static_cast<std::int64_t>(random.below(100'000))} * kCent};
    const auto parts = commission_parts(commission, profits);
    if (won == 0) {
      ASSERT_TRUE(parts.empty());
      continue;
    }
    Money sum;
    for (const auto& [instance, part] : parts) {
      sum += part;
      const Int128 fair = commission.raw / kCent * profits[instance].raw;  // times won / cents
      const Int128 error = part.raw / kCent * won - fair;
      ASSERT_LT(error < 0 ? -error : error, won) << "a whole cent off";
    }
    ASSERT_EQ(sum, commission);
    shared += parts.size() > 1 ? 1 : 0;
  }
  EXPECT_GT(shared, writ::test::scaled(100'000) / 4);
}

// Closing bets with each other and settling the rest comes to what all bets pay on their own.
TEST(BettingProperty, LotsOfWinUnitsLoseNothing) {
  base::RandomStream random(2, "bet lots");
  std::size_t closed = 0;
  const std::size_t wanted = writ::test::scaled(100'000);
  for (std::size_t fills = 0; fills < wanted;) {
    FifoLots lots;
    Money realized, staked;
    Quantity units;
    for (std::uint64_t id = 1; id <= 12; ++id, ++fills) {
      const std::int64_t cents = 1 + static_cast<std::int64_t>(random.below(500'000));
      const Quantity stake{(random.below(2) == 0 ? cents : -cents) * 10'000'000};
      const Price odds{(101 + static_cast<std::int64_t>(random.below(5'000))) * 10'000'000};
      const Money cost = notional(px("1"), stake);
      const auto change = lots.fill({id, *win_units(stake, odds), odds, cost, {}});
      ASSERT_TRUE(change);
      closed += change->matches.size();
      Money parts;
      for (const LotMatch& match : change->matches) parts += match.gross;
      ASSERT_EQ(parts, change->gross);
      realized += change->gross;
      staked += cost;
      units += *win_units(stake, odds);
      ASSERT_EQ(lots.position(), units);
      ASSERT_EQ(realized - lots.cost(), -staked);
      Money cost_of_lots;
      for (const Lot& lot : lots.lots()) cost_of_lots += lot.cost;
      ASSERT_EQ(cost_of_lots, lots.cost());
    }
  }
  EXPECT_GT(closed, wanted / 3);
}

}  // namespace
}  // namespace writ::ledger
