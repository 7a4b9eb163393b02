#include "host/ledger/betting_market.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"
#include "tests/support/vectors.hpp"
#include "tests/unit/ledger/ledger_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace writ::ledger {
namespace {

using test::money;

constexpr std::uint16_t kBack = WRIT_SIDE_BUY;
constexpr std::uint16_t kLay = WRIT_SIDE_SELL;

Price px(std::string_view text) { return parse_price(text).value; }
Quantity qty(std::string_view text) { return parse_quantity(text).value; }

BetResult bet(std::uint16_t side, std::string_view stake, std::string_view odds) {
  return bet_result(side, qty(stake), px(odds)).value();
}

/// The book of V 01: back A 10@3, lay B 5@4, back C 2@8.
std::vector<Selection> three_runners() {
  std::vector<Selection> book(3);
  EXPECT_TRUE(book[0].matched.add(bet(kBack, "10", "3")));
  EXPECT_TRUE(book[1].matched.add(bet(kLay, "5", "4")));
  EXPECT_TRUE(book[2].matched.add(bet(kBack, "2", "8")));
  return book;
}

// V 01
TEST(BettingMarket, SumsWhatEachWinnerWouldMean) {
  auto book = three_runners();
  EXPECT_EQ((BettingMarket{book}.results()),
            (std::vector<Money>{money("23"), money("-27"), money("9")}));
  EXPECT_EQ((BettingMarket{book}.worst()), money("-27"));
  EXPECT_TRUE(book[1].unmatched.add_unmatched(bet(kLay, "30", "3")));
  EXPECT_EQ((BettingMarket{book}.results()[1]), money("-87"));
  EXPECT_EQ((BettingMarket{book}.worst()), money("-87"));
}

TEST(BettingMarket, TakesTheWorstWinnersOfSeveral) {
  std::vector<Selection> book(4);
  ASSERT_TRUE(book[0].matched.add(bet(kBack, "20", "1.5")));
  ASSERT_TRUE(book[1].matched.add(bet(kLay, "10", "2.2")));
  ASSERT_TRUE(book[3].matched.add(bet(kLay, "4", "6")));
  EXPECT_EQ((BettingMarket{book, 2}.worst()), money("-52"));
}

TEST(BettingMarket, ALayRisksItsLiability) {
  EXPECT_EQ(liability(kLay, qty("5"), px("4")), money("15"));
  EXPECT_EQ(liability(kBack, qty("5"), px("4")), money("5"));
  EXPECT_EQ(liability(kBack, qty("5"), px("0.99")), std::nullopt);
}

TEST(BettingMarket, ARemovedRunnerTakesItsHedgeAlong) {
  std::vector<Selection> book(2);  // both outcomes covered: never a loss while both run
  ASSERT_TRUE(book[0].matched.add(bet(kBack, "10", "3")));
  ASSERT_TRUE(book[1].matched.add(bet(kBack, "10", "3")));
  EXPECT_EQ((BettingMarket{book, 1, false}.worst()), money("10"));
  book[1].adjustment = Rate{400'000'000};
  // With the second gone the first must win, at odds cut from 3 to 1.8.
  EXPECT_EQ((BettingMarket{book, 1, true}.worst()), money("8"));
  std::vector<Selection> third = book;
  third.emplace_back();
  EXPECT_EQ((BettingMarket{third, 1, true}.worst()), money("-20")) << "the third may win";
  ASSERT_TRUE(third[2].matched.add(bet(kBack, "10", "4")));
  EXPECT_EQ((BettingMarket{third, 1, false}.worst()), money("0"));
  EXPECT_EQ((BettingMarket{third, 1, true}.worst()), money("-2")) << "20 × 0.9 - 20";
}

writ_instrument runner_of(std::uint32_t winners, std::uint32_t runners) {
  auto runner = test::instrument(1, WRIT_KIND_RUNNER, "race", 0, test::kUsdt);
  runner.winners = winners;
  runner.runners = runners;
  return runner;
}

TEST(BettingMarket, AHedgeOverAllRunnersCannotLoseWhereOneOfThemWins) {
  std::vector<Selection> book(3);
  for (Selection& one : book) ASSERT_TRUE(one.matched.add(bet(kBack, "10", "4")));
  EXPECT_EQ(betting_payoff(runner_of(1, 3), book, 0).worst_loss(), money("0"));
  EXPECT_EQ(betting_payoff(runner_of(1, 3), book, 0).outcome(0), money("10"));
  EXPECT_EQ(betting_payoff(runner_of(1, 4), book, 0).worst_loss(), money("30"))
      << "the fourth may win";
  EXPECT_EQ(betting_payoff(runner_of(1, 0), book, 0).worst_loss(), money("30"))
      << "nobody says that there is none";
  EXPECT_EQ(betting_payoff(runner_of(0, 3), book, 0).worst_loss(), money("30"))
      << "nobody says that one wins";
}

void check_vector(const writ::test::VectorCase& one) {
  std::vector<Selection> book(
      static_cast<std::size_t>(writ::test::integer_of(one.inputs, "runners")));
  const auto winners = static_cast<std::size_t>(writ::test::integer_of(one.inputs, "winners"));
  std::vector<Selection> matched_only = book;
  for (const char* key : {"matched", "unmatched"}) {
    for (const auto& value : writ::test::member(one.inputs, key).as_array()) {
      const auto& row = value.as_object();
      const auto side = writ::test::text_of(row, "side") == "BACK" ? kBack : kLay;
      const auto result = bet_result(side, writ::test::quantity_of(row, "stake"),
                                     writ::test::price_of(row, "odds"));
      const auto at = static_cast<std::size_t>(writ::test::integer_of(row, "sel"));
      ASSERT_TRUE(result.has_value());
      if (std::string_view(key) == "matched") {
        ASSERT_TRUE(book[at].matched.add(*result) && matched_only[at].matched.add(*result));
      } else {
        ASSERT_TRUE(book[at].unmatched.add_unmatched(*result));
      }
    }
  }
  if (winners > 1) {
    EXPECT_EQ((BettingMarket{book, winners}.worst()),
              writ::test::money_of(one.expected, "worst_case_payoff"));
    return;
  }
  const auto expect = [&](const std::vector<Selection>& selections, const char* key) {
    const auto results = BettingMarket{selections}.results();
    const auto& expected = writ::test::member(one.expected, key).as_array();
    ASSERT_EQ(results.size(), expected.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      EXPECT_EQ(results[i], money(std::string(expected[i].as_string())));
    }
  };
  expect(matched_only, "matched_payoff");
  expect(book, "worst_case_payoff");
  EXPECT_EQ((BettingMarket{matched_only}.worst()),
            -writ::test::money_of(one.expected, "worst_case_loss_matched"));
  EXPECT_EQ((BettingMarket{book}.worst()), -writ::test::money_of(one.expected, "worst_case_loss"));
}

void check_liability(const writ::test::VectorCase& one) {
  const auto side = writ::test::text_of(one.inputs, "side") == "BACK" ? kBack : kLay;
  EXPECT_EQ(liability(side, writ::test::quantity_of(one.inputs, "stake"),
                      writ::test::price_of(one.inputs, "odds")),
            writ::test::money_of(one.expected, "liability"));
  const auto result = bet_result(side, writ::test::quantity_of(one.inputs, "stake"),
                                 writ::test::price_of(one.inputs, "odds"))
                          .value();
  EXPECT_EQ(result.if_loses - result.if_wins,
            writ::test::money_of(one.expected, "equiv_short_units"));
  EXPECT_EQ(result.if_loses, writ::test::money_of(one.expected, "cash_in"));
}

TEST(BettingMarket, EqualsItsVectors) {
  writ::test::run_vectors("01_instruments",
                          {{"payoff_vector", check_vector},
                           {"payoff_k_winners", check_vector},
                           {"liability", check_liability}},
                          writ::test::VectorCoverage::kNamed);
}

/// A market small enough to try everything in it.
struct Trial {
  struct Bet {
    std::size_t selection;
    BetResult result;
    bool matched;
  };
  std::vector<Selection> book;
  std::vector<Bet> bets;
  std::size_t winners = 1;
  std::size_t unmatched = 0;
};

Trial random_trial(base::RandomStream& random) {
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
  Trial trial;
  trial.book.resize(static_cast<std::size_t>(1 + below(4)));
  trial.winners = 1 + random.below(trial.book.size());
  for (Selection& one : trial.book) one.adjustment = Rate{below(2) == 0 ? 0 : below(500'000'000)};
  for (std::int64_t n = below(7); n > 0; --n) {
    const auto selection = random.below(trial.book.size());
    const auto side = below(2) == 0 ? kBack : kLay;
    const bool matched = trial.unmatched == 4 || below(2) == 0;
    const auto result = bet_result(side, Quantity{1 + below(50'000'000'000)},
                                   Price{1'010'000'000 + below(20'000'000'000)})
                            .value();
    trial.bets.push_back({selection, result, matched});
    if (!matched) ++trial.unmatched;
    Selection& at = trial.book[selection];
    EXPECT_TRUE(matched ? at.matched.add(result) : at.unmatched.add_unmatched(result));
  }
  return trial;
}

/// Calls `visit(result, winners)` for every subset of unmatched bets filled and every set of
/// winners, `removed` (or none) gone before.
template <class Visit>
void for_each_outcome(const Trial& trial, std::size_t removed, Visit visit) {
  const std::size_t n = trial.book.size();
  const std::size_t running = removed < n ? n - 1 : n;
  const std::size_t winners = std::min(trial.winners, running);
  for (unsigned won = 0; won < 1U << n; ++won) {
    if (static_cast<std::size_t>(__builtin_popcount(won)) != winners) continue;
    if (removed < n && (won >> removed & 1U) != 0) continue;
    for (unsigned filled = 0; filled < 1U << trial.unmatched; ++filled) {
      std::vector<BetResult> matched(n), open(n);
      std::size_t offer = 0;
      for (const auto& bet : trial.bets) {
        const bool fills = bet.matched || (filled >> offer++ & 1U) != 0;
        if (!fills || bet.selection == removed) continue;
        EXPECT_TRUE((bet.matched ? matched : open)[bet.selection].add(bet.result));
      }
      Int128 sum = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const bool wins = (won >> i & 1U) != 0;
        sum += wins ? matched[i].if_wins.raw + open[i].if_wins.raw
                    : matched[i].if_loses.raw + open[i].if_loses.raw;
        if (!wins || removed >= n) continue;
        const Money units = matched[i].if_wins - matched[i].if_loses;
        sum -= scaled(units, trial.book[removed].adjustment, Rounding::kCeil)->raw;
      }
      visit(sum, won);
    }
  }
}

TEST(BettingMarket, IsExactlyTheWorstOfEveryReachableOutcome) {
  base::RandomStream random(1, "betting");
  for (std::size_t i = 0; i < writ::test::scaled(100'000); ++i) {
    const Trial trial = random_trial(random);
    const std::size_t n = trial.book.size();
    Int128 least = kMoneyLimit, least_of_all = kMoneyLimit;
    std::vector<Int128> if_wins(n, kMoneyLimit), if_loses(n, kMoneyLimit), if_removed(n);
    for (std::size_t removed = 0; removed <= n; ++removed) {
      Int128 here = kMoneyLimit;
      for_each_outcome(trial, removed, [&](Int128 result, unsigned won) {
        here = std::min(here, result);
        for (std::size_t one = 0; one < n; ++one) {
          if (one == removed) continue;
          Int128& known = (won >> one & 1U) != 0 ? if_wins[one] : if_loses[one];
          known = std::min(known, result);
        }
      });
      if (removed == n) {
        least = here;
      } else {
        if_removed[removed] = here;
      }
      least_of_all = std::min(least_of_all, here);
    }
    ASSERT_TRUE((BettingMarket{trial.book, trial.winners}.worst().raw == least)) << i;
    const BettingMarket whole{trial.book, trial.winners, true};
    ASSERT_TRUE(whole.worst().raw == least_of_all) << i;
    for (std::size_t one = 0; one < n; ++one) {
      const Payoff seen = whole.seen_from(one);
      ASSERT_TRUE(seen.worst() == least_of_all) << i;
      ASSERT_TRUE(seen.outcome(0).raw == if_wins[one]) << i << " of " << one;
      ASSERT_TRUE(seen.outcome(1).raw == if_loses[one]) << i << " of " << one;
      ASSERT_TRUE(seen.outcome(2).raw == if_removed[one]) << i << " of " << one;
    }
  }
}

TEST(BettingMarket, IsWorstOverWhoeverMayWinOfThoseNobodyLists) {
  base::RandomStream random(2, "betting_unlisted");
  for (std::size_t i = 0; i < writ::test::scaled(100'000); ++i) {
    Trial trial = random_trial(random);
    for (Selection& one : trial.book) one.adjustment = {};
    const std::size_t listed = trial.book.size();
    const std::size_t unlisted = random.below(3);
    const auto runner = runner_of(static_cast<std::uint32_t>(trial.winners),
                                  static_cast<std::uint32_t>(listed + unlisted));
    trial.book.resize(listed + unlisted);
    Int128 least = kMoneyLimit;
    for (std::size_t removed = 0; removed <= trial.book.size(); ++removed) {
      for_each_outcome(trial, removed,
                       [&](Int128 result, unsigned) { least = std::min(least, result); });
    }
    trial.book.resize(listed);
    for (std::size_t own = 0; own < listed; ++own) {
      ASSERT_TRUE(betting_payoff(runner, trial.book, own).worst() == least) << i;
      auto unknown = runner;
      unknown.runners = 0;
      ASSERT_TRUE(betting_payoff(unknown, trial.book, own).worst() <= least) << i;
      unknown.winners = 0;
      ASSERT_TRUE(betting_payoff(unknown, trial.book, own).worst() <= least) << i;
    }
  }
}

}  // namespace
}  // namespace writ::ledger
