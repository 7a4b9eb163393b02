#include "host/base/random.hpp"
#include "host/ledger/ledger.hpp"
#include "tests/unit/ledger/ledger_fixture.hpp"

#include <gtest/gtest.h>

namespace writ::ledger {
namespace {

using test::kAccount;
using test::kEth;
using test::kUsdt;
using test::money;
using test::World;

constexpr AccountId kMain{kAccount};

/// Random life of one account: fills of three strategies in spot, perpetual and binary instruments,
/// marks that move, go stale or lose a side, funding, deposits and withdrawals.
class Life {
 public:
  explicit Life(std::uint64_t seed) : random_(seed, "life") {}

  std::int64_t below(std::uint64_t n) { return static_cast<std::int64_t>(random_.below(n)); }

  void step(World& w, Ledger& ledger) {
    static constexpr std::uint32_t kInstruments[] = {test::kSpot, test::kPerp, test::kYes,
                                                     test::kNo};
    const std::uint32_t number = kInstruments[below(4)];
    const bool binary = number == test::kYes || number == test::kNo;
    const std::int64_t ceiling = binary ? 990 : 100'000;
    const auto price = [&] {
      return Price{(1 + below(static_cast<std::uint64_t>(ceiling))) * 1'000'000};
    };
    switch (below(10)) {
      case 0: {
        const Price bid = price();
        w.quotes.set(number, below(8) == 0 ? Price::none() : bid,
                     below(8) == 0 ? Price::none() : Price{bid.raw + 10'000'000}, below(8) != 0);
        ledger.on_quote(number, w.quotes.quote(number), w.sink);
        break;
      }
      case 1:
        w.deposit(
            ledger, below(2) == 0 ? kUsdt : kEth,
            Money{(Int128{below(2'000'000)} - 500'000) * 1'000'000'000'000'000 + below(3) * 7});
        break;
      case 2: {
        auto funding = model::make_record<writ_funding>();
        funding.header.seq = ++w.input_seq;
        funding.instrument = test::kPerp;
        funding.mark = price().raw;
        funding.rate = below(2'000'001) - 1'000'000;
        ledger.on_funding(funding, w.input_seq, w.sink);
        break;
      }
      default: {
        const std::int64_t size = 1 + below(3'000'000'000);
        const Quantity quantity{below(2) == 0 ? size : -size};
        const Money fee{Int128{below(1'000'000)} * 1'000'003 - 200'000'000'000};
        ASSERT_TRUE(w.fill(ledger, number, static_cast<std::uint32_t>(1 + below(3)), quantity,
                           price(), fee));
      }
    }
  }

 private:
  base::RandomStream random_;
};

// portfolio() itself asserts both identities; here they are checked again, from the records alone.
void check_records(const World& w, const Ledger& ledger) {
  const writ_portfolio& p = *w.sink.all<writ_portfolio>().back();
  Money values;
  for (const auto& balance : model::tail_array<writ_balance>(p, p.balance_count)) {
    values += from_abi(balance.value);
    EXPECT_EQ(from_abi(balance.amount), ledger.cash(kMain, AssetId{balance.asset}));
  }
  const auto positions =
      model::tail_array<writ_position>(p, p.position_count, p.balance_count * sizeof(writ_balance));
  for (const auto& position : positions) values += from_abi(position.value);
  ASSERT_EQ(from_abi(p.equity), values);
  ASSERT_EQ(values, from_abi(p.initial) + from_abi(p.realized) - from_abi(p.fees) +
                        from_abi(p.funding) + from_abi(p.adjustments) + from_abi(p.unrealized));
}

TEST(LedgerProperty, EveryIdentityHoldsAtEveryStep) {
  std::size_t steps = 0, legs_closed = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    World w;
    Ledger ledger(w.tables);
    Life life(seed);
    for (int i = 0; i < 150; ++i, ++steps) {
      life.step(w, ledger);
      (void)w.portfolio(ledger, i);
      check_records(w, ledger);
      if (::testing::Test::HasFatalFailure()) return;
    }
    const writ_portfolio& p = *w.sink.all<writ_portfolio>().back();
    // realised rows of fills and legs.
    Money rows, legs, leg_fees;
    std::map<std::uint64_t, std::uint16_t> next_leg;
    for (const auto* row : w.sink.all<writ_ledger>()) {
      if (row->ledger == WRIT_LEDGER_PNL && row->kind == WRIT_ENTRY_REALIZED &&
          row->ref_kind == WRIT_REF_FILL) {
        rows += from_abi(row->amount);
      }
    }
    for (const auto* leg : w.sink.all<writ_executed_trade>()) {
      legs += from_abi(leg->realized);
      leg_fees += from_abi(leg->fee);
      legs_closed += leg->closes;
      EXPECT_EQ(leg->leg, next_leg[leg->fill_id]++) << "legs are numbered from 0";
    }
    EXPECT_EQ(rows, legs);
    // Cash: the last balance is the sum of its rows.
    for (const std::uint32_t asset : {kUsdt, kEth}) {
      EXPECT_EQ(w.rows(WRIT_LEDGER_CASH, asset), ledger.cash(kMain, AssetId{asset}));
    }
    // The rows of all strategies telescope to what equity gained.
    EXPECT_EQ(from_abi(p.initial) + w.rows(WRIT_LEDGER_PNL, kUsdt) + w.rows(WRIT_LEDGER_PNL, kEth),
              from_abi(p.equity));
    // And so do the strategies' own results.
    Money total;
    for (std::uint32_t instance = 0; instance <= 3; ++instance) {
      for (const auto& result : ledger.results(kMain, InstanceId{instance}))
        total += result.total();
    }
    EXPECT_EQ(from_abi(p.initial) + total, from_abi(p.equity));
    // Positions of the strategies add up to the account's.
    for (const std::uint32_t number : {test::kSpot, test::kPerp, test::kYes, test::kNo}) {
      Quantity sum;
      for (std::uint32_t instance = 0; instance <= 3; ++instance) {
        sum += ledger.strategy_position(kMain, InstanceId{instance}, InstrumentId{number});
      }
      EXPECT_EQ(sum, ledger.position(kMain, InstrumentId{number}));
    }
  }
  EXPECT_EQ(steps, 4'500U);
  EXPECT_GT(legs_closed, 1'000U);
}

TEST(LedgerProperty, IdentitiesHoldWithMoneyOfSeveralAssetsAndSettlements) {
  std::size_t steps = 0, settled = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    World w;
    Ledger ledger(w.tables);
    Life life(seed);
    for (int i = 0; i < 150; ++i, ++steps) {
      switch (life.below(6)) {
        case 0: {
          auto rate = model::make_record<writ_conversion>();
          rate.asset = test::kBtc;
          rate.into = kUsdt;
          rate.rate = 1 + life.below(90'000'000'000'000);
          ledger.on_conversion(rate, w.sink);
          break;
        }
        case 1:
          w.deposit(ledger, test::kBtc, Money{Int128{life.below(3'000'000)} * 1'000'000'000'003});
          break;
        case 2:
          ASSERT_TRUE(w.fill(ledger, life.below(2) == 0 ? test::kCross : test::kBtcSpot,
                             static_cast<std::uint32_t>(1 + life.below(3)),
                             Quantity{1 + life.below(2'000'000'000)},
                             Price{1 + life.below(90'000'000)}, Money{life.below(1'000'000'000)}));
          break;
        case 3:
          w.quotes.set(test::kCross, Price{1 + life.below(90'000'000)}, Price{100'000'000});
          break;
        case 4: {
          auto settlement = model::make_record<writ_settlement>();
          settlement.instrument = life.below(2) == 0 ? test::kYes : test::kNo;
          settlement.result = WRIT_SETTLED_PAYOUT;
          settlement.payout_numerator = life.below(4);
          settlement.payout_denominator = 3;
          ledger.on_settlement(settlement, ++w.input_seq, w.sink);
          ++settled;
          break;
        }
        default:
          life.step(w, ledger);
      }
      (void)w.portfolio(ledger, i);
      check_records(w, ledger);
      if (::testing::Test::HasFatalFailure()) return;
    }
    for (const std::uint32_t asset : {kUsdt, kEth, test::kBtc}) {
      EXPECT_EQ(w.rows(WRIT_LEDGER_CASH, asset), ledger.cash(kMain, AssetId{asset}));
    }
    const auto saved = ledger.save();
    Ledger loaded(w.tables);
    ASSERT_TRUE(loaded.load(saved));
    EXPECT_EQ(loaded.save(), saved);
  }
  EXPECT_EQ(steps, 4'500U);
  EXPECT_GT(settled, 100U);
}

TEST(LedgerProperty, SavedStateHasTheSameBytesAndTheSameFuture) {
  for (std::uint64_t seed = 100; seed < 110; ++seed) {
    SCOPED_TRACE(seed);
    World w;
    Ledger ledger(w.tables);
    Life life(seed);
    for (int i = 0; i < 100; ++i) {
      life.step(w, ledger);
      if (i % 7 == 0) (void)w.portfolio(ledger, i);
    }
    const auto saved = ledger.save();
    Ledger loaded(w.tables);
    ASSERT_TRUE(loaded.load(saved));
    EXPECT_EQ(loaded.save(), saved);

    World other;
    other.quotes = w.quotes;
    other.input_seq = w.input_seq;
    World first;
    first.quotes = w.quotes;
    first.input_seq = w.input_seq;
    Life future(seed + 1000), same_future(seed + 1000);
    for (int i = 0; i < 100; ++i) {
      future.step(first, ledger);
      same_future.step(other, loaded);
      (void)first.portfolio(ledger, 1'000 + i);
      (void)other.portfolio(loaded, 1'000 + i);
    }
    EXPECT_EQ(first.sink.records(), other.sink.records());
    EXPECT_GT(first.sink.records().size(), 100U);
    EXPECT_EQ(ledger.save(), loaded.save());
  }
}

TEST(LedgerProperty, RefusesCutOffStateAndStaysAsItWas) {
  World w;
  Ledger ledger(w.tables);
  Life life(5);
  for (int i = 0; i < 60; ++i) life.step(w, ledger);
  const auto saved = ledger.save();
  Ledger target(w.tables);
  w.deposit(target, kUsdt, money("1"));
  const auto before = target.save();
  for (std::size_t size = 0; size < saved.size(); size += 3) {
    EXPECT_FALSE(target.load({saved.data(), size}));
  }
  EXPECT_EQ(target.save(), before);
}

}  // namespace
}  // namespace writ::ledger
