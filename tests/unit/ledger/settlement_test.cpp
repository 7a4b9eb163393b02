#include "tests/unit/ledger/ledger_fixture.hpp"

#include <gtest/gtest.h>

namespace writ::ledger {
namespace {

using test::kAccount;
using test::kRunners;
using test::kUsdt;
using test::money;
using test::px;
using test::qty;
using test::World;

constexpr AccountId kMain{kAccount};
constexpr AssetId kMoney{kUsdt};
constexpr std::uint32_t kA = 1, kB = 2;  // strategies

/// 1,000 deposited.
struct Race : World {
  Ledger ledger{tables};

  Race() { deposit(ledger, kUsdt, money("1000")); }

  void back(std::uint32_t runner, const char* stake, const char* odds, std::uint32_t who = kA) {
    EXPECT_TRUE(fill(ledger, runner, who, qty(stake), px(odds)));
  }
  void lay(std::uint32_t runner, const char* stake, const char* odds, std::uint32_t who = kA) {
    EXPECT_TRUE(fill(ledger, runner, who, -qty(stake), px(odds)));
  }
  void reduce(std::uint32_t removed, std::int64_t percent) {
    auto record = model::make_record<writ_reduction>();
    record.header.seq = ++input_seq;
    record.instrument = removed;
    record.factor = percent * 1'000'000'000;
    record.market = WRIT_REDUCTION_WIN;
    ledger.on_reduction(record, record.header.seq, sink);
  }
  [[nodiscard]] Money cash() const { return ledger.cash(kMain, kMoney); }
  [[nodiscard]] StrategyResult result(std::uint32_t runner, std::uint32_t who = kA) const {
    return ledger.result(kMain, InstanceId{who}, InstrumentId{runner});
  }
};

TEST(Bets, CostTheirStakeAndHoldWinUnits) {
  Race race;
  race.back(kRunners[0], "10", "3");
  EXPECT_EQ(race.cash(), money("990"));
  EXPECT_EQ(race.ledger.position(kMain, InstrumentId{kRunners[0]}), qty("30"));
  race.lay(kRunners[1], "5", "4");
  EXPECT_EQ(race.cash(), money("995"));
  EXPECT_EQ(race.ledger.position(kMain, InstrumentId{kRunners[1]}), qty("-20"));
  const BetResult laid = race.ledger.bets(kMain, InstrumentId{kRunners[1]});
  EXPECT_EQ(laid.if_wins, money("-15"));
  EXPECT_EQ(laid.if_loses, money("5"));
}

// V 03: what a back of 10 at 3 and a lay of 10 at 3 with a back of 4 at 3.5 are worth at 2.5
// / 2.52.
TEST(Bets, AreMarkedAtWhatClosesThem) {
  Race race;
  race.quotes.set(kRunners[0], px("2.5"), px("2.52"));
  race.quotes.set(kRunners[1], px("2.5"), px("2.52"));
  race.back(kRunners[0], "10", "3");
  EXPECT_EQ(from_abi(race.portfolio(race.ledger).equity), money("1001.904761904761904761"));
  race.lay(kRunners[1], "10", "3");
  race.back(kRunners[1], "4", "3.5");
  EXPECT_EQ(from_abi(race.portfolio(race.ledger).equity), money("1001.504761904761904761"));
}

TEST(Bets, RealiseWhatClosingThemWinsWhoeverWinsTheRace) {
  Race race;
  race.back(kRunners[0], "10", "3");
  race.lay(kRunners[0], "12", "2.5");  // 30 win units against 30
  EXPECT_EQ(race.result(kRunners[0]).realized, money("2"));
  EXPECT_EQ(race.ledger.position(kMain, InstrumentId{kRunners[0]}), Quantity{});
  const auto legs = race.sink.all<writ_executed_trade>();
  EXPECT_EQ(legs.back()->quantity, qty("30").raw);
  EXPECT_EQ(legs.back()->entry_price, px("3").raw);
  EXPECT_EQ(legs.back()->exit_price, px("2.5").raw);
  race.settle(race.ledger, kRunners[0], WRIT_SETTLED_LOSER);
  EXPECT_EQ(race.cash(), money("1001.9")) << "less 5 % of 2";
  EXPECT_EQ(race.result(kRunners[0]).adjustments, Money{});
}

TEST(Bets, OfOddsTooFineForTheirUnitsAreRefused) {
  Race race;
  EXPECT_FALSE(race.fill(race.ledger, kRunners[0], kA, qty("0.000000003"), px("1.5")));
  EXPECT_EQ(race.sink.incidents(WRIT_INCIDENT_ARITHMETIC), 1U);
  EXPECT_EQ(race.cash(), money("1000"));
}

// V 01: back A 10@3, lay B 5@4, back C 2@8.
TEST(Bets, MayLoseTheLeastOfTheirMarketsOutcomes) {
  Race race;
  race.back(kRunners[0], "10", "3");
  race.lay(kRunners[1], "5", "4");
  race.back(kRunners[2], "2", "8");
  EXPECT_EQ(from_abi(race.portfolio(race.ledger).max_loss), money("27"));
}

// V 08 p8, in the ledger.
TEST(Settlement, OfBetsPaysThemByTheirResult) {
  Race race;
  race.back(kRunners[0], "300", "4");
  auto dead_heat = race.make_settlement(kRunners[0], WRIT_SETTLED_WINNER);
  dead_heat.tied = 3;
  race.ledger.on_settlement(dead_heat, dead_heat.header.seq, race.sink);
  EXPECT_EQ(race.cash(), money("1095")) << "100 less 5 %";
  EXPECT_EQ(race.result(kRunners[0]).adjustments, money("100"));
  EXPECT_EQ(race.result(kRunners[0]).fees, money("5"));
}

TEST(Settlement, OfALayKeepsTheStakeOrPaysTheLiability) {
  Race loses;
  loses.lay(kRunners[0], "10", "3.5");
  loses.settle(loses.ledger, kRunners[0], WRIT_SETTLED_LOSER);
  EXPECT_EQ(loses.cash(), money("1009.5"));
  Race wins;
  wins.lay(kRunners[0], "10", "3.5");
  wins.settle(wins.ledger, kRunners[0], WRIT_SETTLED_WINNER);
  EXPECT_EQ(wins.cash(), money("975"));
}

TEST(Settlement, OfAVoidRunnerReturnsEveryBetOnItClosedOnesToo) {
  Race race;
  race.back(kRunners[0], "10", "3");
  race.lay(kRunners[0], "12", "2.5");
  race.settle(race.ledger, kRunners[0], WRIT_SETTLED_VOID);
  EXPECT_EQ(race.cash(), money("1000"));
  EXPECT_EQ(race.result(kRunners[0]).total(), Money{});
}

TEST(Settlement, ChargesCommissionOnceForTheMarketsNetWinnings) {
  Race race;
  race.back(kRunners[0], "10", "3");      // A wins 20
  race.back(kRunners[1], "5", "4", kB);   // B loses 5
  race.lay(kRunners[2], "7.5", "4", kB);  // B keeps 7.5
  race.settle(race.ledger, kRunners[0], WRIT_SETTLED_WINNER);
  race.settle(race.ledger, kRunners[1], WRIT_SETTLED_LOSER);
  EXPECT_EQ(race.rows(WRIT_LEDGER_CASH, kUsdt, WRIT_ENTRY_FEE), Money{}) << "a bet is open";
  race.settle(race.ledger, kRunners[2], WRIT_SETTLED_LOSER);
  // 5 % of 22.5, half a cent away from zero; by 20 to 2.5.
  EXPECT_EQ(race.rows(WRIT_LEDGER_CASH, kUsdt, WRIT_ENTRY_FEE), money("-1.13"));
  Money of_a, of_b;
  for (const std::uint32_t runner : kRunners) {
    of_a += race.result(runner, kA).fees;
    of_b += race.result(runner, kB).fees;
  }
  EXPECT_EQ(of_a, money("1"));
  EXPECT_EQ(of_b, money("0.13"));
  race.settle(race.ledger, kRunners[2], WRIT_SETTLED_LOSER);
  EXPECT_EQ(race.cash(), money("1021.37"));
}

TEST(Settlement, TakenBackAppendsTheOppositeAndOpensTheBetsAgain) {
  Race race;
  race.back(kRunners[0], "10", "3");
  const auto before = race.ledger.save();
  race.settle(race.ledger, kRunners[0], WRIT_SETTLED_WINNER);
  EXPECT_EQ(race.cash(), money("1019"));
  const auto rows = race.sink.records();
  race.settle(race.ledger, kRunners[0], WRIT_SETTLED_REVERSED);
  EXPECT_EQ(race.ledger.save(), before);
  EXPECT_TRUE(std::equal(rows.begin(), rows.end(), race.sink.records().begin()))
      << "what was written stays";
  EXPECT_EQ(race.rows(WRIT_LEDGER_PNL, kUsdt, WRIT_ENTRY_ADJUSTMENT), Money{});
  EXPECT_EQ(race.rows(WRIT_LEDGER_CASH, kUsdt, WRIT_ENTRY_FEE), Money{});
  race.settle(race.ledger, kRunners[0], WRIT_SETTLED_LOSER);
  EXPECT_EQ(race.cash(), money("990"));
}

TEST(Settlement, IsNotTakenBackOnceTheInstrumentWasTradedAgain) {
  Race race;
  race.fill(race.ledger, test::kYes, kA, qty("10"), px("0.4"));
  race.pay_out(race.ledger, test::kYes, 1, 1);
  race.fill(race.ledger, test::kYes, kA, qty("1"), px("0.4"));
  const auto before = race.ledger.save();
  race.settle(race.ledger, test::kYes, WRIT_SETTLED_REVERSED);
  EXPECT_EQ(race.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 1U);
  EXPECT_EQ(race.ledger.save(), before);
}

TEST(Settlement, OfFiftyFiftyPaysHalf) {
  Race race;
  race.fill(race.ledger, test::kYes, kA, qty("10"), px("0.4"));
  race.fill(race.ledger, test::kNo, kA, qty("10"), px("0.7"));
  race.pay_out(race.ledger, test::kYes, 1, 2);
  race.pay_out(race.ledger, test::kNo, 1, 2);
  EXPECT_EQ(race.cash(), money("999"));
  EXPECT_EQ(race.result(test::kYes).adjustments, money("1"));
  EXPECT_EQ(race.result(test::kNo).adjustments, money("-2"));
}

TEST(Settlement, RefusesAResultOfAnotherKind) {
  Race race;
  race.back(kRunners[0], "10", "3");
  race.fill(race.ledger, test::kYes, kA, qty("10"), px("0.4"));
  const auto before = race.ledger.save();
  race.pay_out(race.ledger, kRunners[0], 1, 1);
  race.settle(race.ledger, test::kYes, WRIT_SETTLED_WINNER);
  EXPECT_EQ(race.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 2U);
  EXPECT_EQ(race.ledger.save(), before);
}

TEST(Reduction, CutsTheOddsOfBetsOnTheOthers) {
  Race race;
  race.back(kRunners[0], "10", "8");
  race.lay(kRunners[1], "10", "4");
  race.back(kRunners[2], "10", "5");
  race.reduce(kRunners[2], 25);
  EXPECT_EQ(race.ledger.position(kMain, InstrumentId{kRunners[0]}), qty("60"));
  EXPECT_EQ(race.ledger.position(kMain, InstrumentId{kRunners[1]}), qty("-30"));
  EXPECT_EQ(race.ledger.position(kMain, InstrumentId{kRunners[2]}), qty("50"));
  EXPECT_EQ(race.cash(), money("990")) << "stakes are unchanged";
  race.settle(race.ledger, kRunners[2], WRIT_SETTLED_VOID);
  race.settle(race.ledger, kRunners[1], WRIT_SETTLED_LOSER);
  race.settle(race.ledger, kRunners[0], WRIT_SETTLED_WINNER);
  EXPECT_EQ(race.cash(), money("1057")) << "50 and 10, less 5 %";
}

TEST(Reduction, BooksWhatItDoesToBetsClosedWithEachOther) {
  Race race;
  race.back(kRunners[0], "10", "3");
  race.lay(kRunners[0], "12", "2.5");
  race.reduce(kRunners[1], 10);  // 2.7 and 2.25: 27 against 27 win units
  EXPECT_EQ(race.ledger.position(kMain, InstrumentId{kRunners[0]}), Quantity{});
  EXPECT_EQ(race.result(kRunners[0]).total(), money("2"));
  race.reduce(kRunners[2], 15);  // 2.3 (2.295) and 1.91 (1.9125): 23 against 22.92
  EXPECT_EQ(race.ledger.position(kMain, InstrumentId{kRunners[0]}), qty("0.08"));
  const StrategyResult now = race.result(kRunners[0]);
  EXPECT_NE(now.adjustments, Money{});
  (void)race.portfolio(race.ledger);  // asserts that cash and results agree
}

TEST(Reduction, BelowTwoAndAHalfPercentChangesNothing) {
  Race race;
  race.back(kRunners[0], "10", "8");
  const auto before = race.ledger.save();
  race.reduce(kRunners[2], 2);
  EXPECT_EQ(race.ledger.save(), before);
}

}  // namespace
}  // namespace writ::ledger
