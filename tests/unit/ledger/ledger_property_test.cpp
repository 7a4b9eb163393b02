#include "host/base/random.hpp"
#include "host/ledger/ledger.hpp"
#include "tests/support/scale.hpp"
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

/// The same with everything else that can happen to an account: bets, results, results taken back,
/// non-runners, tokens changing, corrections by hand.
class FullLife : public Life {
 public:
  using Life::Life;

  void step(World& w, Ledger& ledger) {
    const std::uint32_t runner = test::kRunners[below(3)];
    const auto who = static_cast<std::uint32_t>(1 + below(3));
    switch (below(12)) {
      case 0:
      case 1:
      case 2: {
        const std::int64_t cents = 1 + below(100'000);
        const Price odds{(101 + below(3'000)) * 10'000'000};
        ASSERT_TRUE(w.fill(ledger, runner, who,
                           Quantity{(below(2) == 0 ? cents : -cents) * 10'000'000}, odds,
                           Money{below(3) * 7}));
        break;
      }
      case 3: {
        const Price back{(101 + below(3'000)) * 10'000'000};
        w.quotes.set(runner, below(6) == 0 ? Price::none() : back,
                     below(6) == 0 ? Price::none() : Price{back.raw + 10'000'000}, below(6) != 0);
        ledger.on_quote(runner, w.quotes.quote(runner), w.sink);
        break;
      }
      case 4: {
        auto result =
            w.make_settlement(runner, static_cast<std::uint32_t>(WRIT_SETTLED_WINNER + below(4)));
        result.tied = static_cast<std::uint32_t>(1 + below(3));
        result.places = static_cast<std::uint32_t>(1 + below(result.tied));
        ledger.on_settlement(result, result.header.seq, w.sink);
        break;
      }
      case 5: {
        const std::uint32_t number = below(2) == 0 ? test::kYes : test::kNo;
        if (below(2) == 0) {
          w.settle(ledger, number, WRIT_SETTLED_REVERSED);
        } else {
          w.pay_out(ledger, number, below(3), 2);
        }
        break;
      }
      case 6: {
        auto removal = model::make_record<writ_reduction>();
        removal.header.seq = ++w.input_seq;
        removal.instrument = runner;
        removal.factor = below(60'000'000'000);
        removal.market = static_cast<std::uint32_t>(1 + below(2));
        ledger.on_reduction(removal, removal.header.seq, w.sink);
        break;
      }
      case 7:
      case 8: {
        auto change = model::make_record<writ_token_change>();
        change.header.seq = ++w.input_seq;
        change.account = kAccount;
        change.instance = who;
        change.instrument = test::kYes;
        change.kind = static_cast<std::uint32_t>(WRIT_TOKENS_SPLIT + below(3));
        change.quantity = 1 + below(2'000'000'000);
        change.payout_numerator = below(4);
        change.payout_denominator = 3;
        ledger.on_token_change(change, change.header.seq, w.sink);
        break;
      }
      case 9: {
        static constexpr std::uint32_t kInstruments[] = {test::kSpot, test::kPerp, test::kYes,
                                                         test::kRunners[0]};
        auto adjustment = model::make_record<writ_adjustment>();
        adjustment.header.seq = ++w.input_seq;
        adjustment.account = kAccount;
        adjustment.kind = static_cast<std::uint32_t>(WRIT_ADJUST_TRANSFER + below(3));
        const bool position = adjustment.kind == WRIT_ADJUST_POSITION;
        const bool own = adjustment.kind == WRIT_ADJUST_TRANSFER || below(2) == 0;
        if (position || !own) adjustment.instrument = kInstruments[below(4)];
        if (position || !own) adjustment.instance = who;
        if (!position) adjustment.asset = kUsdt;
        if (!position) adjustment.amount = to_abi(Money{Int128{below(2'000)} - 1'000});
        if (position) adjustment.quantity = (below(200) - 100) * 10'000'000;
        adjustment.price = (101 + below(500)) * 10'000'000;
        ledger.on_adjustment(adjustment, adjustment.header.seq, w.sink);
        break;
      }
      default:
        Life::step(w, ledger);
    }
  }
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

TEST(LedgerProperty, EveryIdentityHoldsWhateverHappens) {
  constexpr std::size_t kStepsOfLife = 200;
  const std::size_t wanted = writ::test::scaled(100'000);
  std::size_t steps = 0, reversed = 0, converted = 0, legs_closed = 0;
  for (std::uint64_t seed = 1; steps < wanted; ++seed) {
    SCOPED_TRACE(seed);
    World w;
    Ledger ledger(w.tables);
    FullLife life(seed);
    for (std::size_t i = 0; i < kStepsOfLife; ++i, ++steps) {
      life.step(w, ledger);
      const writ_portfolio& p = w.portfolio(ledger, static_cast<std::int64_t>(i));
      check_records(w, ledger);
      ASSERT_GE(from_abi(p.max_loss), Money{});
      if (::testing::Test::HasFatalFailure()) return;
    }
    const writ_portfolio& p = *w.sink.all<writ_portfolio>().back();
    Money rows, legs;
    for (const auto* row : w.sink.all<writ_ledger>()) {
      if (row->ledger != WRIT_LEDGER_PNL) continue;
      if (row->kind == WRIT_ENTRY_REALIZED && row->ref_kind == WRIT_REF_FILL) {
        rows += from_abi(row->amount);
      }
      converted += row->ref_kind >= WRIT_REF_SPLIT ? 1 : 0;
    }
    for (const auto* leg : w.sink.all<writ_executed_trade>()) {
      legs += from_abi(leg->realized);
      legs_closed += leg->closes;
    }
    ASSERT_EQ(rows, legs);
    for (const std::uint32_t asset : {kUsdt, kEth}) {
      ASSERT_EQ(w.rows(WRIT_LEDGER_CASH, asset), ledger.cash(kMain, AssetId{asset}));
    }
    ASSERT_EQ(from_abi(p.initial) + w.rows(WRIT_LEDGER_PNL, kUsdt) + w.rows(WRIT_LEDGER_PNL, kEth),
              from_abi(p.equity));
    Money total;
    for (std::uint32_t instance = 0; instance <= 3; ++instance) {
      for (const auto& result : ledger.results(kMain, InstanceId{instance}))
        total += result.total();
    }
    ASSERT_EQ(from_abi(p.initial) + total, from_abi(p.equity));
    for (const std::uint32_t number : {test::kYes, test::kNo, test::kRunners[0]}) {
      Quantity sum;
      for (std::uint32_t instance = 0; instance <= 3; ++instance) {
        sum += ledger.strategy_position(kMain, InstanceId{instance}, InstrumentId{number});
      }
      ASSERT_EQ(sum, ledger.position(kMain, InstrumentId{number}));
    }
    const auto saved = ledger.save();
    Ledger loaded(w.tables);
    ASSERT_TRUE(loaded.load(saved));
    ASSERT_EQ(loaded.save(), saved);
    for (const auto* row : w.sink.all<writ_ledger>()) {
      reversed += row->ref_kind == WRIT_REF_SETTLEMENT && row->ledger == WRIT_LEDGER_CASH &&
                          row->kind == WRIT_ENTRY_FEE && from_abi(row->amount) > Money{}
                      ? 1
                      : 0;
    }
  }
  EXPECT_GT(reversed, wanted / 2'000) << "commission given back";
  EXPECT_GT(converted, wanted / 200);
  EXPECT_GT(legs_closed, wanted / 20);
}

/// The account as a portfolio record shows it, and every strategy's results.
std::vector<Int128> picture_of(World& w, Ledger& ledger) {
  const writ_portfolio& p = w.portfolio(ledger);
  std::vector<Int128> picture;
  for (const writ_money& figure : {p.equity, p.realized, p.fees, p.adjustments, p.max_loss}) {
    picture.push_back(from_abi(figure).raw);
  }
  const auto positions =
      model::tail_array<writ_position>(p, p.position_count, p.balance_count * sizeof(writ_balance));
  for (const auto& position : positions) {
    picture.insert(picture.end(), {Int128{position.instrument}, Int128{position.quantity}});
  }
  for (std::uint32_t instance = 0; instance <= 3; ++instance) {
    for (const auto& result : ledger.results(kMain, InstanceId{instance})) {
      picture.push_back(result.adjustments.raw);
      picture.push_back(result.fees.raw);
      picture.push_back(result.unrealized.raw);
    }
  }
  return picture;
}

TEST(LedgerProperty, ASettlementTakenBackLeavesNoTrace) {
  std::size_t taken_back = 0;
  const std::size_t wanted = writ::test::scaled(100'000);
  for (std::uint64_t seed = 1; taken_back < wanted; ++seed) {
    World w;
    Ledger ledger(w.tables);
    FullLife life(seed);
    for (int i = 0; i < 60; ++i) {
      life.step(w, ledger);
      w.sink.clear();
      const bool runner = i % 3 == 0;
      const std::uint32_t number = runner ? test::kRunners[life.below(3)] : test::kYes;
      const auto what = static_cast<std::uint32_t>(WRIT_SETTLED_WINNER + life.below(3));
      const auto settle_and_take_back = [&] {
        if (runner) {
          w.settle(ledger, number, what);
        } else {
          w.pay_out(ledger, number, life.below(4), 3);
        }
        if (w.rows(WRIT_LEDGER_PNL, kUsdt, WRIT_ENTRY_ADJUSTMENT) == Money{}) return false;
        w.settle(ledger, number, WRIT_SETTLED_REVERSED);
        return true;
      };
      // With a bet open no commission is owed: what an earlier end of the market cost is given
      // back.
      if (runner && !settle_and_take_back()) continue;
      const auto before = picture_of(w, ledger);
      w.sink.clear();
      if (!settle_and_take_back()) continue;
      ++taken_back;
      ASSERT_EQ(picture_of(w, ledger), before) << seed;
    }
  }
}

// What remains after the race is never less than the worst case said, but for each bet's half cent.
TEST(LedgerProperty, NoResultCostsMoreThanTheWorstCase) {
  constexpr Int128 kHalfCent = 5'000'000'000'000'000;
  const std::size_t wanted = writ::test::scaled(100'000);
  base::RandomStream random(4, "worst case");
  const auto below = [&random](std::uint64_t n) {
    return static_cast<std::int64_t>(random.below(n));
  };
  std::size_t worst_met = 0;
  for (std::size_t i = 0; i < wanted; ++i) {
    World w;
    Ledger ledger(w.tables);
    const Money deposited = money("1000000");
    w.deposit(ledger, kUsdt, deposited);
    const int bets = static_cast<int>(1 + below(6));
    for (int bet = 0; bet < bets; ++bet) {
      const std::int64_t cents = 1 + below(100'000);
      ASSERT_TRUE(w.fill(ledger, test::kRunners[below(3)], 1,
                         Quantity{(below(2) == 0 ? cents : -cents) * 10'000'000},
                         Price{(101 + below(3'000)) * 10'000'000}));
    }
    const Money max_loss = from_abi(w.portfolio(ledger).max_loss);
    const std::int64_t winner = below(3);
    const bool dead_heat = below(4) == 0;
    const std::int64_t removed = below(4) == 0 ? (winner + 1) % 3 : -1;
    const std::int64_t tied_with = (winner + 2) % 3;
    for (std::int64_t runner = 0; runner < 3; ++runner) {
      const bool wins = runner == winner || (dead_heat && runner == tied_with);
      auto result = w.make_settlement(test::kRunners[runner], runner == removed ? WRIT_SETTLED_VOID
                                                              : wins ? WRIT_SETTLED_WINNER
                                                                     : WRIT_SETTLED_LOSER);
      result.tied = dead_heat ? 2 : 1;
      ledger.on_settlement(result, result.header.seq, w.sink);
    }
    const Money lost = deposited - ledger.cash(kMain, AssetId{kUsdt});
    ASSERT_LE(lost.raw, max_loss.raw + kHalfCent * bets) << i;
    worst_met += lost.raw + kHalfCent * bets >= max_loss.raw && max_loss > Money{} ? 1 : 0;
  }
  EXPECT_GT(worst_met, wanted / 10) << "the bound is met, not only kept";
}

TEST(LedgerProperty, NoResolutionOfTokensCostsMoreThanTheWorstCase) {
  const std::size_t wanted = writ::test::scaled(100'000);
  base::RandomStream random(5, "token worst case");
  const auto below = [&random](std::uint64_t n) {
    return static_cast<std::int64_t>(random.below(n));
  };
  std::size_t worst_met = 0;
  for (std::size_t i = 0; i < wanted; ++i) {
    World w;
    Ledger ledger(w.tables);
    for (std::int64_t fills = 1 + below(6); fills > 0; --fills) {
      const std::int64_t size = 1 + below(3'000'000'000);
      ASSERT_TRUE(w.fill(ledger, below(2) == 0 ? test::kYes : test::kNo, 1,
                         Quantity{below(2) == 0 ? size : -size}, Price{below(1'000'000'001)}));
    }
    const Money max_loss = from_abi(w.portfolio(ledger).max_loss);
    const std::int64_t paid = below(3);
    w.pay_out(ledger, test::kYes, paid, 2);
    w.pay_out(ledger, test::kNo, 2 - paid, 2);
    const Money gained = from_abi(w.portfolio(ledger).adjustments);
    ASSERT_GE(gained, -max_loss) << i;
    worst_met += gained == -max_loss && max_loss > Money{} ? 1 : 0;
  }
  EXPECT_GT(worst_met, wanted / 10) << "the bound is met, not only kept";
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
