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

void expect_passed(const Judged& judged, std::uint16_t check) {
  EXPECT_EQ(judged.verdict.approved, 1);
  EXPECT_EQ(judged.verdict.reason, WRIT_REASON_OK);
  EXPECT_EQ(judged.verdict.detail, WRIT_CHECK_NONE);
  ASSERT_NE(judged.find(check), nullptr);
  EXPECT_EQ(judged.find(check)->result, WRIT_CHECK_PASSED);
}

/// All or nothing.
writ_intent whole(writ_intent intent) {
  intent.flags |= WRIT_INTENT_NO_REDUCTION;
  return intent;
}

/// Vetoed by this check, which is the last one listed, with these numbers.
void expect_vetoed(const Judged& judged, std::uint16_t check, std::uint16_t reason, Int128 value,
                   Int128 limit, std::uint32_t unit) {
  EXPECT_EQ(judged.verdict.approved, 0);
  EXPECT_EQ(judged.verdict.reason, reason);
  EXPECT_EQ(judged.verdict.detail, check);
  EXPECT_EQ(judged.verdict.price, WRIT_NONE);
  EXPECT_EQ(judged.verdict.quantity, 0);
  ASSERT_FALSE(judged.checks.empty());
  const writ_check& last = judged.checks.back();
  EXPECT_EQ(last.check, check);
  EXPECT_EQ(last.result, WRIT_CHECK_FAILED);
  EXPECT_EQ(last.unit, unit);
  EXPECT_TRUE(from_abi(last.value).raw == value) << to_string(from_abi(last.value));
  EXPECT_TRUE(from_abi(last.limit).raw == limit) << to_string(from_abi(last.limit));
  for (std::size_t i = 0; i + 1 < judged.checks.size(); ++i) {
    EXPECT_EQ(judged.checks[i].result, WRIT_CHECK_PASSED);
  }
}

TEST(Verdict, SaysWhatWasJudgedAndAsWhat) {
  Court court;
  const auto judged = court.judge(court.place(kBuy, "2", "100"));
  EXPECT_EQ(judged.verdict.intent_id, 1234U);
  EXPECT_EQ(judged.verdict.tag, 42U);
  EXPECT_EQ(judged.verdict.instance, kInstance);
  EXPECT_EQ(judged.verdict.account, kAccount);
  EXPECT_EQ(judged.verdict.instrument, 1U);
  EXPECT_EQ(judged.verdict.book, WRIT_BOOK_MAIN);
  EXPECT_EQ(judged.verdict.approved, 1);
  EXPECT_EQ(judged.verdict.effect, WRIT_EFFECT_ADDS);
  EXPECT_EQ(judged.verdict.price, px("100").raw);
  EXPECT_EQ(judged.verdict.quantity, qty("2").raw);
  EXPECT_EQ(judged.verdict.check_count, judged.checks.size());
}

