#include "tests/unit/arbiter/arbiter_fixture.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace writ::arbiter {
namespace {

using test::Court;
using test::Judged;
using test::kAccount;
using test::kInstance;
using test::kNow;
using test::kOther;
using test::money;
using test::px;
using test::qty;

constexpr std::uint16_t kBuy = WRIT_SIDE_BUY;
constexpr std::uint16_t kSell = WRIT_SIDE_SELL;
constexpr std::uint16_t kSides[] = {kBuy, kSell};

writ_intent whole(writ_intent intent) {
  intent.flags |= WRIT_INTENT_NO_REDUCTION;
  return intent;
}

Money less_one(Money amount) { return Money{amount.raw - 1}; }

void expect_passed(const Judged& judged, std::uint16_t check) {
  EXPECT_EQ(judged.verdict.approved, 1) << "by " << judged.verdict.detail;
  ASSERT_NE(judged.find(check), nullptr);
  EXPECT_EQ(judged.find(check)->result, WRIT_CHECK_PASSED);
}

void expect_vetoed(const Judged& judged, std::uint16_t check, std::uint16_t reason, Int128 value,
                   Int128 limit) {
  EXPECT_EQ(judged.verdict.approved, 0);
  EXPECT_EQ(judged.verdict.reason, reason);
  ASSERT_EQ(judged.verdict.detail, check);
  EXPECT_TRUE(judged.value(check) == value) << to_string(Money{judged.value(check)});
  EXPECT_TRUE(judged.limit(check) == limit) << to_string(Money{judged.limit(check)});
}

TEST(Duplicate, IsTheSameRequestWhileItsOrderWorks) {
  for (const std::uint16_t side : kSides) {
    Court court;
    const auto intent = court.place(side, "1", "100");
    EXPECT_EQ(court.judge(intent).find(WRIT_CHECK_DUPLICATE), nullptr);
    court.options.defaults.duplicate_window_ns = 1'000;
    expect_passed(court.judge(intent), WRIT_CHECK_DUPLICATE);
    court.view.duplicate_age_ns = 999;
    expect_vetoed(court.judge(intent), WRIT_CHECK_DUPLICATE, WRIT_REASON_RISK_VETO, 999, 1'000);
    court.view.duplicate_age_ns = 1'000;
    expect_passed(court.judge(intent), WRIT_CHECK_DUPLICATE);
  }
}

TEST(Duplicate, IsFoundByWhatWasApproved) {
  for (const std::uint16_t side : kSides) {
    Court court;
    court.options.defaults.duplicate_window_ns = 1'000;
    Arbiter arbiter(court.tables, court.options);
    const auto intent = court.place(side, "1", "100");
    const auto works = [](std::uint64_t id) { return id == 1234; };
    EXPECT_EQ(arbiter.duplicate_age(intent, kNow, works), std::nullopt);
    arbiter.apply(court.judge(arbiter, intent).verdict, intent);
    EXPECT_EQ(arbiter.duplicate_age(intent, kNow, works), 0);
    EXPECT_EQ(arbiter.duplicate_age(intent, kNow + 999, works), 999);
    EXPECT_EQ(arbiter.duplicate_age(intent, kNow + 1'000, works), std::nullopt);
    EXPECT_EQ(arbiter.duplicate_age(intent, kNow, [](std::uint64_t) { return false; }),
              std::nullopt);
    const std::vector<std::function<void(writ_intent&)>> changes = {
        [](auto& i) { i.side = i.side == kBuy ? kSell : kBuy; },
        [](auto& i) { i.price += 10'000'000; },
        [](auto& i) { i.quantity += 1'000'000; },
        [](auto& i) { i.kind = WRIT_INTENT_TARGET; },
        [](auto& i) { i.instrument = 2; },
        [](auto& i) { i.instance = kOther; },
        [](auto& i) { i.account = 2; }};
    for (const auto& change : changes) {
      auto other = intent;
      change(other);
      EXPECT_EQ(arbiter.duplicate_age(other, kNow, works), std::nullopt);
    }
    Arbiter again(court.tables, court.options);
    ASSERT_TRUE(again.load(arbiter.save()));
    EXPECT_EQ(again.duplicate_age(intent, kNow, works), 0);
  }
}

/// A book around this middle, 0.02 wide.
bool show(Arbiter& arbiter, std::uint32_t instrument, const char* middle, std::int64_t now,
          std::int64_t more = 0) {
  const Price at = px(middle);
  return arbiter.on_book(instrument, Price{at.raw - 10'000'000}, Price{at.raw + 10'000'000 + more},
                         now);
}

TEST(CircuitBreak, StopsAMarketThatMovedTooFarTooFast) {
  for (const bool up : {true, false}) {
    for (const std::uint16_t side : kSides) {
      Court court;
      court.options.circuit_break = CircuitBreakRule{Rate{10'000'000}, 1'000, 5'000};  // 1 %
      Arbiter arbiter(court.tables, court.options);
      EXPECT_FALSE(show(arbiter, 1, "100", kNow));
      EXPECT_FALSE(show(arbiter, 1, up ? "101" : "99", kNow + 1'000)) << "exactly as far";
      expect_passed(court.judge(arbiter, court.place(side, "1", "100")), WRIT_CHECK_CIRCUIT_BREAK);
      EXPECT_TRUE(show(arbiter, 1, up ? "101" : "99", kNow + 1'000, up ? 1 : -1));
      EXPECT_FALSE(show(arbiter, 1, up ? "101" : "99", kNow + 1'001)) << "broken already";
      const std::int64_t until = kNow + 6'000;
      court.view.now = court.view.decided_ts = until - 1;
      expect_vetoed(court.judge(arbiter, court.place(side, "1", "100")), WRIT_CHECK_CIRCUIT_BREAK,
                    WRIT_REASON_HALTED, until - 1, until);
      Arbiter again(court.tables, court.options);
      ASSERT_TRUE(again.load(arbiter.save()));
      EXPECT_EQ(court.judge(again, court.place(side, "1", "100")).verdict.approved, 0);
      court.view.now = court.view.decided_ts = until;
      expect_passed(court.judge(arbiter, court.place(side, "1", "100")), WRIT_CHECK_CIRCUIT_BREAK);
    }
  }
}

TEST(CircuitBreak, ForgetsWhatIsOlderThanTheWindow) {
  Court court;
  court.options.circuit_break = CircuitBreakRule{Rate{10'000'000}, 1'000, 5'000};
  Arbiter arbiter(court.tables, court.options);
  EXPECT_FALSE(show(arbiter, 1, "100", kNow));
  EXPECT_FALSE(show(arbiter, 1, "100.9", kNow + 500));
  EXPECT_FALSE(show(arbiter, 1, "101.8", kNow + 1'501)) << "0.9 % from what is still remembered";
  EXPECT_TRUE(show(arbiter, 1, "102", kNow + 1'502));
}

TEST(CircuitBreak, ComparesWithWhatStoodUntilNow) {
  Court court;
  court.options.circuit_break = CircuitBreakRule{Rate{10'000'000}, 1'000, 5'000};
  Arbiter arbiter(court.tables, court.options);
  EXPECT_FALSE(show(arbiter, 1, "100", kNow));
  EXPECT_TRUE(show(arbiter, 1, "102", kNow + 60'000)) << "all at once, after a long calm";
}

TEST(CircuitBreak, HoldsForTheWholeMarketAndNoOther) {
  Court court;
  court.options.instrument_circuit_breaks[3] = {Rate{10'000'000}, 1'000, 5'000};
  Arbiter arbiter(court.tables, court.options);
  EXPECT_FALSE(show(arbiter, 1, "100", kNow));
  EXPECT_FALSE(show(arbiter, 1, "200", kNow)) << "not watched";
  EXPECT_FALSE(show(arbiter, 3, "0.4", kNow));
  EXPECT_TRUE(show(arbiter, 3, "0.5", kNow));
  court.use(4);
  EXPECT_EQ(court.judge(arbiter, court.place(kBuy, "1", "0.4")).verdict.detail,
            WRIT_CHECK_CIRCUIT_BREAK);
  court.use(1);
  EXPECT_EQ(court.judge(arbiter, court.place(kBuy, "1", "100")).verdict.approved, 1);
}

TEST(Drawdown, MultipliesWhatIsAskedByItsTier) {
  for (const std::uint16_t side : kSides) {
    Court court;
    court.use(2);
    const auto approved = [&](const char* asked) {
      return court.judge(court.place(side, asked, "100"));
    };
    court.view.tier = WRIT_TIER_DD10;
    EXPECT_EQ(approved("1").verdict.quantity, qty("0.5").raw);
    EXPECT_EQ(approved("1").verdict.detail, WRIT_CHECK_DRAWDOWN);
    EXPECT_EQ(approved("1").find(WRIT_CHECK_DRAWDOWN)->result, WRIT_CHECK_REDUCED);
    EXPECT_EQ(approved("0.003").verdict.quantity, qty("0.001").raw) << "down to the lot";
    EXPECT_EQ(approved("0.001").verdict.approved, 0);
    EXPECT_EQ(approved("0.001").verdict.detail, WRIT_CHECK_DRAWDOWN);
    court.view.tier = WRIT_TIER_DD15;
    EXPECT_EQ(approved("1").verdict.quantity, qty("0.25").raw);
    court.options.defaults.drawdown_multiplier_dd15 = Rate{100'000'000};
    EXPECT_EQ(approved("1").verdict.quantity, qty("0.1").raw);
    court.options.defaults.drawdown_multiplier_dd15 = Rate::one();
    EXPECT_EQ(approved("1").verdict.quantity, qty("1").raw);
    court.view.tier = WRIT_TIER_HALT20;
    EXPECT_EQ(approved("1").verdict.approved, 0);
  }
}

/// Perpetual at 99.99 / 100.01, so that each side has a mark of its own.
struct Perpetual : Court {
  Perpetual() {
    use(2);
    view.market_payoff = ledger::Payoff::of_position(WRIT_KIND_PERP, {}, px("100"));
  }
};

TEST(PositionLimit, HoldsIfWhatATargetCancelsFillsAllTheSame) {
  for (const bool up : {true, false}) {
    Court court;
    court.use(2);
    court.options.defaults.position_max = qty("4");
    auto& working = up ? court.view.account.working_buy : court.view.account.working_sell;
    working = qty("3");
    court.view.strategy = court.view.account;
    auto intent = court.begin(WRIT_INTENT_TARGET);
    intent.quantity = up ? qty("4").raw : qty("-4").raw;
    EXPECT_EQ(court.judge(intent).verdict.quantity, up ? qty("1").raw : qty("-1").raw);
  }
}

TEST(Exposure, CountsEachScopeAtItsExactLimit) {
  for (const std::uint16_t side : kSides) {
    const Money own = side == kBuy ? money("199.98") : money("200.02");  // 2 at the mark
    struct Scope {
      std::optional<Money> RiskLimits::*limit;
      Money ExposureElsewhere::*elsewhere;
    };
    const Scope scopes[] = {{&RiskLimits::instrument_exposure_max, nullptr},
                            {&RiskLimits::market_exposure_max, &ExposureElsewhere::market},
                            {&RiskLimits::venue_exposure_max, &ExposureElsewhere::venue},
                            {&RiskLimits::account_exposure_max, &ExposureElsewhere::account},
                            {&RiskLimits::strategy_exposure_max, &ExposureElsewhere::strategy}};
    for (const Scope& scope : scopes) {
      Perpetual court;
      Money total = own;
      if (scope.elsewhere != nullptr) {
        court.view.exposure_elsewhere.*scope.elsewhere = money("7");
        total += money("7");
      }
      court.options.defaults.*scope.limit = total;
      expect_passed(court.judge(whole(court.place(side, "2", "100"))), WRIT_CHECK_EXPOSURE);
      court.options.defaults.*scope.limit = less_one(total);
      expect_vetoed(court.judge(whole(court.place(side, "2", "100"))), WRIT_CHECK_EXPOSURE,
                    WRIT_REASON_RISK_VETO, total.raw, total.raw - 1);
    }
  }
}

TEST(Exposure, FillsWorkingOrdersWhereThatIsWorse) {
  for (const std::uint16_t side : kSides) {
    Perpetual court;
    const bool buys = side == kBuy;
    court.view.account.position = buys ? qty("1") : qty("-1");
    court.view.account.working_buy = buys ? qty("2") : qty("5");
    court.view.account.working_sell = buys ? qty("5") : qty("2");
    // 1 + 2 + 1 that way, against 5 - 1 the other.
    const Money that_way = buys ? money("399.96") : money("400.04");
    const Money other_way = buys ? money("400.04") : money("399.96");
    court.options.defaults.instrument_exposure_max = std::max(that_way, other_way);
    expect_passed(court.judge(whole(court.place(side, "1", "100"))), WRIT_CHECK_EXPOSURE);
    court.options.defaults.instrument_exposure_max = less_one(std::max(that_way, other_way));
    EXPECT_EQ(court.judge(whole(court.place(side, "1", "100"))).verdict.approved, 0);
  }
}

TEST(Exposure, IsInTheReportingCurrency) {
  Perpetual court;
  court.view.reporting_rate = Rate{2'000'000'000};
  court.options.defaults.account_exposure_max = money("199.98");
  expect_passed(court.judge(court.place(kBuy, "1", "100")), WRIT_CHECK_EXPOSURE);
  EXPECT_TRUE(court.judge(court.place(kBuy, "1", "100")).value(WRIT_CHECK_EXPOSURE) ==
              money("199.98").raw);
  court.view.reporting_rate.reset();
  expect_vetoed(court.judge(court.place(kBuy, "1", "100")), WRIT_CHECK_EXPOSURE,
                WRIT_REASON_RISK_VETO, kMoneyLimit, money("199.98").raw);
}

TEST(Exposure, OfBetsIsWhatTheyCanLose) {
  for (const std::uint16_t side : kSides) {
    Court court;
    court.use(5);
    const auto bet = whole(court.place(side, "10", "3"));
    const Money risk = side == kBuy ? money("10") : money("20");
    court.options.defaults.instrument_exposure_max = risk;
    expect_passed(court.judge(bet), WRIT_CHECK_EXPOSURE);
    court.options.defaults.instrument_exposure_max = less_one(risk);
    expect_vetoed(court.judge(bet), WRIT_CHECK_EXPOSURE, WRIT_REASON_RISK_VETO, risk.raw,
                  risk.raw - 1);
  }
}

TEST(WorstCase, IsWhatTheMarketCanLose) {
  for (const std::uint16_t side : kSides) {
    Perpetual court;
    court.options.defaults.market_worst_case_max = money("30");
    expect_passed(court.judge(whole(court.place(side, "1", "100"))), WRIT_CHECK_WORST_CASE);
    court.options.defaults.market_worst_case_max = less_one(money("30"));
    expect_vetoed(court.judge(whole(court.place(side, "1", "100"))), WRIT_CHECK_WORST_CASE,
                  WRIT_REASON_RISK_VETO, money("30").raw, money("30").raw - 1);
  }
}

TEST(WorstCase, OfAllMarketsIsTheirSum) {
  for (const std::uint16_t side : kSides) {
    Perpetual court;
    court.view.worst_case_elsewhere = money("12");
    court.options.defaults.market_worst_case_max = money("30");
    court.options.defaults.account_worst_case_max = money("42");
    expect_passed(court.judge(whole(court.place(side, "1", "100"))), WRIT_CHECK_WORST_CASE);
    court.options.defaults.account_worst_case_max = less_one(money("42"));
    expect_vetoed(court.judge(whole(court.place(side, "1", "100"))), WRIT_CHECK_WORST_CASE,
                  WRIT_REASON_RISK_VETO, money("42").raw, money("42").raw - 1);
  }
}

// V 01: YES 100, NO 40, paid 74: 34 are lost if NO; an open order for 30 NO does not count as a
// hedge, the one judged does not either.
TEST(WorstCase, TakesNoCreditForOrdersThatMayNotFill) {
  Court court;
  court.use(3);
  ledger::Payoff pair = ledger::Payoff::of_tokens(qty("100"), qty("40"));
  pair.add_cash(money("-74"));
  pair.offer({qty("30"), px("0.4"), true});
  court.view.market_payoff = pair;
  court.options.defaults.market_worst_case_max = money("38");  // and 10 more YES at 0.4
  expect_passed(court.judge(whole(court.place(kBuy, "10", "0.4"))), WRIT_CHECK_WORST_CASE);
  court.options.defaults.market_worst_case_max = less_one(money("38"));
  expect_vetoed(court.judge(whole(court.place(kBuy, "10", "0.4"))), WRIT_CHECK_WORST_CASE,
                WRIT_REASON_RISK_VETO, money("38").raw, money("38").raw - 1);
  court.view.market_payoff.reset();
  EXPECT_EQ(court.judge(court.place(kBuy, "10", "0.4")).verdict.detail, WRIT_CHECK_WORST_CASE);
}

TEST(DailyLoss, StopsAddingOnceItIsReached) {
  for (const std::uint16_t side : kSides) {
    Court court;
    court.options.accounts[kAccount].daily_loss_max = money("100");
    court.view.daily_loss = less_one(money("100"));
    expect_passed(court.judge(court.place(side, "1", "100")), WRIT_CHECK_DAILY_LOSS);
    court.view.daily_loss = money("100");
    expect_vetoed(court.judge(court.place(side, "1", "100")), WRIT_CHECK_DAILY_LOSS,
                  WRIT_REASON_RISK_VETO, money("100").raw, money("100").raw);
  }
}

TEST(StrategyBudget, CountsWhatTheOrderReserves) {
  for (const std::uint16_t side : kSides) {
    Perpetual court;
    court.view.strategy_capital = money("50");
    court.options.strategies[kInstance].strategy_budget = money("150");
    expect_passed(court.judge(whole(court.place(side, "1", "100"))), WRIT_CHECK_STRATEGY_BUDGET);
    court.options.strategies[kInstance].strategy_budget = less_one(money("150"));
    expect_vetoed(court.judge(whole(court.place(side, "1", "100"))), WRIT_CHECK_STRATEGY_BUDGET,
                  WRIT_REASON_RISK_VETO, money("150").raw, money("150").raw - 1);
    auto other = court.place(side, "1", "100");
    other.instance = kOther;
    EXPECT_EQ(court.judge(other).find(WRIT_CHECK_STRATEGY_BUDGET), nullptr);
  }
}

TEST(OrderToTrade, GrantsOrdersByFills) {
  for (const std::uint16_t side : kSides) {
    Court court;
    court.options.defaults.order_to_trade_max = Rate{1'500'000'000};
    court.options.defaults.order_to_trade_grace = 2;
    court.options.defaults.order_to_trade_window_ns = 1'000;
    Arbiter arbiter(court.tables, court.options);
    const auto submit = [&] {
      const auto intent = court.place(side, "1", "100");
      const auto judged = court.judge(arbiter, intent);
      arbiter.apply(judged.verdict, intent);
      return judged;
    };
    EXPECT_EQ(submit().verdict.approved, 1);
    expect_passed(submit(), WRIT_CHECK_ORDER_TO_TRADE);
    expect_vetoed(submit(), WRIT_CHECK_ORDER_TO_TRADE, WRIT_REASON_RISK_VETO, 3, 2);
    auto fill = model::make_record<writ_fill>();
    fill.header.ingest_ts = kNow;
    fill.account = kAccount;
    fill.instrument = 1;
    fill.instance = kInstance;
    arbiter.on_fill(fill);
    Arbiter again(court.tables, court.options);
    ASSERT_TRUE(again.load(arbiter.save()));
    EXPECT_EQ(court.judge(again, court.place(side, "1", "100")).verdict.approved, 1);
    expect_passed(submit(), WRIT_CHECK_ORDER_TO_TRADE);
    expect_vetoed(submit(), WRIT_CHECK_ORDER_TO_TRADE, WRIT_REASON_RISK_VETO, 4, 3);
    court.view.now = court.view.decided_ts = kNow + 1'000;
    expect_passed(submit(), WRIT_CHECK_ORDER_TO_TRADE);
  }
}

TEST(PriceBand, IsHeldAgainstTheVenuesMarkPriceToo) {
  for (const bool above : {true, false}) {
    Court court;
    court.options.defaults.price_band = Rate{50'000'000};
    court.view.market.mark_price = px(above ? "109" : "91").raw;
    // Near the book, and 5 % from the mark price, or one tick more.
    expect_passed(court.judge(court.place(kBuy, "1", above ? "103.55" : "95.55")),
                  WRIT_CHECK_PRICE_BAND);
    EXPECT_EQ(court.judge(court.place(kBuy, "1", above ? "103.54" : "95.56")).verdict.detail,
              WRIT_CHECK_PRICE_BAND);
  }
}

TEST(RiskLimits, OfAStrategyComeBetweenAccountAndInstrument) {
  ArbiterOptions options;
  options.accounts[1].position_max = qty("1");
  options.strategies[7].position_max = qty("2");
  options.instruments[{0, 5}].position_max = qty("3");
  EXPECT_EQ(options.limits(1, 9, 8).position_max, qty("1"));
  EXPECT_EQ(options.limits(1, 9, 7).position_max, qty("2"));
  EXPECT_EQ(options.limits(1, 5, 7).position_max, qty("3"));
}

}  // namespace
}  // namespace writ::arbiter
