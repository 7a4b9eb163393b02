#include "host/arbiter/arbiter.hpp"

#include "host/arbiter/check_table.hpp"
#include "host/base/random.hpp"
#include "tests/support/scale.hpp"
#include "tests/support/tree_paths.hpp"
#include "tests/unit/arbiter/arbiter_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

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

writ_intent from(writ_intent intent, std::uint32_t instance) {
  intent.instance = instance;
  return intent;
}

/// Judges and folds, as a batch of its own.
Judged run(const Court& court, Arbiter& arbiter, const writ_intent& intent) {
  arbiter.begin_batch();
  const auto judged = court.judge(arbiter, intent);
  arbiter.apply(judged.verdict, intent);
  return judged;
}

TEST(Ownership, TheFirstAddingIntentTakesAnExclusiveMarket) {
  Court court;
  Arbiter arbiter(court.tables, court.options);
  EXPECT_EQ(arbiter.owner(kAccount, 1), 0U);
  const auto first = run(court, arbiter, court.place(kBuy, "1", "100"));
  EXPECT_EQ(first.verdict.approved, 1);
  EXPECT_EQ(first.verdict.owner, kInstance);
  EXPECT_EQ(arbiter.owner(kAccount, 1), kInstance);

  const auto second = run(court, arbiter, from(court.place(kSell, "1", "100"), kOther));
  EXPECT_EQ(second.verdict.approved, 0);
  EXPECT_EQ(second.verdict.reason, WRIT_REASON_MARKET_LOCKED);
  EXPECT_EQ(second.verdict.detail, WRIT_CHECK_OWNERSHIP);
  EXPECT_EQ(second.verdict.owner, kInstance);
  EXPECT_TRUE(second.value(WRIT_CHECK_OWNERSHIP) == kInstance);
  EXPECT_TRUE(second.limit(WRIT_CHECK_OWNERSHIP) == kOther);

  EXPECT_EQ(run(court, arbiter, court.place(kSell, "1", "100")).verdict.approved, 1)
      << "the owner goes on";
  EXPECT_FALSE(arbiter.release_if_idle(kAccount, 1, qty("1"), 0, kNow));
  EXPECT_FALSE(arbiter.release_if_idle(kAccount, 1, {}, 1, kNow));
  EXPECT_EQ(arbiter.owner(kAccount, 1), kInstance);
  EXPECT_TRUE(arbiter.release_if_idle(kAccount, 1, {}, 0, kNow));
  EXPECT_FALSE(arbiter.release_if_idle(kAccount, 1, {}, 0, kNow)) << "nothing left to release";
  const auto third = run(court, arbiter, from(court.place(kSell, "1", "100"), kOther));
  EXPECT_EQ(third.verdict.approved, 1);
  EXPECT_EQ(arbiter.owner(kAccount, 1), kOther);
}

TEST(Ownership, IsPerAccountAndMarket) {
  Court court;
  court.use(3);
  Arbiter arbiter(court.tables, court.options);
  (void)run(court, arbiter, court.place(kBuy, "1", "0.5"));
  EXPECT_EQ(arbiter.owner(kAccount, 3), kInstance);
  EXPECT_EQ(arbiter.owner(kAccount, 4), kInstance) << "both tokens are one market";
  EXPECT_EQ(arbiter.owner(kAccount, 1), 0U);
  EXPECT_EQ(arbiter.owner(2, 3), 0U);
  arbiter.release_all(kOther);
  EXPECT_EQ(arbiter.owner(kAccount, 3), kInstance);
  arbiter.release_all(kInstance);
  EXPECT_EQ(arbiter.owner(kAccount, 3), 0U);
}

TEST(Ownership, ASharedMarketHasNoOwner) {
  Court court;
  court.options.instrument_ownership[1] = Ownership::kShared;
  Arbiter arbiter(court.tables, court.options);
  const auto first = run(court, arbiter, court.place(kBuy, "1", "100"));
  const auto second = run(court, arbiter, from(court.place(kBuy, "1", "100"), kOther));
  EXPECT_EQ(first.verdict.approved, 1);
  EXPECT_EQ(second.verdict.approved, 1);
  EXPECT_EQ(second.verdict.owner, 0U);
  EXPECT_EQ(second.find(WRIT_CHECK_OWNERSHIP), nullptr);
}