TEST(Validity, RefusesEachFieldOutOfItsRange) {
  struct Row {
    const char* what;
    std::function<void(writ_intent&)> spoil;
    Int128 value;
    Int128 limit;
    std::uint32_t unit;
  };
  const std::vector<Row> rows = {
      {"kind", [](auto& i) { i.kind = 8; }, 8, 7, WRIT_UNIT_COUNT},
      {"kind 0", [](auto& i) { i.kind = 0; }, 0, 1, WRIT_UNIT_COUNT},
      {"side", [](auto& i) { i.side = 0; }, 0, 1, WRIT_UNIT_COUNT},
      {"side 3", [](auto& i) { i.side = 3; }, 3, 2, WRIT_UNIT_COUNT},
      {"type", [](auto& i) { i.order_type = 3; }, 3, 2, WRIT_UNIT_COUNT},
      {"tif", [](auto& i) { i.time_in_force = 5; }, 5, 4, WRIT_UNIT_COUNT},
      {"urgency", [](auto& i) { i.urgency = 4; }, 4, 3, WRIT_UNIT_COUNT},
      {"group", [](auto& i) { i.group_policy = 3; }, 3, 2, WRIT_UNIT_COUNT},
      {"flags", [](auto& i) { i.flags = 128; }, 128, 127, WRIT_UNIT_COUNT},
      {"confidence", [](auto& i) { i.confidence = 1'000'000'001; }, 1'000'000'001, 1'000'000'000,
       WRIT_UNIT_RATE},
      {"ttl", [](auto& i) { i.ttl_ns = -1; }, -1, 0, WRIT_UNIT_NS},
      {"quantity", [](auto& i) { i.quantity = 0; }, 0, 0, WRIT_UNIT_QUANTITY},
      {"no price", [](auto& i) { i.price = WRIT_NONE; }, WRIT_NONE, 0, WRIT_UNIT_PRICE},
      {"price 0", [](auto& i) { i.price = 0; }, 0, 0, WRIT_UNIT_PRICE},
      {"market with a price", [](auto& i) { i.order_type = WRIT_ORDER_MARKET; }, px("100").raw,
       WRIT_NONE, WRIT_UNIT_PRICE},
      {"expired",
       [](auto& i) {
         i.time_in_force = WRIT_TIF_GTD;
         i.expire_ts = kNow;
       },
       kNow, kNow, WRIT_UNIT_NS},
      {"post-only IOC",
       [](auto& i) {
         i.time_in_force = WRIT_TIF_IOC;
         i.flags = WRIT_INTENT_POST_ONLY;
       },
       WRIT_TIF_IOC, WRIT_TIF_GTC, WRIT_UNIT_COUNT},
      {"post-only market",
       [](auto& i) {
         i.order_type = WRIT_ORDER_MARKET;
         i.price = WRIT_NONE;
         i.flags = WRIT_INTENT_POST_ONLY;
       },
       WRIT_ORDER_MARKET, WRIT_ORDER_LIMIT, WRIT_UNIT_COUNT},
      {"cancel of nothing", [](auto& i) { i.kind = WRIT_INTENT_CANCEL; }, 0, 1, WRIT_UNIT_ID},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    for (const std::uint16_t side : {kBuy, kSell}) {
      Court court;
      auto intent = court.place(side, "1", "100");
      ASSERT_EQ(court.judge(intent).verdict.approved, 1);
      row.spoil(intent);
      expect_vetoed(court.judge(intent), WRIT_CHECK_VALIDITY, WRIT_REASON_INVALID, row.value,
                    row.limit, row.unit);
    }
  }
}

TEST(Validity, HoldsToTheVenuesNumbersAtTheExactUnit) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    writ_instrument rules = *court.view.instrument;
    rules.price_min = px("50").raw;
    rules.price_max = px("150").raw;
    rules.quantity_min = qty("0.5").raw;
    rules.quantity_max = qty("10").raw;
    rules.notional_min = to_abi(money("60"));
    rules.notional_max = to_abi(money("900"));
    court.view.instrument = &rules;
    const auto reject = [&](const char* quantity, const char* price, Int128 value, Int128 limit,
                            std::uint32_t unit) {
      SCOPED_TRACE(std::string(quantity) + " at " + price);
      expect_vetoed(court.judge(court.place(side, quantity, price)), WRIT_CHECK_VALIDITY,
                    WRIT_REASON_INVALID, value, limit, unit);
    };
    const auto accept = [&](const char* quantity, const char* price) {
      EXPECT_EQ(court.judge(court.place(side, quantity, price)).verdict.approved, 1)
          << quantity << " at " << price;
    };
    accept("2", "50");
    reject("2", "49.99", px("49.99").raw, px("50").raw, WRIT_UNIT_PRICE);
    accept("2", "150");
    reject("2", "150.01", px("150.01").raw, px("150").raw, WRIT_UNIT_PRICE);
    reject("2", "100.005", px("100.005").raw, px("0.01").raw, WRIT_UNIT_PRICE);
    reject("2", "100.000000001", px("100.000000001").raw, px("0.01").raw, WRIT_UNIT_PRICE);
    accept("0.601", "100");
    reject("0.6005", "100", qty("0.6005").raw, qty("0.001").raw, WRIT_UNIT_QUANTITY);
    accept("0.5", "120");
    reject("0.499", "150", qty("0.499").raw, qty("0.5").raw, WRIT_UNIT_QUANTITY);
    accept("10", "90");
    reject("10.001", "60", qty("10.001").raw, qty("10").raw, WRIT_UNIT_QUANTITY);
    accept("0.6", "100");
    reject("0.6", "99.99", money("59.994").raw, money("60").raw, WRIT_UNIT_MONEY);
    accept("9", "100");
    reject("9", "100.01", money("900.09").raw, money("900").raw, WRIT_UNIT_MONEY);
  }
}

