#include "host/arbiter/exposure.hpp"
#include "host/base/random.hpp"
#include "host/ledger/betting_market.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/arbiter/arbiter_fixture.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <vector>

namespace writ::arbiter {
namespace {

using test::Court;
using test::Judged;
using test::kInstance;
using test::money;
using test::px;
using test::qty;

constexpr std::uint16_t kBuy = WRIT_SIDE_BUY;
constexpr std::uint16_t kSell = WRIT_SIDE_SELL;
constexpr std::int64_t kLot = 1'000'000;

TEST(Reduction, ApprovesTheLargestPartThatFits) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    court.use(2);
    court.options.defaults.position_max = qty("1.2345");
    const auto judged = court.judge(court.place(side, "5", "100"));
    EXPECT_EQ(judged.verdict.approved, 1);
    EXPECT_EQ(judged.verdict.reason, WRIT_REASON_OK);
    EXPECT_EQ(judged.verdict.detail, WRIT_CHECK_POSITION);
    EXPECT_EQ(judged.verdict.quantity, qty("1.234").raw) << "on the lot";
    EXPECT_EQ(judged.find(WRIT_CHECK_POSITION)->result, WRIT_CHECK_REDUCED);
    EXPECT_TRUE(judged.value(WRIT_CHECK_POSITION) == qty("5").raw);
  }
}

TEST(Reduction, NamesTheCheckThatCutLast) {
  Court court;
  court.use(2);
  court.view.tier = WRIT_TIER_DD10;
  court.view.cash_free = money("30");
  court.options.defaults.position_max = qty("0.4");
  const auto judged = court.judge(court.place(kBuy, "1", "100"));
  EXPECT_EQ(judged.verdict.quantity, qty("0.3").raw);
  EXPECT_EQ(judged.verdict.detail, WRIT_CHECK_CASH);
  EXPECT_EQ(judged.find(WRIT_CHECK_DRAWDOWN)->result, WRIT_CHECK_REDUCED);
  EXPECT_EQ(judged.find(WRIT_CHECK_POSITION)->result, WRIT_CHECK_PASSED);
}

TEST(Reduction, NeverTouchesWhatIsAllOrNothing) {
  const std::vector<std::function<void(writ_intent&)>> marks = {
      [](auto& i) { i.time_in_force = WRIT_TIF_FOK; },
      [](auto& i) { i.flags = WRIT_INTENT_NO_REDUCTION; },
      [](auto& i) {
        i.group_id = 5;
        i.group_size = 2;
        i.group_policy = WRIT_GROUP_ALL_OR_NONE;
      }};
  for (const std::uint16_t side : {kBuy, kSell}) {
    for (const auto& mark : marks) {
      Court court;
      court.use(2);
      court.options.defaults.position_max = qty("1");
      auto intent = court.place(side, "2", "100");
      ASSERT_EQ(court.judge(intent).verdict.quantity, qty("1").raw);
      mark(intent);
      const auto judged = court.judge(intent);
      EXPECT_EQ(judged.verdict.approved, 0);
      EXPECT_EQ(judged.verdict.quantity, 0);
    }
  }
}

TEST(Reduction, LeavesWhatClosesOfAnOrderThatFlips) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    court.use(2);
    court.view.account.position = court.view.strategy.position =
        side == kBuy ? qty("-2") : qty("2");
    court.options.defaults.account_worst_case_max = Money{};
    court.view.market_payoff =
        ledger::Payoff::of_position(WRIT_KIND_PERP, court.view.account.position, px("100"));
    EXPECT_EQ(court.judge(court.place(side, "5", "100")).verdict.quantity, qty("2").raw);
  }
}

TEST(Reduction, OfAFlipToWhatClosesReducesOnRecordAndTakesNoMarket) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    court.use(2);
    court.view.tier = WRIT_TIER_HALT20;
    court.view.account.position = court.view.strategy.position =
        side == kBuy ? qty("-2") : qty("2");
    // Refused to what adds.
    court.options.defaults.order_rate_max = 0;
    court.view.own_order_met = px("100");
    const auto judged = court.judge(court.place(side, "5", "100"));
    EXPECT_EQ(judged.verdict.approved, 1);
    EXPECT_EQ(judged.verdict.quantity, qty("2").raw);
    EXPECT_EQ(judged.verdict.detail, WRIT_CHECK_DRAWDOWN);
    EXPECT_EQ(judged.verdict.effect, WRIT_EFFECT_REDUCES);
    EXPECT_EQ(judged.verdict.owner, 0U);
    EXPECT_EQ(judged.find(WRIT_CHECK_ORDER_RATE), nullptr);
    EXPECT_EQ(judged.find(WRIT_CHECK_SELF_CROSS)->result, WRIT_CHECK_NOT_APPLIED);
    // Without a position the same order adds.
    court.view.account.position = court.view.strategy.position = {};
    EXPECT_EQ(court.judge(court.place(side, "5", "100")).verdict.effect, WRIT_EFFECT_ADDS);
  }
}

