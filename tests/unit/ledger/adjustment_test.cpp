#include "tests/unit/ledger/ledger_fixture.hpp"

#include <gtest/gtest.h>

namespace writ::ledger {
namespace {

using test::kAccount;
using test::kEth;
using test::kPerp;
using test::kSpot;
using test::kUsdt;
using test::kYes;
using test::money;
using test::px;
using test::qty;
using test::World;

constexpr AccountId kMain{kAccount};
constexpr std::uint32_t kA = 1;  // a strategy

struct Books : World {
  Ledger ledger{tables};

  Books() { deposit(ledger, kUsdt, money("1000")); }

  writ_adjustment make(std::uint32_t kind) {
    auto record = model::make_record<writ_adjustment>();
    record.header.seq = ++input_seq;
    record.account = kAccount;
    record.kind = kind;
    record.price = WRIT_NONE;
    return record;
  }
  void apply(const writ_adjustment& record) {
    ledger.on_adjustment(record, record.header.seq, sink);
  }
  void cash(const char* amount, std::uint32_t instrument = 0, std::uint32_t instance = 0) {
    auto record = make(WRIT_ADJUST_CASH);
    record.asset = kUsdt;
    record.instrument = instrument;
    record.instance = instance;
    record.amount = to_abi(money(amount));
    apply(record);
  }
  void position(std::uint32_t instrument, const char* quantity, const char* price) {
    auto record = make(WRIT_ADJUST_POSITION);
    record.instrument = instrument;
    record.instance = kA;
    record.quantity = qty(quantity).raw;
    if (*price != 0) record.price = px(price).raw;
    apply(record);
  }
};

TEST(Adjustment, TransferMovesMoneyWithoutGainOrLoss) {
  Books books;
  (void)books.portfolio(books.ledger);
  auto out = books.make(WRIT_ADJUST_TRANSFER);
  out.asset = kUsdt;
  out.amount = to_abi(money("-400"));
  books.apply(out);
  const auto& after = books.portfolio(books.ledger, 1);
  EXPECT_EQ(from_abi(after.equity), money("600"));
  EXPECT_EQ(from_abi(after.initial), money("600"));
  EXPECT_EQ(from_abi(after.peak), money("600"));
  const auto* row = books.sink.all<writ_ledger>().back();
  EXPECT_EQ(row->kind, WRIT_ENTRY_WITHDRAWAL);
  EXPECT_EQ(row->ref_kind, WRIT_REF_ADJUSTMENT);
}

TEST(Adjustment, OfCashIsAGainOfTheAccountOrOfAStrategy) {
  Books books;
  books.cash("-1.5");
  books.cash("4", kYes, kA);
  const auto& after = books.portfolio(books.ledger);
  EXPECT_EQ(from_abi(after.equity), money("1002.5"));
  EXPECT_EQ(from_abi(after.adjustments), money("2.5"));
  EXPECT_EQ(books.ledger.results(kMain, InstanceId{0}).at(0).adjustments, money("-1.5"));
  EXPECT_EQ(books.ledger.results(kMain, InstanceId{kA}).at(0).adjustments, money("4"));
}

TEST(Adjustment, OfAStrategysCashNeedsAnInstrumentOfThatAsset) {
  Books books;
  books.cash("4", 0, kA);
  books.cash("4", test::kCross, kA);
  EXPECT_EQ(books.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 2U);
  EXPECT_EQ(books.ledger.cash(kMain, AssetId{kUsdt}), money("1000"));
}

TEST(Adjustment, OfAPositionIsWorthItsPriceAndMovesNoMoney) {
  Books books;
  books.position(kYes, "10", "0.4");
  EXPECT_EQ(books.ledger.cash(kMain, AssetId{kUsdt}), money("1000"));
  EXPECT_EQ(books.ledger.position(kMain, InstrumentId{kYes}), qty("10"));
  EXPECT_EQ(books.rows(WRIT_LEDGER_PNL, kUsdt, WRIT_ENTRY_ADJUSTMENT), money("4"));
  books.position(kYes, "-10", "0.5");
  EXPECT_EQ(books.rows(WRIT_LEDGER_PNL, kUsdt, WRIT_ENTRY_ADJUSTMENT), Money{});
  EXPECT_EQ(from_abi(books.portfolio(books.ledger).equity), money("1000"));
}

TEST(Adjustment, OfCoinsMovesTheirBalance) {
  Books books;
  books.quotes.set(kSpot, px("100"), px("101"));
  books.ledger.on_quote(kSpot, books.quotes.quote(kSpot), books.sink);
  books.position(kSpot, "2", "");
  EXPECT_EQ(books.ledger.cash(kMain, AssetId{kEth}), money("2"));
  EXPECT_EQ(from_abi(books.portfolio(books.ledger).equity), money("1200"));
}

TEST(Adjustment, OfAPerpetualsPositionRealisesAsATradeWould) {
  Books books;
  books.fill(books.ledger, kPerp, kA, qty("2"), px("100"));
  books.position(kPerp, "-2", "110");
  EXPECT_EQ(books.ledger.cash(kMain, AssetId{kUsdt}), money("1020"));
  EXPECT_EQ(from_abi(books.portfolio(books.ledger).adjustments), money("20"));
}

TEST(Adjustment, OfFundingIsSharedToTheLastUnitByWhoHoldsThePerpetual) {
  Books books;
  constexpr std::uint32_t kB = 2;
  books.fill(books.ledger, kPerp, kA, qty("2"), px("100"));
  books.fill(books.ledger, kPerp, kB, qty("1"), px("100"));
  const Money before = books.ledger.cash(kMain, AssetId{kUsdt});
  auto funding = books.make(WRIT_ADJUST_FUNDING);
  funding.asset = kUsdt;
  funding.instrument = kPerp;
  funding.amount = to_abi(money("-0.1"));
  books.apply(funding);
  EXPECT_EQ(books.ledger.cash(kMain, AssetId{kUsdt}) - before, money("-0.1"));
  EXPECT_EQ(books.ledger.result(kMain, InstanceId{kA}, InstrumentId{kPerp}).funding,
            money("-0.066666666666666667"));
  EXPECT_EQ(books.ledger.result(kMain, InstanceId{kB}, InstrumentId{kPerp}).funding,
            money("-0.033333333333333333"));
  EXPECT_EQ(from_abi(books.portfolio(books.ledger).funding), money("-0.1"));
}

TEST(Adjustment, OfFundingNobodyHoldsThePerpetualOfAnyMoreIsTheAccounts) {
  Books books;
  auto funding = books.make(WRIT_ADJUST_FUNDING);
  funding.asset = kUsdt;
  funding.instrument = kPerp;
  funding.amount = to_abi(money("0.25"));
  books.apply(funding);
  EXPECT_EQ(books.ledger.result(kMain, InstanceId{0}, InstrumentId{kPerp}).funding, money("0.25"));
  EXPECT_EQ(from_abi(books.portfolio(books.ledger).equity), money("1000.25"));
}

TEST(Adjustment, OfFundingIsBookedOnce) {
  Books books;
  auto funding = books.make(WRIT_ADJUST_FUNDING);
  funding.asset = kUsdt;
  funding.instrument = kPerp;
  funding.amount = to_abi(money("0.25"));
  funding.header.event_ts = 100;
  books.apply(funding);
  Ledger restarted{books.tables};
  ASSERT_TRUE(restarted.load(books.ledger.save()));
  restarted.on_adjustment(funding, 9, books.sink);
  EXPECT_EQ(restarted.cash(kMain, AssetId{kUsdt}), money("1000.25"));
  funding.header.event_ts = 101;
  restarted.on_adjustment(funding, 10, books.sink);
  EXPECT_EQ(restarted.cash(kMain, AssetId{kUsdt}), money("1000.5"));
}

TEST(Adjustment, OfFundingNeedsAPerpetualOfThatAsset) {
  Books books;
  auto funding = books.make(WRIT_ADJUST_FUNDING);
  funding.asset = kUsdt;
  funding.instrument = kSpot;
  funding.amount = to_abi(money("0.25"));
  books.apply(funding);
  EXPECT_EQ(books.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 1U);
  EXPECT_EQ(books.ledger.cash(kMain, AssetId{kUsdt}), money("1000"));
}

TEST(Adjustment, OfAPositionThatNeverHadAPriceIsRefused) {
  Books books;
  const auto before = books.ledger.save();
  books.position(kSpot, "2", "");
  EXPECT_EQ(books.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 1U);
  EXPECT_EQ(books.ledger.save(), before);
}

}  // namespace
}  // namespace writ::ledger