TEST(Validity, RefusesAMakersPostOnlyOrderThatWouldTake) {
  Court court;
  for (const auto& [side, touching, resting] :
       {std::tuple{kBuy, "100.01", "100"}, std::tuple{kSell, "99.99", "100"}}) {
    auto intent = court.place(side, "1", touching);
    intent.flags = WRIT_INTENT_POST_ONLY;
    intent.urgency = WRIT_URGENCY_MAKER;
    expect_vetoed(court.judge(intent), WRIT_CHECK_VALIDITY, WRIT_REASON_INVALID, px(touching).raw,
                  px(touching).raw, WRIT_UNIT_PRICE);
    intent.price = px(resting).raw;
    expect_passed(court.judge(intent), WRIT_CHECK_VALIDITY);
  }
}

TEST(Validity, KnowsTheLadderOfOdds) {
  Court court;
  writ_instrument rules = *court.tables.instrument(5);
  rules.ladder = WRIT_LADDER_CLASSIC;
  court.view.instrument = &rules;
  for (const auto& [odds, valid] :
       {std::pair{"1.01", true}, std::pair{"1", false}, std::pair{"2.01", false},
        std::pair{"2.02", true}, std::pair{"3.35", true}, std::pair{"3.33", false},
        std::pair{"10.5", true}, std::pair{"10.2", false}, std::pair{"1000", true},
        std::pair{"1010", false}}) {
    EXPECT_EQ(court.judge(court.place(kBuy, "2", odds)).verdict.detail != WRIT_CHECK_VALIDITY,
              valid)
        << odds;
  }
}

TEST(Ttl, PassesUpToItsLastNanosecond) {
  Court court;
  for (const std::uint16_t side : {kBuy, kSell}) {
    auto intent = court.place(side, "1", "100");
    intent.ttl_ns = 5'000;
    court.view.decided_ts = kNow - 5'000;
    expect_passed(court.judge(intent), WRIT_CHECK_TTL);
    court.view.decided_ts = kNow - 5'001;
    expect_vetoed(court.judge(intent), WRIT_CHECK_TTL, WRIT_REASON_EXPIRED, 5'001, 5'000,
                  WRIT_UNIT_NS);
  }
}

TEST(TargetOrder, MustBeOwnAndWorking) {
  Court court;
  auto intent = court.begin(WRIT_INTENT_CANCEL);
  intent.target_intent = 99;
  expect_vetoed(court.judge(intent), WRIT_CHECK_TARGET_ORDER, WRIT_REASON_INVALID, 0, kInstance,
                WRIT_UNIT_ID);
  court.view.target = {true, kOther, 1, kBuy, px("99"), qty("1"), {}, {}, {}};
  expect_vetoed(court.judge(intent), WRIT_CHECK_TARGET_ORDER, WRIT_REASON_INVALID, kOther,
                kInstance, WRIT_UNIT_ID);
  court.view.target.instance = kInstance;
  expect_passed(court.judge(intent), WRIT_CHECK_TARGET_ORDER);

  auto replace = court.place(kBuy, "2", "99.5");
  replace.kind = WRIT_INTENT_REPLACE;
  replace.target_intent = 99;
  expect_passed(court.judge(replace), WRIT_CHECK_TARGET_ORDER);
  court.view.target.instrument = 2;
  expect_vetoed(court.judge(replace), WRIT_CHECK_TARGET_ORDER, WRIT_REASON_INVALID, kInstance,
                kInstance, WRIT_UNIT_ID);
}