TEST(Ownership, IsNotTakenByWhatWasRefusedOrDoesNotAdd) {
  Court court;
  Arbiter arbiter(court.tables, court.options);
  court.view.market.gap = true;
  (void)run(court, arbiter, court.place(kBuy, "1", "100"));
  EXPECT_EQ(arbiter.owner(kAccount, 1), 0U);
  court.view.market.gap = false;
  (void)run(court, arbiter, court.begin(WRIT_INTENT_CANCEL_ALL));
  court.view.account.position = court.view.strategy.position = qty("1");
  (void)run(court, arbiter, court.place(kSell, "1", "100"));
  EXPECT_EQ(arbiter.owner(kAccount, 1), 0U);
}

TEST(Ownership, NeverLocksAnExit) {
  Court court;
  Arbiter arbiter(court.tables, court.options);
  (void)run(court, arbiter, from(court.place(kBuy, "1", "100"), kOther));
  court.view.account.position = court.view.strategy.position = qty("1");
  EXPECT_EQ(run(court, arbiter, court.place(kSell, "1", "100")).verdict.approved, 1);
  EXPECT_EQ(run(court, arbiter, court.begin(WRIT_INTENT_FLATTEN)).verdict.approved, 1);
}

template <class Odds>
void spoil_money(Court& court, const Odds& odds) {
  RiskLimits& limits = court.options.defaults;
  for (auto limit : {&RiskLimits::instrument_exposure_max, &RiskLimits::market_exposure_max,
                     &RiskLimits::venue_exposure_max, &RiskLimits::strategy_exposure_max,
                     &RiskLimits::account_exposure_max, &RiskLimits::market_worst_case_max,
                     &RiskLimits::account_worst_case_max, &RiskLimits::daily_loss_max,
                     &RiskLimits::strategy_budget}) {
    if (odds()) limits.*limit = Money{};
  }
  if (odds()) limits.duplicate_window_ns = 1'000'000;
  if (odds()) limits.order_to_trade_max = Rate{};
  if (odds()) court.view.duplicate_age_ns = 0;
  if (odds()) court.view.market_payoff.reset();
  if (odds()) court.view.reporting_rate.reset();
  if (odds()) court.view.marks = {};
  if (odds()) court.view.daily_loss = money("1");
}

/// Everything a risk check could object to, at once.
void spoil_everything(Court& court, Arbiter& arbiter, base::RandomStream& random) {
  const std::uint64_t rarity = 1 + random.below(12);  // 1: everything at once
  const auto odds = [&random, rarity] { return random.below(rarity) == 0; };
  market::MarketView& market = court.view.market;
  if (odds()) market.open = false;
  if (odds()) market.in_sync = false;
  if (odds()) market.crossed = true;
  if (odds()) market.stale = true;
  if (odds()) market.gap = true;
  if (odds()) market.age_ns = WRIT_NONE;
  if (odds()) market.bid_price = WRIT_NONE;
  if (odds()) market.ask_price = WRIT_NONE;
  if (odds()) market.last_trade_price = WRIT_NONE;
  if (odds()) court.view.cash_free = money("-1000000");
  if (odds()) court.view.base_free = money("-1000000");
  if (odds()) court.view.strategy_open_orders = 1'000'000;
  if (odds()) court.view.tier = WRIT_TIER_HALT20;
  if (odds()) court.options.defaults.staleness_ns = 0;
  if (odds()) court.options.defaults.position_max = Quantity{};
  if (odds()) court.options.defaults.price_band = Rate{};
  if (odds()) court.options.defaults.order_rate_max = 0;
  if (odds()) court.options.ownership = Ownership::kShared;
  spoil_money(court, odds);
  court.options.defaults.open_orders_max = 0;  // so that every entry meets a refusal
  arbiter.set_options(court.options);
  if (odds()) arbiter.kill(random.below(2) == 0 ? 0 : kAccount);
  if (odds()) arbiter.pause(0, random.below(2) == 0 ? 0 : kInstance);
}