TEST(Reduction, StopsAtTheVenuesMinimum) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    court.use(2);
    writ_instrument rules = *court.view.instrument;
    rules.quantity_min = qty("0.5").raw;
    rules.notional_min = to_abi(money("60"));
    court.view.instrument = &rules;
    court.options.defaults.position_max = qty("0.6");
    EXPECT_EQ(court.judge(court.place(side, "1", "100")).verdict.quantity, qty("0.6").raw);
    court.options.defaults.position_max = qty("0.599");
    const auto judged = court.judge(court.place(side, "1", "100"));
    EXPECT_EQ(judged.verdict.approved, 0);
    EXPECT_EQ(judged.verdict.detail, WRIT_CHECK_POSITION);
    EXPECT_EQ(judged.find(WRIT_CHECK_POSITION)->result, WRIT_CHECK_FAILED);
  }
}

TEST(Reduction, OfAReplacementKeepsWhatWasFilled) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    court.use(2);
    court.view.target = {true, kInstance, 2, side, px("100"), qty("3"), qty("2"), {}, {}};
    (side == kBuy ? court.view.account.working_buy : court.view.account.working_sell) = qty("1");
    court.view.account.position = court.view.strategy.position =
        side == kBuy ? qty("2") : qty("-2");
    court.options.defaults.position_max = qty("4");
    auto intent = court.place(side, "10", "100");
    intent.kind = WRIT_INTENT_REPLACE;
    intent.target_intent = 9;
    EXPECT_EQ(court.judge(intent).verdict.quantity, qty("4").raw);
  }
}

TEST(Reduction, OfATargetIsAPosition) {
  for (const bool up : {true, false}) {
    Court court;
    court.use(2);
    court.view.account.position = court.view.strategy.position = up ? qty("2") : qty("-2");
    court.options.defaults.position_max = qty("4");
    auto intent = court.begin(WRIT_INTENT_TARGET);
    intent.quantity = up ? qty("10").raw : qty("-10").raw;
    EXPECT_EQ(court.judge(intent).verdict.quantity, up ? qty("4").raw : qty("-4").raw);
  }
}