TEST(ReduceOnly, ClosesNoMoreThanIsHeldAndNotYetBeingClosed) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    court.use(2);
    court.view.account.position = side == kSell ? qty("3") : qty("-3");
    (side == kSell ? court.view.account.working_sell : court.view.account.working_buy) = qty("1");
    auto intent = court.place(side, "2", "100");
    intent.flags = WRIT_INTENT_REDUCE_ONLY;
    const auto judged = court.judge(intent);
    expect_passed(judged, WRIT_CHECK_REDUCE_ONLY);
    EXPECT_EQ(judged.verdict.effect, WRIT_EFFECT_REDUCES);
    intent.quantity += 1'000'000;
    expect_vetoed(court.judge(intent), WRIT_CHECK_REDUCE_ONLY, WRIT_REASON_INVALID,
                  qty("2.001").raw, qty("2").raw, WRIT_UNIT_QUANTITY);
  }
}

TEST(MarketState, WantsAnOpenMarketAndAnUncrossedBookInSync) {
  const auto veto = [](std::function<void(market::MarketView&)> spoil, Int128 value, Int128 limit,
                       std::uint32_t unit) {
    for (const std::uint16_t side : {kBuy, kSell}) {
      Court court;
      expect_passed(court.judge(court.place(side, "1", "100")), WRIT_CHECK_MARKET_STATE);
      spoil(court.view.market);
      expect_vetoed(court.judge(court.place(side, "1", "100")), WRIT_CHECK_MARKET_STATE,
                    WRIT_REASON_MARKET_STATE, value, limit, unit);
    }
  };
  veto([](auto& m) { m.open = false; }, 0, 1, WRIT_UNIT_COUNT);
  veto([](auto& m) { m.in_sync = false; }, 0, 1, WRIT_UNIT_COUNT);
  veto(
      [](auto& m) {
        m.crossed = true;
        m.bid_price = m.ask_price;
      },
      px("100.01").raw, px("100.01").raw, WRIT_UNIT_PRICE);
  Court court;
  writ_instrument suspended = *court.view.instrument;
  suspended.status = WRIT_INSTRUMENT_SUSPENDED;
  court.view.instrument = &suspended;
  EXPECT_EQ(court.judge(court.place(kBuy, "1", "100")).verdict.detail, WRIT_CHECK_MARKET_STATE);
}

TEST(Staleness, PassesUpToTheLimit) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    court.options.defaults.staleness_ns = 2'000;
    court.view.market.age_ns = 2'000;
    expect_passed(court.judge(court.place(side, "1", "100")), WRIT_CHECK_STALENESS);
    court.view.market.age_ns = 2'001;
    expect_vetoed(court.judge(court.place(side, "1", "100")), WRIT_CHECK_STALENESS,
                  WRIT_REASON_MARKET_STATE, 2'001, 2'000, WRIT_UNIT_NS);
    court.view.market.age_ns = WRIT_NONE;
    expect_vetoed(court.judge(court.place(side, "1", "100")), WRIT_CHECK_STALENESS,
                  WRIT_REASON_MARKET_STATE, 0, 2'000, WRIT_UNIT_NS);
  }
  Court court;  // without a limit of its own: as the market says
  court.view.market.stale = true;
  EXPECT_EQ(court.judge(court.place(kBuy, "1", "100")).verdict.detail, WRIT_CHECK_STALENESS);
}

TEST(DataGap, Vetoes) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    court.view.market.gap = true;
    expect_vetoed(court.judge(court.place(side, "1", "100")), WRIT_CHECK_DATA_GAP,
                  WRIT_REASON_MARKET_STATE, 1, 0, WRIT_UNIT_COUNT);
  }
}

