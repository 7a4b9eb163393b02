#include "host/ledger/ledger.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"
#include "tests/support/vectors.hpp"
#include "tests/unit/ledger/ledger_fixture.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <vector>

namespace writ::ledger {
namespace {

using test::kAccount;
using test::kBtc;
using test::kEth;
using test::kNo;
using test::kPerp;
using test::kSpot;
using test::kUsdt;
using test::kYes;
using test::money;
using test::px;
using test::qty;
using test::World;

constexpr AccountId kMain{kAccount};

Money equity_of(const writ_portfolio& p) { return from_abi(p.equity); }

/// The two identities, over the record alone.
void expect_balanced(const writ_portfolio& p) {
  Money values;
  for (const auto& balance : model::tail_array<writ_balance>(p, p.balance_count)) {
    values += from_abi(balance.value);
  }
  for (const auto& position : model::tail_array<writ_position>(
           p, p.position_count, p.balance_count * sizeof(writ_balance))) {
    values += from_abi(position.value);
  }
  EXPECT_EQ(from_abi(p.equity), values);
  EXPECT_EQ(from_abi(p.equity), from_abi(p.initial) + from_abi(p.realized) - from_abi(p.fees) +
                                    from_abi(p.funding) + from_abi(p.adjustments) +
                                    from_abi(p.unrealized));
}

TEST(Ledger, BooksASpotFillInCashCoinsResultsAndLegs) {
  World w;
  Ledger ledger(w.tables);
  w.deposit(ledger, kUsdt, money("1000"));
  ASSERT_TRUE(w.fill(ledger, kSpot, 7, qty("2"), px("100"), money("0.2")));
  ASSERT_TRUE(w.fill(ledger, kSpot, 7, qty("-3"), px("110"), money("0.33")));

  EXPECT_EQ(ledger.cash(kMain, AssetId{kUsdt}), money("1129.47"));
  EXPECT_EQ(ledger.cash(kMain, AssetId{kEth}), money("-1"));
  EXPECT_EQ(w.sink.incidents(WRIT_INCIDENT_NEGATIVE_CASH), 1U);
  EXPECT_EQ(ledger.position(kMain, InstrumentId{kSpot}), qty("-1"));
  const auto result = ledger.result(kMain, InstanceId{7}, InstrumentId{kSpot});
  EXPECT_EQ(result.realized, money("20"));
  EXPECT_EQ(result.fees, money("0.53"));

  const auto legs = w.sink.all<writ_executed_trade>();
  ASSERT_EQ(legs.size(), 3U);
  EXPECT_EQ(legs[0]->closes, 0);
  EXPECT_EQ(legs[0]->leg, 0);
  EXPECT_EQ(legs[0]->position_after, qty("2").raw);
  EXPECT_EQ(legs[1]->closes, 1);
  EXPECT_EQ(legs[1]->leg, 0);
  EXPECT_EQ(from_abi(legs[1]->realized), money("20"));
  EXPECT_EQ(from_abi(legs[1]->fee), money("0.42"));  // 0.2 to open, 0.22 of 0.33 to close
  EXPECT_EQ(legs[1]->entry_price, px("100").raw);
  EXPECT_EQ(legs[1]->exit_price, px("110").raw);
  EXPECT_EQ(legs[2]->closes, 0);
  EXPECT_EQ(legs[2]->leg, 1);
  EXPECT_EQ(legs[2]->quantity, qty("1").raw);
  EXPECT_EQ(legs[2]->exit_price, 0);
  EXPECT_EQ(legs[2]->position_after, qty("-1").raw);
  EXPECT_EQ(legs[2]->side, WRIT_SIDE_SELL);

  // Every row of a fill names it; balances run.
  Money balance;
  for (const auto* row : w.sink.all<writ_ledger>()) {
    if (row->ledger == WRIT_LEDGER_CASH && row->asset == kUsdt) {
      balance += from_abi(row->amount);
      EXPECT_EQ(from_abi(row->balance_after), balance);
    }
    EXPECT_EQ(row->ref_kind, row->kind == WRIT_ENTRY_DEPOSIT ? WRIT_REF_DEPOSIT : WRIT_REF_FILL);
  }
  EXPECT_EQ(balance, money("1129.47"));
  EXPECT_EQ(w.rows(WRIT_LEDGER_PNL, kUsdt, WRIT_ENTRY_REALIZED), money("20"));
  EXPECT_EQ(w.rows(WRIT_LEDGER_PNL, kUsdt, WRIT_ENTRY_FEE), money("-0.53"));
}

TEST(Ledger, MovesCashOfAPerpetualByResultsFeesAndFundingOnly) {
  World w;
  Ledger ledger(w.tables);
  w.deposit(ledger, kUsdt, money("1000"));
  ASSERT_TRUE(w.fill(ledger, kPerp, 7, qty("2"), px("100"), money("0.1")));
  EXPECT_EQ(ledger.cash(kMain, AssetId{kUsdt}), money("999.9"));
  w.quotes.set(kPerp, px("109"), px("111"));
  const writ_portfolio& open = w.portfolio(ledger);
  expect_balanced(open);
  EXPECT_EQ(equity_of(open), money("1017.9"));
  EXPECT_EQ(from_abi(open.unrealized), money("18"));

  auto funding = model::make_record<writ_funding>();
  funding.instrument = kPerp;
  funding.mark = px("110").raw;
  funding.rate = 100'000;  // 0.0001: longs pay
  ledger.on_funding(funding, 77, w.sink);
  EXPECT_EQ(ledger.cash(kMain, AssetId{kUsdt}), money("999.878"));
  EXPECT_EQ(w.rows(WRIT_LEDGER_PNL, kUsdt, WRIT_ENTRY_FUNDING), money("-0.022"));

  ASSERT_TRUE(w.fill(ledger, kPerp, 7, qty("-2"), px("110")));
  EXPECT_EQ(ledger.cash(kMain, AssetId{kUsdt}), money("1019.878"));
  const writ_portfolio& flat = w.portfolio(ledger);
  expect_balanced(flat);
  EXPECT_EQ(equity_of(flat), money("1019.878"));
  EXPECT_EQ(from_abi(flat.funding), money("-0.022"));
}

writ_funding make_funding(std::int64_t at, std::int64_t rate) {
  auto funding = model::make_record<writ_funding>();
  funding.header.event_ts = at;
  funding.instrument = kPerp;
  funding.mark = px("110").raw;
  funding.rate = rate;
  return funding;
}

TEST(Ledger, FundsAPositionWhoseFillIsReportedAfterTheInstant) {
  World w;
  Ledger ledger(w.tables);
  w.deposit(ledger, kUsdt, money("1000"));
  const auto fill = [&](Quantity size, std::int64_t at) {
    auto record = w.make_fill(kPerp, 7, size, px("100"), {});
    record.header.event_ts = at;
    EXPECT_TRUE(ledger.on_fill(record, FillId{record.header.seq}, w.sink));
  };
  fill(qty("2"), 10);
  ledger.on_funding(make_funding(20, 100'000), 77, w.sink);
  EXPECT_EQ(w.rows(WRIT_LEDGER_CASH, kUsdt, WRIT_ENTRY_FUNDING), money("-0.022"));
  fill(qty("1"), 20);
  EXPECT_EQ(w.rows(WRIT_LEDGER_CASH, kUsdt, WRIT_ENTRY_FUNDING), money("-0.022"))
      << "the funding goes first";
  Ledger restarted(w.tables);
  ASSERT_TRUE(restarted.load(ledger.save()));
  fill(qty("3"), 19);
  EXPECT_EQ(w.rows(WRIT_LEDGER_CASH, kUsdt, WRIT_ENTRY_FUNDING), money("-0.055"));
  EXPECT_EQ(w.rows(WRIT_LEDGER_PNL, kUsdt, WRIT_ENTRY_FUNDING), money("-0.055"));
  EXPECT_EQ(w.sink.all<writ_ledger>().back()->ref, 77U);
  fill(qty("-5"), 19);
  EXPECT_EQ(w.rows(WRIT_LEDGER_PNL, kUsdt, WRIT_ENTRY_FUNDING), Money{});
  expect_balanced(w.portfolio(ledger));
  auto late = w.make_fill(kPerp, 7, qty("3"), px("100"), {});
  late.header.event_ts = 19;
  ASSERT_TRUE(restarted.on_fill(late, FillId{late.header.seq}, w.sink));
  EXPECT_EQ(w.rows(WRIT_LEDGER_PNL, kUsdt, WRIT_ENTRY_FUNDING), money("-0.033"));
}

TEST(Ledger, FundsWhatWasOpenAtTheInstantWhateverIsReportedLater) {
  base::RandomStream random(1, "late_funding");
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  for (std::size_t i = 0; i < writ::test::scaled(100'000); ++i) {
    World w;
    Ledger ledger(w.tables);
    Money expected;
    Int128 open = 0;  // position at the instant of the funding before
    std::vector<writ_fill> late;
    for (std::int64_t instant = 100; instant <= 300; instant += 100) {
      for (auto left = below(4); left > 0; --left) {
        const Quantity size{(below(2) == 0 ? 1 : -1) * (1 + below(5'000'000'000))};
        auto fill = w.make_fill(kPerp, 7, size, px("100"), {});
        fill.header.event_ts = instant - 1 - below(99);
        open += size.raw;
        if (below(2) == 0) {
          late.push_back(fill);
        } else {
          ASSERT_TRUE(ledger.on_fill(fill, FillId{fill.header.seq}, w.sink));
        }
      }
      const auto funding = make_funding(instant, below(2'000'001) - 1'000'000);
      ledger.on_funding(funding, static_cast<std::uint64_t>(instant), w.sink);
      const Money value{open * funding.mark};
      expected += *scaled(value, Rate{funding.rate}, Rounding::kHalfEven);
    }
    while (!late.empty()) {
      const auto at = late.begin() + below(late.size());
      ASSERT_TRUE(ledger.on_fill(*at, FillId{at->header.seq}, w.sink));
      late.erase(at);
    }
    ASSERT_EQ(w.rows(WRIT_LEDGER_PNL, kUsdt, WRIT_ENTRY_FUNDING), -expected) << i;
    ASSERT_EQ(w.rows(WRIT_LEDGER_CASH, kUsdt, WRIT_ENTRY_FUNDING), -expected) << i;
  }
}

TEST(Ledger, GivesDepositedCoinsTheirFirstMarkAsCost) {
  World w;
  Ledger ledger(w.tables);
  w.deposit(ledger, kUsdt, money("10000"));
  w.deposit(ledger, kEth, money("5"));
  const writ_portfolio& unmarked = w.portfolio(ledger);
  expect_balanced(unmarked);
  EXPECT_EQ(equity_of(unmarked), money("10000"));
  EXPECT_EQ(unmarked.position_count, 0U);

  w.quotes.set(kSpot, px("2000"), px("2001"));
  const writ_portfolio& marked = w.portfolio(ledger);
  expect_balanced(marked);
  EXPECT_EQ(equity_of(marked), money("20000"));
  EXPECT_EQ(from_abi(marked.initial), money("20000"));
  EXPECT_EQ(from_abi(marked.peak), money("20000")) << "a deposit is no gain";

  w.quotes.set(kSpot, px("2100"), px("2101"));
  const writ_portfolio& risen = w.portfolio(ledger);
  expect_balanced(risen);
  EXPECT_EQ(from_abi(risen.unrealized), money("500"));
  const auto own = ledger.result(kMain, InstanceId{0}, InstrumentId{kSpot});
  EXPECT_EQ(own.unrealized, money("500"));
  EXPECT_EQ(own.position, qty("5"));

  // A strategy's sale is a short of its own against the account's coins.
  ASSERT_TRUE(w.fill(ledger, kSpot, 7, qty("-1"), px("2100"), money("2.1")));
  EXPECT_EQ(ledger.position(kMain, InstrumentId{kSpot}), qty("4"));
  EXPECT_EQ(ledger.strategy_position(kMain, InstanceId{7}, InstrumentId{kSpot}), qty("-1"));
  const writ_portfolio& sold = w.portfolio(ledger);
  expect_balanced(sold);
  EXPECT_EQ(equity_of(sold), money("20497.9"));

  // Coins taken out are a withdrawal at the mark, and neither gain nor loss.
  w.deposit(ledger, kEth, money("-4"));
  const writ_portfolio& out = w.portfolio(ledger);
  expect_balanced(out);
  EXPECT_EQ(equity_of(out), money("20497.9") - money("8400"));
  EXPECT_EQ(from_abi(out.initial), money("11600"));
  EXPECT_EQ(from_abi(out.drawdown), from_abi(sold.drawdown));
}

TEST(Ledger, TakesTheFirstFillAsMarkOfDepositsNobodyQuoted) {
  World w;
  Ledger ledger(w.tables);
  w.deposit(ledger, kEth, money("5"));
  ASSERT_TRUE(w.fill(ledger, kSpot, 7, qty("-1"), px("2000")));
  const writ_portfolio& p = w.portfolio(ledger);
  expect_balanced(p);
  EXPECT_EQ(from_abi(p.initial), money("10000"));
  EXPECT_EQ(equity_of(p), money("10000"));
}

TEST(Ledger, RevaluesMoneyOfOtherAssets) {
  World w;
  Ledger ledger(w.tables);
  w.deposit(ledger, kUsdt, money("100"));
  auto rate = model::make_record<writ_conversion>();
  rate.asset = kBtc;
  rate.into = kUsdt;
  rate.rate = 50'000'000'000'000;
  ledger.on_conversion(rate, w.sink);
  // ETHBTC is not quoted in the reporting asset, so the BTC it sells for is money.
  w.quotes.set(test::kBtcSpot, px("50000"), px("50001"));
  w.quotes.set(test::kCross, px("0.05"), px("0.051"));
  ASSERT_TRUE(w.fill(ledger, test::kCross, 7, qty("-10"), px("0.05"), money("0.001")));
  const writ_portfolio& before = w.portfolio(ledger);
  expect_balanced(before);
  rate.rate = 60'000'000'000'000;
  ledger.on_conversion(rate, w.sink);
  const writ_portfolio& after = w.portfolio(ledger);
  expect_balanced(after);
  EXPECT_NE(equity_of(before), equity_of(after));
  // Rows in the reporting asset, and those in BTC at the present rate, explain the equity.
  Money telescoped = money("100");
  telescoped += w.rows(WRIT_LEDGER_PNL, kUsdt);
  for (const auto* row : w.sink.all<writ_ledger>()) {
    if (row->ledger == WRIT_LEDGER_PNL && row->asset == kBtc && row->kind == WRIT_ENTRY_FEE) {
      telescoped += money("-50");  // booked at 50,000
    }
  }
  const Money unrealized_btc = w.rows(WRIT_LEDGER_PNL, kBtc, WRIT_ENTRY_MTM);
  telescoped += *scaled(unrealized_btc, Rate{rate.rate}, Rounding::kHalfEven);
  EXPECT_EQ(telescoped, equity_of(after));
}

TEST(Ledger, SettlesTokensAtTheirPayout) {
  World w;
  Ledger ledger(w.tables);
  w.deposit(ledger, kUsdt, money("100"));
  ASSERT_TRUE(w.fill(ledger, kYes, 7, qty("100"), px("0.5"), money("0.2")));
  ASSERT_TRUE(w.fill(ledger, kNo, 8, qty("40"), px("0.45"), money("0.1")));
  auto settlement = model::make_record<writ_settlement>();
  settlement.instrument = kYes;
  settlement.result = WRIT_SETTLED_PAYOUT;
  settlement.payout_numerator = 1;
  settlement.payout_denominator = 1;
  ledger.on_settlement(settlement, 90, w.sink);
  settlement.instrument = kNo;
  settlement.payout_numerator = 0;
  ledger.on_settlement(settlement, 91, w.sink);
  const writ_portfolio& p = w.portfolio(ledger);
  expect_balanced(p);
  EXPECT_EQ(equity_of(p), money("131.7"));  // 100 + 50 - 18 - 0.3
  EXPECT_EQ(from_abi(p.adjustments), money("32"));
  EXPECT_EQ(p.position_count, 0U);
  EXPECT_EQ(w.rows(WRIT_LEDGER_CASH, kUsdt, WRIT_ENTRY_SETTLEMENT), money("100"));
  ledger.on_settlement(settlement, 92, w.sink);  // nothing is left to settle
  EXPECT_EQ(w.rows(WRIT_LEDGER_CASH, kUsdt, WRIT_ENTRY_SETTLEMENT), money("100"));
}

TEST(Ledger, RefusesWholeAFillThatIsNotOne) {
  World w;
  Ledger ledger(w.tables);
  w.deposit(ledger, kUsdt, money("1000"));
  (void)w.fill(ledger, kSpot, 7, qty("1"), px("100"));
  const Money cash = ledger.cash(kMain, AssetId{kUsdt});
  w.sink.clear();
  auto fill = w.make_fill(kSpot, 7, qty("1"), px("100"), {});
  fill.quantity = 0;
  EXPECT_FALSE(ledger.on_fill(fill, FillId{9}, w.sink));
  fill.quantity = qty("1").raw;
  fill.price = WRIT_NONE;
  EXPECT_FALSE(ledger.on_fill(fill, FillId{9}, w.sink));
  fill.price = px("1").raw;
  fill.side = 3;
  EXPECT_FALSE(ledger.on_fill(fill, FillId{9}, w.sink));
  fill.side = WRIT_SIDE_BUY;
  fill.instrument = 99;
  EXPECT_FALSE(ledger.on_fill(fill, FillId{9}, w.sink));
  EXPECT_EQ(w.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 4U);
  EXPECT_EQ(w.sink.all<writ_ledger>().size(), 0U);

  // Past the bound of money: an incident, and nothing has moved.
  EXPECT_FALSE(w.fill(ledger, kSpot, 7, qty("9000000000"), px("9000000000")));
  EXPECT_EQ(w.sink.incidents(WRIT_INCIDENT_ARITHMETIC), 1U);
  EXPECT_EQ(w.sink.all<writ_ledger>().size(), 0U);
  EXPECT_EQ(w.sink.all<writ_executed_trade>().size(), 0U);
  EXPECT_EQ(ledger.cash(kMain, AssetId{kUsdt}), cash);
  EXPECT_EQ(ledger.position(kMain, InstrumentId{kSpot}), qty("1"));
}

TEST(Ledger, ReportsNegativeCashOncePerEpisode) {
  World w;
  Ledger ledger(w.tables);
  w.deposit(ledger, kUsdt, money("10"));
  (void)w.fill(ledger, kPerp, 7, qty("1"), px("100"), money("11"));
  (void)w.fill(ledger, kPerp, 7, qty("1"), px("100"), money("1"));
  EXPECT_EQ(w.sink.incidents(WRIT_INCIDENT_NEGATIVE_CASH), 1U);
  const auto* incident = w.sink.all<writ_incident>().front();
  EXPECT_EQ(from_abi(incident->value), money("-1"));
  w.deposit(ledger, kUsdt, money("100"));
  (void)w.fill(ledger, kPerp, 7, qty("1"), px("100"), money("200"));
  EXPECT_EQ(w.sink.incidents(WRIT_INCIDENT_NEGATIVE_CASH), 2U);
}

TEST(Ledger, MarksNothingThatWasNeverQuotedAtMoreThanItsCost) {
  World w;
  Ledger ledger(w.tables);
  w.deposit(ledger, kUsdt, money("1000"));
  (void)w.fill(ledger, kSpot, 7, qty("1"), px("100"));
  (void)w.fill(ledger, kPerp, 7, qty("1"), px("100"));
  (void)w.fill(ledger, kPerp, 8, qty("-1"), px("130"));
  const writ_portfolio& p = w.portfolio(ledger);
  expect_balanced(p);
  EXPECT_EQ(from_abi(p.unrealized), Money{});
  const auto positions =
      model::tail_array<writ_position>(p, p.position_count, p.balance_count * sizeof(writ_balance));
  ASSERT_GE(positions.size(), 1U);
  EXPECT_EQ(positions[0].mark, WRIT_NONE);
  EXPECT_EQ(positions[0].flags, 1U);
}

// V 03: mixed book.
TEST(Ledger, GivesTheEquityAndExposureOfItsDefinition) {
  World w;
  Ledger ledger(w.tables);
  w.deposit(ledger, kUsdt, money("16819.6"));  // leaves 1000 after what follows
  (void)w.fill(ledger, kYes, 7, qty("100"), px("0.52"));
  (void)w.fill(ledger, kNo, 7, qty("40"), px("0.44"));
  (void)w.fill(ledger, test::kBtcSpot, 7, qty("0.25"), px("63000"));
  (void)w.fill(ledger, kPerp, 7, qty("-0.1"), px("67000"));
  ASSERT_EQ(ledger.cash(kMain, AssetId{kUsdt}), money("1000"));
  w.quotes.set(kYes, px("0.52"), px("0.55"));
  w.quotes.set(kNo, px("0.44"), px("0.47"));
  w.quotes.set(test::kBtcSpot, px("67000"), px("67001"));
  w.quotes.set(kPerp, px("67009"), px("67010"));
  const writ_portfolio& p = w.portfolio(ledger);
  expect_balanced(p);
  EXPECT_EQ(equity_of(p), money("17818.6"));
  EXPECT_EQ(from_abi(p.gross_exposure), money("23520.6"));
  EXPECT_EQ(from_abi(p.net_exposure), money("10083.4"));
}

void check_equity(const writ::test::VectorCase& c) {
  World w;
  Ledger ledger(w.tables);
  const std::map<std::string, std::uint32_t> numbers = {
      {"MKT1.YES", kYes}, {"MKT1.NO", kNo}, {"BTC.SPOT", test::kBtcSpot}, {"BTC.PERP", kPerp}};
  Money spent;
  const auto& positions = writ::test::member(c.inputs, "positions").as_array();
  for (const auto& value : positions) {
    const auto& position = value.as_object();
    const std::uint32_t number = numbers.at(writ::test::text_of(position, "inst"));
    const Quantity quantity = writ::test::quantity_of(position, "qty");
    const Price mark = writ::test::price_of(position, "mark");
    w.quotes.set(number, mark, mark);
    const bool perp = number == kPerp;
    const Price entry = perp ? writ::test::price_of(position, "entry") : mark;
    ASSERT_TRUE(w.fill(ledger, number, 7, quantity, entry));
    if (!perp) spent += notional(entry, quantity);
  }
  w.deposit(ledger, kUsdt, writ::test::money_of(c.inputs, "cash") + spent);
  const writ_portfolio& p = w.portfolio(ledger);
  expect_balanced(p);
  EXPECT_EQ(p.position_count, positions.size());
  EXPECT_EQ(equity_of(p), writ::test::money_of(c.expected, "equity"));
  EXPECT_EQ(from_abi(p.gross_exposure), writ::test::money_of(c.expected, "gross_exposure"));
  EXPECT_EQ(from_abi(p.net_exposure), writ::test::money_of(c.expected, "net_exposure"));
}

void check_telescope(const writ::test::VectorCase& c) {
  World w;
  Ledger ledger(w.tables);
  for (const auto& value : writ::test::member(c.inputs, "events").as_array()) {
    const auto& event = value.as_object();
    const Price price = writ::test::price_of(event, "px");
    if (writ::test::text_of(event, "type") == "mark") {
      w.quotes.set(kYes, price, price);
      (void)w.portfolio(ledger);
      continue;
    }
    Quantity quantity = writ::test::quantity_of(event, "qty");
    if (writ::test::text_of(event, "side") == "SELL") quantity = -quantity;
    ASSERT_TRUE(w.fill(ledger, kYes, 7, quantity, price, writ::test::money_of(event, "fee")));
  }
  const std::map<std::string, std::uint16_t> kinds = {
      {"fee", WRIT_ENTRY_FEE}, {"mtm", WRIT_ENTRY_MTM}, {"realized", WRIT_ENTRY_REALIZED}};
  std::vector<const writ_ledger*> rows;
  for (const auto* row : w.sink.all<writ_ledger>()) {
    if (row->ledger == WRIT_LEDGER_PNL) rows.push_back(row);
  }
  const auto& expected = writ::test::member(c.expected, "rows").as_array();
  ASSERT_EQ(rows.size(), expected.size());
  Money sum;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& want = expected[i].as_object();
    EXPECT_EQ(rows[i]->kind, kinds.at(writ::test::text_of(want, "kind"))) << i;
    EXPECT_EQ(from_abi(rows[i]->amount), writ::test::money_of(want, "pnl")) << i;
    sum += from_abi(rows[i]->amount);
  }
  EXPECT_EQ(sum, writ::test::money_of(c.expected, "sum"));
  EXPECT_EQ(sum, equity_of(*w.sink.all<writ_portfolio>().back()));
  EXPECT_EQ(sum, ledger.result(kMain, InstanceId{7}, InstrumentId{kYes}).total());
}

TEST(Ledger, EqualsItsVectors) {
  writ::test::run_vectors(
      "03_marks_equity_drawdown",
      {{"equity_exposure", check_equity}, {"ledger_telescopes", check_telescope}},
      writ::test::VectorCoverage::kNamed);
}

// V 03: the rows' sum telescopes to the change of equity.
TEST(Ledger, GivesTheSumOfItsDefinition) {
  World w;
  Ledger ledger(w.tables);
  const auto mark = [&](const char* price) {
    w.quotes.set(kYes, px(price), px(price));
    (void)w.portfolio(ledger);
  };
  (void)w.fill(ledger, kYes, 7, qty("100"), px("0.50"), money("0.20"));
  mark("0.52");
  (void)w.fill(ledger, kYes, 7, qty("-60"), px("0.55"), money("0.10"));
  mark("0.53");
  (void)w.fill(ledger, kYes, 7, qty("-40"), px("0.54"), money("0.05"));
  mark("0.53");
  EXPECT_EQ(w.rows(WRIT_LEDGER_PNL, kUsdt), money("4.25"));
}

TEST(Ledger, LowersATierOnlyOncePerHour) {
  constexpr std::int64_t kHour = 3'600'000'000'000;
  World w;
  Ledger ledger(w.tables);
  w.deposit(ledger, kUsdt, money("1000"));
  (void)w.fill(ledger, kPerp, 7, qty("1"), px("500"));
  const auto tier_at = [&](std::int64_t now, const char* price) {
    w.quotes.set(kPerp, px(price), px(price));
    (void)w.portfolio(ledger, now);
    return ledger.tier(kMain);
  };
  EXPECT_EQ(tier_at(0, "500"), WRIT_TIER_NORMAL);
  EXPECT_EQ(tier_at(1, "400"), WRIT_TIER_DD10);
  for (std::int64_t i = 0; i < 20; ++i) EXPECT_EQ(tier_at(2 + i, "499"), WRIT_TIER_DD10);
  EXPECT_EQ(tier_at(1 * kHour, "499"), WRIT_TIER_DD10);
  EXPECT_EQ(tier_at(2 * kHour, "499"), WRIT_TIER_DD10);
  EXPECT_EQ(tier_at(3 * kHour, "499"), WRIT_TIER_NORMAL);
  EXPECT_EQ(tier_at(3 * kHour, "250"), WRIT_TIER_HALT20);
  ledger.reset_drawdown(kMain);
  EXPECT_EQ(ledger.tier(kMain), WRIT_TIER_NORMAL);
}

}  // namespace
}  // namespace writ::ledger