/// Win units of a stake.
Quantity units_of(Quantity stake, Price odds) {
  return Quantity{static_cast<std::int64_t>(Int128{stake.raw} * odds.raw / 1'000'000'000)};
}

/// A random market of one account: what it holds, what works there, and limits near enough to
/// matter.
class Trial {
 public:
  explicit Trial(std::uint64_t seed) : random_(seed, "reduction") {
    court.use(static_cast<std::uint32_t>(1 + below(5)));
    kind = court.view.instrument->kind;
    RiskView& view = court.view;
    view.now = view.decided_ts = test::kNow;
    view.account.position = below(2) == 0 ? lots(3'000) : -lots(3'000);
    if (below(3) == 0) view.account.position = {};
    view.strategy.position = below(2) == 0 ? view.account.position : Quantity{};
    if (kind == WRIT_KIND_RUNNER) {
      view.account.position = view.strategy.position = {};
      view.account.if_wins = cents(20'000);
      view.account.if_loses = cents(20'000);
    }
    for (auto n = below(4); n > 0; --n) {
      working.push_back({static_cast<std::uint16_t>(1 + below(2)), lots(2'000), price()});
    }
    gather();
    limit();
  }

  std::int64_t below(std::uint64_t n) { return static_cast<std::int64_t>(random_.below(n)); }
  Quantity lots(std::uint64_t most) { return Quantity{(1 + below(most)) * kLot}; }
  Money cents(std::uint64_t span) {
    const Int128 cent = kMoneyLimit / 1'000'000'000 / 1'000'000'000 / 100;
    return Money{(below(span) - static_cast<std::int64_t>(span / 2)) * cent};
  }
  Price price() {
    if (kind == WRIT_KIND_BINARY) return Price{(1 + below(99)) * 10'000'000};
    if (kind == WRIT_KIND_RUNNER) return Price{1'010'000'000 + below(400) * 10'000'000};
    return Price{90'000'000'000 + below(2'000) * 10'000'000};
  }

  writ_intent intent() {
    auto intent = court.place(below(2) == 0 ? kBuy : kSell, "1", "1");
    intent.price = price().raw;
    intent.quantity = lots(5'000).raw;
    if (kind != WRIT_KIND_RUNNER && below(4) == 0) {
      intent.kind = WRIT_INTENT_TARGET;
      intent.quantity *= below(2) == 0 ? 1 : -1;
    }
    return intent;
  }

  struct Order {
    std::uint16_t side;
    Quantity quantity;
    Price price;
  };
  Court court;
  std::uint32_t kind = 0;
  std::vector<Order> working;  // of other strategies

 private:
  void gather() {
    RiskView& view = court.view;
    const Price reference = kind == WRIT_KIND_BINARY ? px("0.5") : px("100");
    if (kind == WRIT_KIND_BINARY) {
      view.marks = {px("0.49"), px("0.51")};
      view.market_payoff = ledger::Payoff::of_tokens(view.account.position, lots(1'000));
      view.market_payoff->add_cash(cents(100'000));
    } else if (kind == WRIT_KIND_RUNNER) {
      view.market_payoff =
          ledger::Payoff::of_selection(view.account.if_wins, view.account.if_loses, Money{});
    } else {
      view.marks = {px("99.99"), px("100.01")};
      view.market_payoff = ledger::Payoff::of_position(kind, view.account.position, reference);
    }
    held_payoff = view.market_payoff;
    ledger::BetResult unmatched;
    for (const Order& order : working) {
      const bool buys = order.side == kBuy;
      (buys ? view.account.working_buy : view.account.working_sell) += order.quantity;
      view.market_payoff->offer({buys ? order.quantity : -order.quantity, order.price});
      if (kind != WRIT_KIND_RUNNER) continue;
      (buys ? view.account.back_units : view.account.lay_units) +=
          units_of(order.quantity, order.price);
      EXPECT_TRUE(unmatched.add_unmatched(
          ledger::bet_result(order.side, order.quantity, order.price).value()));
    }
    view.account.unmatched_if_wins = unmatched.if_wins;
    view.account.unmatched_if_loses = unmatched.if_loses;
  }

  void limit() {
    RiskLimits& limits = court.options.defaults;
    const auto sometimes = [this](auto& limit, auto value) {
      if (below(3) == 0) limit = value;
    };
    const auto amount = [this] {
      return abs(cents(kind == WRIT_KIND_BINARY ? 500'000 : 50'000'000));
    };
    sometimes(limits.position_max, lots(6'000));
    sometimes(limits.instrument_exposure_max, amount());
    sometimes(limits.market_exposure_max, amount());
    sometimes(limits.venue_exposure_max, amount());
    sometimes(limits.account_exposure_max, amount());
    sometimes(limits.strategy_exposure_max, amount());
    sometimes(limits.market_worst_case_max, amount());
    sometimes(limits.account_worst_case_max, amount());
    sometimes(limits.strategy_budget, amount());
    court.view.exposure_elsewhere = {abs(cents(100'000)), abs(cents(100'000)), abs(cents(100'000)),
                                     abs(cents(100'000))};
    court.view.worst_case_elsewhere = abs(cents(100'000));
    court.view.strategy_capital = abs(cents(100'000));
    court.view.cash_free = below(2) == 0 ? money("1000000") : amount();
    court.view.base_free =
        below(2) == 0 ? money("1000") : Money{Int128{lots(3'000).raw} * 1'000'000'000};
    court.view.tier =
        below(4) == 0 ? static_cast<std::uint32_t>(below(4)) : std::uint32_t{WRIT_TIER_NORMAL};
    if (below(5) == 0) court.view.reporting_rate = Rate{below(3'000'000'000)};
  }

 public:
  std::optional<ledger::Payoff> held_payoff;  // without any order

 private:
  base::RandomStream random_;
};

/// No limit is exceeded, whichever of the working orders fill beside the whole of this one.
void expect_within_limits(const Trial& trial, std::uint16_t side, Quantity quantity, Price at) {
  const RiskView& view = trial.court.view;
  const RiskLimits& limits = trial.court.options.defaults;
  const Quantity signed_own = side == kBuy ? quantity : -quantity;
  for (unsigned filled = 0; filled < 1U << trial.working.size(); ++filled) {
    const auto moved = [&trial](Quantity by, Price price) {
      return trial.kind == WRIT_KIND_RUNNER ? units_of(by, price) : by;
    };
    Int128 position = Int128{view.account.position.raw} + moved(signed_own, at).raw;
    ledger::Payoff payoff = *trial.held_payoff;
    payoff.trade(signed_own, at);
    ledger::BetResult bets{view.account.if_wins, view.account.if_loses};
    const auto add_bet = [&](std::uint16_t bet_side, Quantity stake, Price odds) {
      if (trial.kind != WRIT_KIND_RUNNER) return;
      ASSERT_TRUE(bets.add(ledger::bet_result(bet_side, stake, odds).value()));
    };
    add_bet(side, quantity, at);
    for (std::size_t i = 0; i < trial.working.size(); ++i) {
      if ((filled >> i & 1U) == 0) continue;
      const auto& order = trial.working[i];
      const Quantity more = order.side == kBuy ? order.quantity : -order.quantity;
      position += moved(more, order.price).raw;
      payoff.trade(more, order.price);
      add_bet(order.side, order.quantity, order.price);
    }
    if (limits.position_max) {
      const Int128 that_way = side == kBuy ? position : -position;
      ASSERT_TRUE(that_way <= limits.position_max->raw);
    }
    Int128 gross =
        position > 0 ? position * view.marks.of_long.raw : -position * view.marks.of_short.raw;
    if (trial.kind == WRIT_KIND_RUNNER) {
      gross = -std::min({bets.if_wins.raw, bets.if_loses.raw, Int128{0}});
    }
    const auto exposed = reported(Money{gross}, view.reporting_rate);
    const auto lost = reported(payoff.worst_loss(), view.reporting_rate);
    const auto expect = [](const std::optional<Money>& most, std::optional<Money> here,
                           Money elsewhere) {
      if (!most) return;
      ASSERT_TRUE(here.has_value());
      ASSERT_TRUE(here->raw + elsewhere.raw <= most->raw);
    };
    const ExposureElsewhere& elsewhere = view.exposure_elsewhere;
    expect(limits.instrument_exposure_max, exposed, Money{});
    expect(limits.market_exposure_max, exposed, elsewhere.market);
    expect(limits.venue_exposure_max, exposed, elsewhere.venue);
    expect(limits.account_exposure_max, exposed, elsewhere.account);
    expect(limits.market_worst_case_max, lost, Money{});
    expect(limits.account_worst_case_max, lost, view.worst_case_elsewhere);
  }
}

TEST(Reduction, ExceedsNoLimitAndIsMaximalForRandomViews) {
  std::size_t reduced = 0, approved_whole = 0, vetoed = 0, exits = 0;
  std::set<std::uint16_t> cut_by;
  for (std::uint64_t seed = 1; seed <= writ::test::scaled(100'000); ++seed) {
    SCOPED_TRACE(seed);
    Trial trial(seed);
    const auto intent = trial.intent();
    const auto judged = trial.court.judge(intent);
    const writ_verdict& verdict = judged.verdict;
    if (verdict.effect != WRIT_EFFECT_ADDS && verdict.detail == WRIT_CHECK_NONE) {
      ++exits;
      ASSERT_EQ(verdict.approved, 1) << "by " << verdict.detail;
      ASSERT_EQ(verdict.quantity, intent.quantity);
      continue;
    }
    if (verdict.approved == 0) {
      ++vetoed;
      continue;
    }
    const bool targets = intent.kind == WRIT_INTENT_TARGET;
    const std::int64_t held = targets ? trial.court.view.strategy.position.raw : 0;
    const std::int64_t change = verdict.quantity - held;
    const std::uint16_t side = targets ? (change > 0 ? kBuy : kSell) : intent.side;
    const Quantity quantity = abs(Quantity{change});
    ASSERT_EQ(quantity.raw % kLot, 0);
    ASSERT_GT(quantity.raw, 0);
    const OrderTerms terms =
        Arbiter(trial.court.tables, trial.court.options).terms(intent, trial.court.view);
    ASSERT_LE(quantity, terms.quantity);
    if (verdict.detail == WRIT_CHECK_NONE) {
      ++approved_whole;
      ASSERT_EQ(verdict.quantity, intent.quantity);
    } else {
      ++reduced;
      cut_by.insert(verdict.detail);
      // One lot more is too much, when it is all that is asked and nothing less will do.
      auto more = intent;
      more.flags |= WRIT_INTENT_NO_REDUCTION;
      more.quantity = verdict.quantity + (change > 0 ? kLot : targets ? -kLot : kLot);
      ASSERT_EQ(trial.court.judge(more).verdict.approved, 0);
    }
    auto same = intent;
    same.quantity = verdict.quantity;
    if (trial.court.judge(same).verdict.effect != WRIT_EFFECT_ADDS) continue;  // cut to an exit
    expect_within_limits(trial, side, quantity, terms.price);
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(reduced, vetoed / 20);
  EXPECT_GT(approved_whole, 0U);
  EXPECT_GT(exits, 0U);
  EXPECT_EQ(cut_by, (std::set<std::uint16_t>{WRIT_CHECK_DRAWDOWN, WRIT_CHECK_CASH,
                                             WRIT_CHECK_POSITION, WRIT_CHECK_EXPOSURE,
                                             WRIT_CHECK_WORST_CASE, WRIT_CHECK_STRATEGY_BUDGET}));
}

}  // namespace
}  // namespace writ::arbiter