TEST(Kill, LatchesOneAccountOrAllUntilLifted) {
  Court court;
  for (const std::uint32_t account : {kAccount, 0U}) {
    Arbiter arbiter(court.tables, court.options);
    arbiter.kill(account);
    for (const std::uint16_t side : {kBuy, kSell}) {
      expect_vetoed(court.judge(arbiter, court.place(side, "1", "100")), WRIT_CHECK_KILL,
                    WRIT_REASON_HALTED, 1, 0, WRIT_UNIT_COUNT);
    }
    arbiter.resume(0, 0);
    EXPECT_TRUE(arbiter.is_killed(kAccount)) << "only resume-after-kill lifts it";
    arbiter.resume_after_kill(account);
    EXPECT_EQ(court.judge(arbiter, court.place(kBuy, "1", "100")).verdict.approved, 1);
  }
  Arbiter arbiter(court.tables, court.options);
  arbiter.kill(2);
  EXPECT_EQ(court.judge(arbiter, court.place(kBuy, "1", "100")).verdict.approved, 1);
}

TEST(Pause, CoversItsScope) {
  Court court;
  const auto vetoed_by = [&](std::uint32_t account, std::uint32_t instance) {
    Arbiter arbiter(court.tables, court.options);
    arbiter.pause(account, instance);
    return court.judge(arbiter, court.place(kBuy, "1", "100")).verdict.detail == WRIT_CHECK_PAUSE;
  };
  EXPECT_TRUE(vetoed_by(0, 0));
  EXPECT_TRUE(vetoed_by(kAccount, 0));
  EXPECT_TRUE(vetoed_by(0, kInstance));
  EXPECT_FALSE(vetoed_by(2, 0));
  EXPECT_FALSE(vetoed_by(0, kOther));
  Arbiter arbiter(court.tables, court.options);
  arbiter.pause(kAccount, kInstance);
  expect_vetoed(court.judge(arbiter, court.place(kBuy, "1", "100")), WRIT_CHECK_PAUSE,
                WRIT_REASON_HALTED, 1, 0, WRIT_UNIT_COUNT);
  arbiter.resume(0, kOther);
  EXPECT_TRUE(arbiter.is_paused(kAccount, kInstance));
  arbiter.resume(kAccount, 0);
  EXPECT_FALSE(arbiter.is_paused(kAccount, kInstance));
}

TEST(Pause, OfAnAccountThatIsNotHeardOfIsNobodysToLift) {
  Court court;
  Arbiter arbiter(court.tables, court.options);
  arbiter.hold(kAccount);
  arbiter.resume(0, 0);
  expect_vetoed(court.judge(arbiter, court.place(kBuy, "1", "100")), WRIT_CHECK_PAUSE,
                WRIT_REASON_HALTED, 1, 0, WRIT_UNIT_COUNT);
  EXPECT_FALSE(arbiter.is_paused(2, kInstance));
  Arbiter restarted(court.tables, court.options);
  ASSERT_TRUE(restarted.load(arbiter.save()));
  EXPECT_TRUE(restarted.is_paused(kAccount, kInstance));
  restarted.release_hold(0);
  EXPECT_FALSE(restarted.is_paused(kAccount, kInstance));
}

TEST(Drawdown, HaltsNewEntriesAtTheLastTier) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    expect_passed(court.judge(court.place(side, "1", "100")), WRIT_CHECK_DRAWDOWN);
    court.view.tier = WRIT_TIER_HALT20;
    expect_vetoed(court.judge(court.place(side, "1", "100")), WRIT_CHECK_DRAWDOWN,
                  WRIT_REASON_HALTED, WRIT_TIER_HALT20, WRIT_TIER_DD15, WRIT_UNIT_COUNT);
  }
}

