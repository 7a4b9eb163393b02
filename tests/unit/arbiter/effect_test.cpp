#include "host/arbiter/effect.hpp"

#include "host/base/random.hpp"
#include "host/ledger/payoff.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/arbiter/arbiter_fixture.hpp"

#include <gtest/gtest.h>

namespace writ::arbiter {
namespace {

using test::Court;
using test::money;
using test::px;
using test::qty;

constexpr std::uint16_t kBuy = WRIT_SIDE_BUY;
constexpr std::uint16_t kSell = WRIT_SIDE_SELL;

void hold(Court& court, Quantity position) {
  court.view.account.position = position;
  court.view.strategy.position = position;
}

TEST(Effect, AnOrderThatOnlyClosesReduces) {
  for (const std::uint32_t instrument : {1U, 2U}) {
    for (const std::uint16_t side : {kBuy, kSell}) {
      Court court;
      court.use(instrument);
      EXPECT_EQ(court.effect(court.place(side, "1", "100")), Effect::kAdds) << "flat";
      hold(court, side == kSell ? qty("3") : qty("-3"));
      EXPECT_EQ(court.effect(court.place(side, "3", "100")), Effect::kReduces);
      EXPECT_EQ(court.effect(court.place(side, "3.001", "100")), Effect::kAdds) << "flips";
      Holding& account = court.view.account;
      (side == kSell ? account.working_sell : account.working_buy) = qty("1");
      EXPECT_EQ(court.effect(court.place(side, "2", "100")), Effect::kReduces);
      EXPECT_EQ(court.effect(court.place(side, "2.001", "100")), Effect::kAdds)
          << "with the working one filled it flips";
      const std::uint16_t other = side == kSell ? kBuy : kSell;
      EXPECT_EQ(court.effect(court.place(other, "0.001", "100")), Effect::kAdds);
    }
  }
}

TEST(Effect, SellingTheAccountsCoinsOpensAStrategysShort) {
  Court court;
  court.view.account.position = qty("5");  // deposited
  EXPECT_EQ(court.effect(court.place(kSell, "1", "100")), Effect::kAdds);
  auto marked = court.place(kSell, "1", "100");
  marked.flags = WRIT_INTENT_REDUCE_ONLY;
  EXPECT_EQ(court.effect(marked), Effect::kReduces) << "held against the account alone";
  court.view.strategy.position = qty("1");
  EXPECT_EQ(court.effect(court.place(kSell, "1", "100")), Effect::kReduces);
}

/// Whether the last unit leaves the worst outcome no worse, whichever of the working orders fill.
bool reduces_by_payoff(std::uint32_t kind, const Holding& held, Quantity signed_quantity) {
  constexpr Price kPrice{10};  // whole tenths: nothing is rounded
  const std::int64_t unit = signed_quantity.raw < 0 ? -1 : 1;
  for (const Quantity bought : {Quantity{}, held.working_buy}) {
    for (const Quantity sold : {Quantity{}, held.working_sell}) {
      auto whole = ledger::Payoff::of_position(kind, held.position + bought - sold, kPrice);
      auto but_one = whole;
      whole.trade(signed_quantity, kPrice);
      but_one.trade(Quantity{signed_quantity.raw - unit}, kPrice);
      if (whole.worst() < but_one.worst()) return false;
    }
  }
  return true;
}

TEST(Effect, OfSpotAndPerpetualsIsThatOfTheirPayoffs) {
  base::RandomStream random(9, "effect");
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  std::size_t reducing = 0;
  const std::size_t cases = writ::test::scaled(100'000);
  Court court;
  for (std::size_t i = 0; i < cases; ++i) {
    court.use(1 + static_cast<std::uint32_t>(below(2)));
    Holding& held = court.view.account;
    held.position = Quantity{(below(11) - 5) * 1'000'000};
    held.working_buy = Quantity{below(4) * 1'000'000};
    held.working_sell = Quantity{below(4) * 1'000'000};
    court.view.strategy = held;
    auto intent = court.place(below(2) == 0 ? kBuy : kSell, "1", "100");
    intent.quantity = (1 + below(5)) * 1'000'000;
    const Quantity traded{intent.side == kBuy ? intent.quantity : -intent.quantity};
    const bool reduces = reduces_by_payoff(court.view.instrument->kind, held, traded);
    ASSERT_EQ(court.effect(intent), reduces ? Effect::kReduces : Effect::kAdds);
    reducing += reduces ? 1 : 0;
  }
  EXPECT_GT(reducing, cases / 20);
}

TEST(Effect, BuyingTheComplementHedgesABinary) {
  Court court;
  court.use(4);  // NO
  court.view.complement.position = qty("10");
  court.view.strategy_complement.position = qty("10");
  EXPECT_EQ(court.effect(court.place(kBuy, "10", "0.4")), Effect::kReduces);
  EXPECT_EQ(court.effect(court.place(kBuy, "10.001", "0.4")), Effect::kAdds);
  court.view.complement.working_sell = qty("1");  // YES may leave
  EXPECT_EQ(court.effect(court.place(kBuy, "10", "0.4")), Effect::kAdds);
  EXPECT_EQ(court.effect(court.place(kBuy, "9", "0.4")), Effect::kReduces);
  court.view.cash_free = money("3");
  auto whole = court.place(kBuy, "9", "0.4");
  EXPECT_EQ(court.effect(whole), Effect::kReduces) << "cut to what can be paid";
  whole.flags = WRIT_INTENT_NO_REDUCTION;
  EXPECT_EQ(court.effect(whole), Effect::kAdds) << "cannot be paid";
}

TEST(Effect, BreakingAHedgedPairAdds) {
  Court court;
  court.use(3);
  hold(court, qty("10"));
  EXPECT_EQ(court.effect(court.place(kSell, "10", "0.5")), Effect::kReduces);
  court.view.complement.position = qty("10");
  EXPECT_EQ(court.effect(court.place(kSell, "10", "0.5")), Effect::kAdds);
  court.view.market.bid_price = WRIT_NONE;  // nobody bids, and none traded
  court.view.market.last_trade_price = WRIT_NONE;
  court.view.complement.position = {};
  auto market = court.place(kSell, "10", "0.5");
  market.order_type = WRIT_ORDER_MARKET;
  market.price = WRIT_NONE;
  EXPECT_EQ(court.effect(market), Effect::kReduces) << "still rids of what is held";
}

TEST(Effect, ABetIsHeldAgainstTheResultOfThoseMatched) {
  Court court;
  court.use(5);
  for (Holding* own : {&court.view.account, &court.view.strategy}) {
    own->if_wins = money("20");  // backed 10 at 3
    own->if_loses = money("-10");
  }
  EXPECT_EQ(court.effect(court.place(kSell, "10", "2.5")), Effect::kReduces);
  EXPECT_EQ(court.effect(court.place(kSell, "30", "2.5")), Effect::kAdds) << "turns it round";
  EXPECT_EQ(court.effect(court.place(kBuy, "1", "2.5")), Effect::kAdds);
  court.view.account.working_buy = qty("1");
  EXPECT_EQ(court.effect(court.place(kSell, "10", "2.5")), Effect::kAdds) << "odds unknown";
}

TEST(Effect, CancelsAndDecisionsNotToTradeAreNeutral) {
  Court court;
  for (const std::uint16_t kind : {WRIT_INTENT_CANCEL, WRIT_INTENT_CANCEL_ALL, WRIT_INTENT_NOOP}) {
    EXPECT_EQ(court.effect(court.begin(kind)), Effect::kNeutral);
  }
}

TEST(Effect, AFlattenReducesWhateverTheAccountHolds) {
  Court court;
  EXPECT_EQ(court.effect(court.begin(WRIT_INTENT_FLATTEN)), Effect::kNeutral);
  court.view.strategy.position = qty("2");
  court.view.account.position = qty("-2");
  EXPECT_EQ(court.effect(court.begin(WRIT_INTENT_FLATTEN)), Effect::kReduces);
}

TEST(Effect, ATargetIsClassedByItsChange) {
  Court court;
  court.use(2);
  hold(court, qty("3"));
  const auto to = [&](const char* goal) {
    auto intent = court.begin(WRIT_INTENT_TARGET);
    intent.quantity = qty(goal).raw;
    return court.effect(intent);
  };
  EXPECT_EQ(to("3"), Effect::kNeutral);
  EXPECT_EQ(to("1"), Effect::kReduces);
  EXPECT_EQ(to("0"), Effect::kReduces);
  EXPECT_EQ(to("-1"), Effect::kAdds);
  EXPECT_EQ(to("4"), Effect::kAdds);
  // Its own working orders are cancelled first, so they do not stand in the way.
  court.view.account.working_sell = court.view.strategy.working_sell = qty("3");
  EXPECT_EQ(to("0"), Effect::kReduces);
}

TEST(Effect, AReplaceThatOnlyTakesBackIsNeutral) {
  for (const std::uint16_t side : {kBuy, kSell}) {
    Court court;
    court.use(2);
    court.view.target = {true, test::kInstance, 2, side, px("100"), qty("5"), qty("2"), {}, {}};
    const auto replace = [&](const char* quantity, const char* price) {
      auto intent = court.place(side, quantity, price);
      intent.kind = WRIT_INTENT_REPLACE;
      intent.target_intent = 99;
      return court.effect(intent);
    };
    const bool buys = side == kBuy;
    EXPECT_EQ(replace("5", "100"), Effect::kNeutral);
    EXPECT_EQ(replace("4", buys ? "99" : "101"), Effect::kNeutral);
    EXPECT_EQ(replace("2", "100"), Effect::kNeutral) << "cancels the rest";
    EXPECT_EQ(replace("5.001", "100"), Effect::kAdds);
    EXPECT_EQ(replace("5", buys ? "100.01" : "99.99"), Effect::kAdds);
    hold(court, buys ? qty("-3") : qty("3"));
    Holding& account = court.view.account;
    (buys ? account.working_buy : account.working_sell) = qty("3");
    (buys ? court.view.strategy.working_buy : court.view.strategy.working_sell) = qty("3");
    EXPECT_EQ(replace("5", buys ? "100.01" : "99.99"), Effect::kReduces) << "moves an exit";
  }
}

TEST(Effect, ALayAmendedToLongerOddsAdds) {
  Court court;
  court.use(5);
  court.view.target = {true, test::kInstance, 5, kSell, px("6"), qty("8"), qty("0"), {}, {}};
  const auto replace = [&](const char* odds) {
    auto intent = court.place(kSell, "8", odds);
    intent.kind = WRIT_INTENT_REPLACE;
    intent.target_intent = 99;
    return court.effect(intent);
  };
  EXPECT_EQ(replace("8"), Effect::kAdds);
  EXPECT_EQ(replace("5"), Effect::kNeutral);
}

}  // namespace
}  // namespace writ::arbiter
