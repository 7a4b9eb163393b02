#include "host/ledger/payoff.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"
#include "tests/support/vectors.hpp"
#include "tests/unit/ledger/ledger_fixture.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace writ::ledger {
namespace {

using test::money;

Price px(std::string_view text) { return parse_price(text).value; }
Quantity qty(std::string_view text) { return parse_quantity(text).value; }

// V 01
TEST(Payoff, ATokenPairIsWorthItsWorstResolution) {
  Payoff pair = Payoff::of_tokens(qty("100"), qty("40"));
  pair.add_cash(money("-74"));
  EXPECT_EQ(pair.outcome(0), money("26")) << "YES";
  EXPECT_EQ(pair.outcome(1), money("-34")) << "NO";
  EXPECT_EQ(pair.outcome(2), money("-4")) << "a split pays half each";
  EXPECT_EQ(pair.worst_loss(), money("34"));
}

TEST(Payoff, APerpetualLosesWhatTheGridSays) {
  for (const bool is_long : {true, false}) {
    Payoff held = Payoff::of_position(WRIT_KIND_PERP, qty(is_long ? "0.5" : "-0.5"), px("67000"));
    ASSERT_EQ(held.count(), 4U);
    EXPECT_EQ(held.outcome(0), money(is_long ? "-3350" : "3350"));
    EXPECT_EQ(held.outcome(1), money(is_long ? "-10050" : "10050"));
    EXPECT_EQ(held.outcome(2), money(is_long ? "3350" : "-3350"));
    EXPECT_EQ(held.outcome(3), money(is_long ? "10050" : "-10050"));
    EXPECT_EQ(held.worst_loss(), money("10050"));
  }
}

TEST(Payoff, CoinsCanLoseAllAndNoMore) {
  EXPECT_EQ(Payoff::of_position(WRIT_KIND_SPOT, qty("2"), px("100")).worst_loss(), money("200"));
  EXPECT_EQ(Payoff::of_position(WRIT_KIND_SPOT, qty("-2"), px("100")).worst_loss(), money("60"));
}

TEST(Payoff, AnOrderPricedOffTheReferenceLosesTheDifferenceToo) {
  Payoff flat = Payoff::of_position(WRIT_KIND_PERP, {}, px("100"));
  flat.offer({qty("1"), px("105")});
  EXPECT_EQ(flat.worst_loss(), money("35"));
  Payoff sold = Payoff::of_position(WRIT_KIND_PERP, {}, px("100"));
  sold.offer({qty("-1"), px("95")});
  EXPECT_EQ(sold.worst_loss(), money("35"));
}

TEST(Payoff, AnOpenOrderNeverHelps) {
  Payoff held = Payoff::of_tokens(qty("10"), {});
  held.add_cash(money("-6"));
  held.offer({qty("10"), px("0.3"), true});  // would hedge, if it filled
  EXPECT_EQ(held.outcome(0), money("1"));
  EXPECT_EQ(held.outcome(1), money("-6"));
}

void check_binary(const writ::test::VectorCase& one) {
  Payoff pair = Payoff::of_tokens(writ::test::quantity_of(one.inputs, "yes_qty"),
                                  writ::test::quantity_of(one.inputs, "no_qty"));
  pair.add_cash(writ::test::money_of(one.inputs, "net_cash"));
  EXPECT_EQ(pair.outcome(0), writ::test::money_of(one.expected, "YES"));
  EXPECT_EQ(pair.outcome(1), writ::test::money_of(one.expected, "NO"));
  EXPECT_EQ(pair.outcome(2), writ::test::money_of(one.expected, "SPLIT50"));
  EXPECT_EQ(pair.worst_loss(), writ::test::money_of(one.expected, "worst_case_loss"));
}

// Shocks of the file are in another order than the grid's.
void check_stress(const writ::test::VectorCase& one) {
  const Price mark = writ::test::price_of(one.inputs, "mark");
  ASSERT_EQ(mark, writ::test::price_of(one.inputs, "entry"));
  const auto held =
      Payoff::of_position(WRIT_KIND_PERP, writ::test::quantity_of(one.inputs, "qty"), mark);
  const auto& shocks = writ::test::member(one.inputs, "shocks").as_array();
  const auto& pnl = writ::test::member(one.expected, "pnl").as_array();
  const std::vector<std::string> grid = {"-0.1", "-0.3", "0.1", "0.3"};
  for (std::size_t i = 0; i < shocks.size(); ++i) {
    const auto at = std::find(grid.begin(), grid.end(), std::string(shocks[i].as_string()));
    ASSERT_NE(at, grid.end());
    EXPECT_EQ(held.outcome(static_cast<std::size_t>(at - grid.begin())),
              money(std::string(pnl[i].as_string())));
  }
  EXPECT_EQ(held.worst_loss(), writ::test::money_of(one.expected, "worst_case_loss"));
}

TEST(Payoff, EqualsItsVectors) {
  writ::test::run_vectors("01_instruments",
                          {{"binary_payoff", check_binary}, {"linear_stress", check_stress}},
                          writ::test::VectorCoverage::kNamed);
}

// Whatever was kept before: the same offer or another, of the same market or another.
TEST(Payoff, IsTheSameByWhatOffersKept) {
  base::RandomStream random(1, "kept offers");
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  static constexpr std::uint32_t kKinds[] = {WRIT_KIND_SPOT, WRIT_KIND_PERP, WRIT_KIND_BINARY};
  KeptOffers kept;
  for (std::size_t i = 0; i < writ::test::scaled(100'000); ++i) {
    const std::uint32_t kind = kKinds[below(3)];
    const Quantity held{below(7) - 3};
    Payoff plain = kind == WRIT_KIND_BINARY ? Payoff::of_tokens(held, Quantity{below(3)})
                                            : Payoff::of_position(kind, held, Price{1 + below(9)});
    Payoff by_kept = plain;
    kept.begin(by_kept);
    for (auto left = below(40) == 0 ? 120 : below(5); left > 0; --left) {
      const bool huge = below(4) == 0;
      const Offer offer{huge ? Quantity::max() : Quantity{below(3) - 1},
                        Price{huge ? 9'000'000'000'000'000'000 : 1 + below(3)},
                        kind == WRIT_KIND_BINARY && below(2) == 0};
      plain.offer(offer);
      kept.next(offer);
    }
    kept.end();
    by_kept.offer(kept);
    ASSERT_EQ(plain.count(), by_kept.count());
    for (std::size_t outcome = 0; outcome < plain.count(); ++outcome) {
      ASSERT_EQ(plain.outcome(outcome), by_kept.outcome(outcome)) << i;
    }
  }
}

TEST(Payoff, OfHoweverManyHugeOffersStopsAtTheBoundOfMoney) {
  const Offer huge{Quantity::max(), Price{9'000'000'000'000'000'000}};
  Payoff payoff = Payoff::of_tokens(qty("1"), {});
  for (int i = 0; i < 1'000; ++i) payoff.offer(huge);
  EXPECT_EQ(payoff.worst_loss(), Money{kMoneyLimit});
  payoff.add_cash(Money{kMoneyLimit});
  EXPECT_EQ(payoff.worst_loss(), Money{});
}

// Whatever subset of the open orders fills, and however it ends, the worst case is no better.
TEST(Payoff, IsNoBetterThanAnyReachableOutcome) {
  base::RandomStream random(1, "payoff");
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  static constexpr std::uint32_t kKinds[] = {WRIT_KIND_SPOT, WRIT_KIND_PERP, WRIT_KIND_BINARY};
  for (std::size_t i = 0; i < writ::test::scaled(100'000); ++i) {
    const std::uint32_t kind = kKinds[below(3)];
    const bool binary = kind == WRIT_KIND_BINARY;
    const Price reference{1 + below(200'000'000'000)};
    const auto signed_quantity = [&] { return Quantity{below(20'000'000'001) - 10'000'000'000}; };
    const Quantity own = signed_quantity();
    const Quantity other = binary ? signed_quantity() : Quantity{};
    const auto held = [&] {
      return binary ? Payoff::of_tokens(own, other) : Payoff::of_position(kind, own, reference);
    };
    std::vector<Offer> offers;
    Payoff worst = held();
    for (std::int64_t n = below(5); n > 0; --n) {
      const Price price{binary ? below(1'000'000'001) : 1 + below(2 * reference.raw)};
      offers.push_back({signed_quantity(), price, binary && below(2) == 0});
      worst.offer(offers.back());
    }
    std::vector<Int128> least(worst.count(), kMoneyLimit);
    for (unsigned filled = 0; filled < 1U << offers.size(); ++filled) {
      Payoff reached = held();
      Quantity yes = own, no = other;
      Money paid;
      for (std::size_t n = 0; n < offers.size(); ++n) {
        if ((filled >> n & 1U) == 0) continue;
        if (!binary) reached.trade(offers[n].quantity, offers[n].price);
        (offers[n].in_complement ? no : yes) += offers[n].quantity;
        paid += notional(offers[n].price, offers[n].quantity);
      }
      if (binary) {
        reached = Payoff::of_tokens(yes, no);
        reached.add_cash(-paid);
      }
      for (std::size_t outcome = 0; outcome < reached.count(); ++outcome) {
        least[outcome] = std::min(least[outcome], reached.outcome(outcome).raw);
      }
    }
    for (std::size_t outcome = 0; outcome < worst.count(); ++outcome) {
      ASSERT_TRUE(worst.outcome(outcome).raw == least[outcome])
          << "case " << i << " outcome " << outcome;
    }
  }
}

}  // namespace
}  // namespace writ::ledger