TEST(Cash, CoversTheNotionalToTheLastUnit) {
  Court court;
  court.view.cash_free = money("100");
  expect_passed(court.judge(court.place(kBuy, "1", "100")), WRIT_CHECK_CASH);
  court.view.cash_free = Money{money("100").raw - 1};
  expect_vetoed(court.judge(whole(court.place(kBuy, "1", "100"))), WRIT_CHECK_CASH,
                WRIT_REASON_RISK_VETO, money("100").raw, money("100").raw - 1, WRIT_UNIT_MONEY);

  // A spot sale needs coins, not cash.
  court.view.base_free = money("1");
  expect_passed(court.judge(court.place(kSell, "1", "100")), WRIT_CHECK_CASH);
  expect_vetoed(court.judge(whole(court.place(kSell, "1.001", "100"))), WRIT_CHECK_CASH,
                WRIT_REASON_RISK_VETO, money("1.001").raw, money("1").raw, WRIT_UNIT_MONEY);

  // A perpetual's sale opens a short and is capped as a buy is; what closes needs nothing.
  court.use(2);
  expect_vetoed(court.judge(whole(court.place(kSell, "1", "100"))), WRIT_CHECK_CASH,
                WRIT_REASON_RISK_VETO, money("100").raw, money("100").raw - 1, WRIT_UNIT_MONEY);
  court.view.account.position = qty("1");
  court.view.cash_free = money("-5");
  expect_passed(court.judge(court.place(kSell, "1", "100")), WRIT_CHECK_CASH);
}

TEST(Cash, OfAnOrderWithoutAnyPriceIsNever) {
  Court court;
  court.view.market = {};
  court.view.market.in_sync = true;
  court.view.market.stale = false;
  court.view.market.age_ns = 1;
  court.view.cash_free = money("100");
  auto intent = court.place(kBuy, "1", "100");
  intent.order_type = WRIT_ORDER_MARKET;
  intent.price = WRIT_NONE;
  expect_vetoed(court.judge(intent), WRIT_CHECK_CASH, WRIT_REASON_RISK_VETO, kMoneyLimit,
                money("100").raw, WRIT_UNIT_MONEY);
}

TEST(Cash, OfAReplacedOrderIsFreeForItsSuccessor) {
  Court court;
  court.view.cash_free = money("1");
  court.view.target = {true, kInstance, 1, kBuy, px("99"), qty("1"), {}, money("99"), {}};
  auto intent = whole(court.place(kBuy, "1", "100"));
  intent.kind = WRIT_INTENT_REPLACE;
  intent.target_intent = 99;
  expect_passed(court.judge(intent), WRIT_CHECK_CASH);
  court.view.cash_free = Money{money("1").raw - 1};
  EXPECT_EQ(court.judge(intent).verdict.detail, WRIT_CHECK_CASH);
}

TEST(PositionLimit, CountsWorkingOrdersThatWay) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    court.use(2);
    court.options.defaults.position_max = qty("5");
    const bool buys = side == kBuy;
    court.view.account.position = buys ? qty("2") : qty("-2");
    court.view.account.working_buy = buys ? qty("1") : qty("100");
    court.view.account.working_sell = buys ? qty("100") : qty("1");
    expect_passed(court.judge(court.place(side, "2", "100")), WRIT_CHECK_POSITION);
    expect_vetoed(court.judge(whole(court.place(side, "2.001", "100"))), WRIT_CHECK_POSITION,
                  WRIT_REASON_RISK_VETO, qty("5.001").raw, qty("5").raw, WRIT_UNIT_QUANTITY);
    // One raw unit, on an instrument without a lot.
    writ_instrument fine = *court.view.instrument;
    fine.lot = 0;
    court.view.instrument = &fine;
    expect_vetoed(court.judge(whole(court.place(side, "2.000000001", "100"))), WRIT_CHECK_POSITION,
                  WRIT_REASON_RISK_VETO, qty("5.000000001").raw, qty("5").raw, WRIT_UNIT_QUANTITY);
  }
}