TEST(Exits, AreNeverBlockedByRisk) {
  std::size_t exits = 0, refused_entries = 0;
  std::set<std::uint16_t> vetoes;
  for (std::uint64_t seed = 1; seed <= 4'000; ++seed) {
    base::RandomStream random(seed, "exits");
    Court court;
    court.use(1 + static_cast<std::uint32_t>(random.below(3)));
    const bool binary = court.view.instrument->kind == WRIT_KIND_BINARY;
    Arbiter arbiter(court.tables, court.options);
    // Somebody else holds the market.
    (void)run(court, arbiter, from(court.place(kBuy, "1", binary ? "0.5" : "100"), kOther));
    spoil_everything(court, arbiter, random);

    const bool is_short = !binary && random.below(2) == 0 && court.view.instrument->instrument == 2;
    const auto lots = [&](std::uint64_t most) {
      return Quantity{static_cast<std::int64_t>(1 + random.below(most)) * 1'000'000};
    };
    const Quantity held = lots(5'000);
    court.view.strategy.position = is_short ? -held : held;
    court.view.account.position = court.view.strategy.position;
    const std::uint16_t closing = is_short ? kBuy : kSell;
    const Quantity part =
        Quantity{static_cast<std::int64_t>(
                     1 + random.below(static_cast<std::uint64_t>(held.raw / 1'000'000))) *
                 1'000'000};

    std::vector<writ_intent> intents;
    auto close = court.place(closing, "1", binary ? "0.01" : "0.5");
    close.quantity = part.raw;
    intents.push_back(close);
    close.flags = WRIT_INTENT_REDUCE_ONLY;
    intents.push_back(close);
    close.flags = 0;
    close.order_type = WRIT_ORDER_MARKET;
    close.price = WRIT_NONE;
    intents.push_back(close);
    intents.push_back(court.begin(WRIT_INTENT_FLATTEN));
    auto target = court.begin(WRIT_INTENT_TARGET);
    target.quantity = is_short ? part.raw - held.raw : held.raw - part.raw;
    intents.push_back(target);
    intents.push_back(court.begin(WRIT_INTENT_CANCEL_ALL));
    intents.push_back(court.begin(WRIT_INTENT_NOOP));
    court.view.target = {
        true, kInstance, court.view.instrument->instrument, closing, px("1"), qty("1"), {}, {}, {}};
    auto cancel = court.begin(WRIT_INTENT_CANCEL);
    cancel.target_intent = 5;
    intents.push_back(cancel);
    for (const auto& intent : intents) {
      const auto judged = court.judge(arbiter, intent);
      ASSERT_EQ(judged.verdict.approved, 1)
          << "seed " << seed << " kind " << intent.kind << " check " << judged.verdict.detail;
      ++exits;
    }
    // While an entry under the same view is refused.
    auto entry = court.place(closing == kSell ? kBuy : kSell, "1", binary ? "0.5" : "100");
    const auto judged = court.judge(arbiter, entry);
    ASSERT_EQ(judged.verdict.approved, 0) << "seed " << seed;
    vetoes.insert(judged.verdict.detail);
    ++refused_entries;
  }
  EXPECT_EQ(exits, 32'000U);
  EXPECT_EQ(refused_entries, 4'000U);
  EXPECT_EQ(vetoes.size(), 18U) << "every risk check refused some entry";
}

TEST(CheckTable, LetsRiskTouchNothingButEntries) {
  const std::set<std::uint16_t> own_or_venue = {WRIT_CHECK_VALIDITY, WRIT_CHECK_TTL,
                                                WRIT_CHECK_TARGET_ORDER, WRIT_CHECK_REDUCE_ONLY,
                                                WRIT_CHECK_GROUP};
  ASSERT_GT(kCheckTable.size(), 10U);
  for (const CheckRule& rule : kCheckTable) {
    EXPECT_TRUE(rule.adds) << rule.check;
    EXPECT_EQ(rule.reduces, own_or_venue.contains(rule.check)) << rule.check;
    EXPECT_EQ(rule.neutral, own_or_venue.contains(rule.check)) << rule.check;
  }
}

TEST(CheckTable, IsTheOneInTheDocuments) {
  const auto path = writ::test::source_dir() / "docs" / "CHECKS.md";
  std::ifstream file(path);
  ASSERT_TRUE(file) << path;
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), check_table_markdown());
}

TEST(CheckTable, IsMadeInItsOrder) {
  Court court;
  court.options.defaults.staleness_ns = 5'000;
  court.options.defaults.position_max = qty("100");
  court.options.defaults.price_band = Rate{100'000'000};
  court.options.defaults.order_rate_max = 10;
  court.options.defaults.open_orders_max = 10;
  court.options.defaults.duplicate_window_ns = 1'000;
  court.options.defaults.account_exposure_max = money("1000");
  court.options.defaults.account_worst_case_max = money("1000");
  court.options.defaults.daily_loss_max = money("1000");
  court.options.defaults.strategy_budget = money("1000");
  court.options.defaults.order_to_trade_max = Rate{};
  court.options.defaults.order_to_trade_grace = 10;
  court.options.circuit_break = CircuitBreakRule{Rate{10'000'000}, 1'000, 1'000};
  auto intent = court.place(kBuy, "1", "100");
  intent.ttl_ns = 1'000;
  const auto judged = court.judge(intent);
  std::vector<std::uint16_t> made, wanted;
  for (const auto& check : judged.checks) made.push_back(check.check);
  for (const CheckRule& rule : kCheckTable) {
    static const std::set<std::uint16_t> about_others = {
        WRIT_CHECK_TARGET_ORDER, WRIT_CHECK_REDUCE_ONLY, WRIT_CHECK_PRIORITY, WRIT_CHECK_GROUP};
    if (!about_others.contains(rule.check)) wanted.push_back(rule.check);
  }
  EXPECT_EQ(made, wanted);
}

TEST(Arbiter, KeepsItsStateThroughSaveAndLoad) {
  Court court;
  court.options.defaults.order_rate_max = 3;
  Arbiter arbiter(court.tables, court.options);
  (void)run(court, arbiter, court.place(kBuy, "1", "100"));
  (void)run(court, arbiter, court.place(kBuy, "1", "100"));
  court.use(2);
  (void)run(court, arbiter, from(court.place(kBuy, "1", "100"), kOther));
  arbiter.pause(2, 0);
  arbiter.kill(3);
  const auto saved = arbiter.save();

  Arbiter loaded(court.tables, court.options);
  ASSERT_TRUE(loaded.load(saved));
  EXPECT_EQ(loaded.save(), saved);
  EXPECT_EQ(loaded.owner(kAccount, 1), kInstance);
  EXPECT_EQ(loaded.owner(kAccount, 2), kOther);
  EXPECT_TRUE(loaded.is_killed(3));
  EXPECT_TRUE(loaded.is_paused(2, kInstance));
  court.use(1);
  for (int i = 0; i < 3; ++i) {  // the same future
    const auto a = run(court, arbiter, court.place(kSell, "1", "100"));
    const auto b = run(court, loaded, court.place(kSell, "1", "100"));
    EXPECT_EQ(a.verdict.approved, b.verdict.approved);
    EXPECT_EQ(a.verdict.detail, b.verdict.detail);
  }
  EXPECT_EQ(loaded.save(), arbiter.save());

  const auto before = loaded.save();
  for (std::size_t size = 0; size < saved.size(); ++size) {
    EXPECT_FALSE(loaded.load({saved.data(), size})) << size;
  }
  EXPECT_EQ(loaded.save(), before);
}

TEST(Arbiter, FoldingRecordedVerdictsGivesTheSameState) {
  Court court;
  Arbiter first(court.tables, court.options);
  Arbiter folded(court.tables, court.options);
  base::RandomStream random(11, "fold");
  for (std::int64_t i = 0; i < 500; ++i) {
    court.use(1 + static_cast<std::uint32_t>(random.below(4)));
    court.view.now = court.view.decided_ts = kNow + i * 10'000'000;
    court.view.market.gap = random.below(3) == 0;
    auto intent = court.place(random.below(2) == 0 ? kBuy : kSell, "1", "100");
    intent.instance = 5 + static_cast<std::uint32_t>(random.below(3));
    const auto judged = run(court, first, intent);
    folded.apply(judged.verdict, intent);
    if (random.below(10) == 0) {
      (void)first.release_if_idle(kAccount, intent.instrument, {}, 0, kNow);
      (void)folded.release_if_idle(kAccount, intent.instrument, {}, 0, kNow);
    }
  }
  EXPECT_EQ(first.save(), folded.save());
}

TEST(Arbiter, ReloadedLimitsApplyAtOnceAndKeepTheState) {
  Court court;
  Arbiter arbiter(court.tables, court.options);
  (void)run(court, arbiter, court.place(kBuy, "1", "100"));
  court.options.defaults.position_max = qty("0.5");
  arbiter.set_options(court.options);
  EXPECT_EQ(court.judge(arbiter, court.place(kBuy, "1", "100")).verdict.detail,
            WRIT_CHECK_POSITION);
  EXPECT_EQ(arbiter.owner(kAccount, 1), kInstance);
}

TEST(Arbiter, VerdictsOfWhatNobodyJudgedSayWhy) {
  Court court;
  const auto intent = court.place(kBuy, "1", "100");
  const Arbiter arbiter(court.tables, court.options);
  const auto plugin = arbiter.unjudged_verdict(intent, 9, WRIT_REASON_PLUGIN_ERROR);
  EXPECT_EQ(plugin.approved, 0);
  EXPECT_EQ(plugin.reason, WRIT_REASON_PLUGIN_ERROR);
  EXPECT_EQ(plugin.detail, WRIT_CHECK_PLUGIN);
  EXPECT_EQ(plugin.intent_id, 9U);
  EXPECT_EQ(plugin.price, WRIT_NONE);
  const auto restart = arbiter.unjudged_verdict(intent, 9, WRIT_REASON_RESTART);
  EXPECT_EQ(restart.reason, WRIT_REASON_RESTART);
  EXPECT_EQ(restart.detail, WRIT_CHECK_RESTART);
}

TEST(OrderTerms, ReserveAMarketBetAtWorseOdds) {
  Court court;
  court.use(5);
  court.view.market.bid_price = px("3").raw;
  court.view.market.ask_price = px("3.1").raw;
  auto bet = court.place(kBuy, "1", "3");
  bet.order_type = WRIT_ORDER_MARKET;
  bet.price = WRIT_NONE;
  EXPECT_EQ(order_terms(bet, court.view, Rate{100'000'000}).price, px("2.7"));
  bet.side = kSell;
  EXPECT_EQ(order_terms(bet, court.view, Rate{100'000'000}).price, px("3.41"));
}

TEST(OrderTerms, CloseABetByTheLargestStakeThatDoesNotOvershoot) {
  base::RandomStream random(1, "closing_stake");
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  Court court;
  court.use(5);
  const std::int64_t lot = std::max<std::int64_t>(court.view.instrument->lot, 1);
  for (std::size_t i = 0; i < writ::test::scaled(100'000); ++i) {
    const std::int64_t units = 1 + below(1'000'000'000'000);
    const bool long_one = below(2) == 0;
    court.view.market.bid_price = 1'010'000'000 + below(20'000'000'000);
    court.view.market.ask_price = court.view.market.bid_price + below(1'000'000'000);
    court.view.account.position = court.view.strategy.position =
        Quantity{long_one ? units : -units};
    const auto terms = order_terms(court.begin(WRIT_INTENT_FLATTEN), court.view, Rate{50'000'000});
    // A lay matches at its odds at most, a back now at no better ones than are there.
    const Int128 odds = long_one ? terms.price.raw : court.view.market.bid_price;
    const Int128 stake = terms.quantity.raw;
    ASSERT_EQ(terms.makes_order, stake != 0);
    ASSERT_TRUE(stake % lot == 0);
    ASSERT_TRUE(stake * odds <= Int128{units} * 1'000'000'000) << i;
    ASSERT_TRUE((stake + lot) * odds > Int128{units} * 1'000'000'000) << i;
    if (!terms.makes_order) continue;
    ASSERT_EQ(terms.side, long_one ? kSell : kBuy);
    ASSERT_LE(terms.quantity, terms.closable);
  }
}

TEST(OrderTerms, FlattenAllButWhatIsLessThanALot) {
  Court court;
  court.use(2);
  const Quantity lot{court.view.instrument->lot};
  ASSERT_GT(lot.raw, 1);
  const auto quantity_of = [&](Quantity position) {
    court.view.account.position = court.view.strategy.position = position;
    const auto terms = order_terms(court.begin(WRIT_INTENT_FLATTEN), court.view, Rate{});
    EXPECT_EQ(terms.makes_order, terms.quantity.raw != 0);
    return terms.quantity;
  };
  const Quantity rest{lot.raw / 2};
  EXPECT_EQ(quantity_of(qty("3") + rest), qty("3"));
  EXPECT_EQ(quantity_of(-qty("3") - rest), qty("3"));
  EXPECT_EQ(quantity_of(rest), Quantity{});
}

TEST(OrderTerms, ResolveEveryKind) {
  Court court;
  court.use(2);
  court.view.account = {qty("5"), qty("1"), qty("2"), {}, {}};
  court.view.strategy = {qty("3"), {}, qty("1"), {}, {}};
  const Rate slippage{100'000'000};
  const auto terms = [&](const writ_intent& intent) {
    return order_terms(intent, court.view, slippage);
  };
  auto sell = terms(court.place(kSell, "4", "100"));
  EXPECT_TRUE(sell.makes_order);
  EXPECT_EQ(sell.closable, qty("3"));
  EXPECT_EQ(sell.price, px("100"));
  EXPECT_EQ(terms(court.place(kBuy, "4", "100")).closable, Quantity{});

  auto market = court.place(kBuy, "1", "100");
  market.order_type = WRIT_ORDER_MARKET;
  market.price = WRIT_NONE;
  EXPECT_EQ(terms(market).price, px("110.011"));
  market.side = kSell;
  EXPECT_EQ(terms(market).price, px("99.99")) << "a short opens at the bid at most";
  court.use(1);
  EXPECT_EQ(terms(market).price, px("89.991"));
  court.view.market.bid_price = court.view.market.last_trade_price = WRIT_NONE;
  EXPECT_TRUE(terms(market).price.is_none());

  const auto flatten = terms(court.begin(WRIT_INTENT_FLATTEN));
  EXPECT_EQ(flatten.side, kSell);
  EXPECT_EQ(flatten.quantity, qty("3"));
  EXPECT_TRUE(flatten.market);
  EXPECT_EQ(flatten.closable, qty("4")) << "its own working sale goes first";
  auto target = court.begin(WRIT_INTENT_TARGET);
  target.quantity = qty("-2").raw;
  EXPECT_EQ(terms(target).quantity, qty("5"));
  EXPECT_EQ(terms(target).side, kSell);
  target.quantity = Quantity::min().raw;
  EXPECT_FALSE(terms(target).makes_order) << "does not fit";

  court.view.target = {true, kInstance, 1, kBuy, px("99"), qty("5"), qty("2"), {}, {}};
  auto replace = court.place(kSell, "6", "98");
  replace.kind = WRIT_INTENT_REPLACE;
  EXPECT_EQ(terms(replace).side, kBuy);
  EXPECT_EQ(terms(replace).quantity, qty("4"));
  replace.quantity = qty("2").raw;
  EXPECT_FALSE(terms(replace).makes_order);
  EXPECT_FALSE(terms(court.begin(WRIT_INTENT_NOOP)).makes_order);
}

TEST(Arbiter, JudgesAnyBytesWithoutFailing) {
  std::size_t judged_count = 0;
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    base::RandomStream random(seed, "bytes");
    Court court;
    court.use(1 + static_cast<std::uint32_t>(random.below(5)));
    court.options.defaults.position_max = qty("1");
    court.options.defaults.price_band = Rate{1};
    const auto extreme = [&]() -> std::int64_t {
      switch (random.below(6)) {
        case 0:
          return WRIT_NONE;
        case 1:
          return INT64_MAX;
        case 2:
          return INT64_MIN + 1;
        case 3:
          return 0;
        default:
          return static_cast<std::int64_t>(random.next_u64());
      }
    };
    auto intent = court.begin(static_cast<std::uint16_t>(random.below(9)));
    intent.side = static_cast<std::uint16_t>(random.below(4));
    intent.order_type = static_cast<std::uint16_t>(random.below(4));
    intent.time_in_force = static_cast<std::uint16_t>(random.below(6));
    intent.flags = static_cast<std::uint32_t>(random.below(128)) & ~WRIT_INTENT_WARMUP;
    intent.price = extreme();
    intent.quantity = extreme();
    intent.ttl_ns = extreme();
    intent.expire_ts = extreme();
    intent.target_intent = random.below(2);
    court.view.market.bid_price = extreme();
    court.view.market.ask_price = extreme();
    court.view.target.quantity = Quantity{extreme()};
    court.view.target.filled = Quantity{extreme()};
    court.view.target.side = intent.side;
    court.view.target.working = random.below(2) == 0;
    court.view.target.instance = kInstance;
    const auto judged = court.judge(intent);
    judged_count += judged.verdict.approved + (judged.verdict.reason != WRIT_REASON_OK ? 1U : 0U);
  }
  EXPECT_EQ(judged_count, 20'000U) << "exactly one of approved and a reason";
}

}  // namespace
}  // namespace writ::arbiter