TEST(PriceBand, IsAFractionOfTheMiddleOrTheLastTrade) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    court.options.defaults.price_band = Rate{50'000'000};  // 5 % of 100
    expect_passed(court.judge(court.place(side, "1", "105")), WRIT_CHECK_PRICE_BAND);
    expect_passed(court.judge(court.place(side, "1", "95")), WRIT_CHECK_PRICE_BAND);
    expect_vetoed(court.judge(court.place(side, "1", "105.01")), WRIT_CHECK_PRICE_BAND,
                  WRIT_REASON_RISK_VETO, 50'100'000, 50'000'000, WRIT_UNIT_RATE);
    expect_vetoed(court.judge(court.place(side, "1", "94.99")), WRIT_CHECK_PRICE_BAND,
                  WRIT_REASON_RISK_VETO, 50'100'000, 50'000'000, WRIT_UNIT_RATE);
    writ_instrument fine = *court.view.instrument;
    fine.tick = 0;
    court.view.instrument = &fine;
    expect_vetoed(court.judge(court.place(side, "1", "105.000000001")), WRIT_CHECK_PRICE_BAND,
                  WRIT_REASON_RISK_VETO, 50'000'001, 50'000'000, WRIT_UNIT_RATE);
    court.view.market.bid_price = WRIT_NONE;
    court.view.market.last_trade_price = px("110").raw;
    expect_passed(court.judge(court.place(side, "1", "105")), WRIT_CHECK_PRICE_BAND);
    court.view.market.last_trade_price = WRIT_NONE;
    expect_vetoed(court.judge(court.place(side, "1", "105")), WRIT_CHECK_PRICE_BAND,
                  WRIT_REASON_RISK_VETO, 0, 50'000'000, WRIT_UNIT_RATE);
  }
}

TEST(OrderRate, CountsApprovedOrdersOfTheStrategyInTheWindow) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    court.options.defaults.order_rate_max = 2;
    court.options.defaults.order_rate_window_ns = 1'000;
    Arbiter arbiter(court.tables, court.options);
    const auto submit = [&](std::int64_t now) {
      court.view.now = court.view.decided_ts = now;
      const auto intent = court.place(side, "1", "100");
      const auto judged = court.judge(arbiter, intent);
      arbiter.apply(judged.verdict, intent);
      return judged;
    };
    EXPECT_EQ(submit(kNow).verdict.approved, 1);
    expect_passed(submit(kNow), WRIT_CHECK_ORDER_RATE);
    expect_vetoed(submit(kNow), WRIT_CHECK_ORDER_RATE, WRIT_REASON_RISK_VETO, 3, 2,
                  WRIT_UNIT_COUNT);
    expect_vetoed(submit(kNow + 999), WRIT_CHECK_ORDER_RATE, WRIT_REASON_RISK_VETO, 3, 2,
                  WRIT_UNIT_COUNT);
    EXPECT_EQ(submit(kNow + 1'000).verdict.approved, 1) << "both have left the window";
    auto others = court.place(side, "1", "100");
    others.instance = kOther;
    court.options.ownership = Ownership::kShared;
    arbiter.set_options(court.options);
    EXPECT_EQ(court.judge(arbiter, others).verdict.approved, 1) << "each strategy has its own";
  }
}

TEST(OpenOrders, CountsThisOne) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    court.options.defaults.open_orders_max = 3;
    court.view.strategy_open_orders = 2;
    expect_passed(court.judge(court.place(side, "1", "100")), WRIT_CHECK_OPEN_ORDERS);
    court.view.strategy_open_orders = 3;
    expect_vetoed(court.judge(court.place(side, "1", "100")), WRIT_CHECK_OPEN_ORDERS,
                  WRIT_REASON_RISK_VETO, 4, 3, WRIT_UNIT_COUNT);
  }
}

TEST(RiskLimits, TheMostExactOneDecides) {
  ArbiterOptions options;
  options.defaults.position_max = qty("1");
  options.defaults.open_orders_max = 1;
  options.accounts[1].position_max = qty("2");
  options.instruments[{0, 5}].position_max = qty("3");
  options.instruments[{1, 5}].open_orders_max = 4;
  EXPECT_EQ(options.limits(2, 9, 0).position_max, qty("1"));
  EXPECT_EQ(options.limits(1, 9, 0).position_max, qty("2"));
  EXPECT_EQ(options.limits(1, 5, 0).position_max, qty("3"));
  EXPECT_EQ(options.limits(1, 5, 0).open_orders_max, 4U);
  EXPECT_EQ(options.limits(2, 5, 0).open_orders_max, 1U);
}

}  // namespace
}  // namespace writ::arbiter
