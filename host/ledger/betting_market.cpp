#include "host/ledger/betting_market.hpp"

#include "host/base/assert.hpp"

#include <writ/abi/market.h>
#include <writ/rounding.hpp>

#include <algorithm>

namespace writ::ledger {
namespace {

constexpr Price kEven{1'000'000'000};  // odds at which nothing is won
constexpr std::size_t kNobody = SIZE_MAX;

Money bounded(Int128 amount) { return Money{std::clamp(amount, -kMoneyLimit, kMoneyLimit)}; }

/// What the selections come to once the odds of matched bets are cut: winnings shrink by that part
/// of stake × odds, rounded against us.
BetResult after_cut(const Selection& selection, Rate cut) {
  BetResult result = selection.worst();
  if (cut.raw == 0) return result;
  const Int128 units = selection.matched.if_wins.raw - selection.matched.if_loses.raw;
  const auto lost = scaled(bounded(units), cut, Rounding::kCeil);
  result.if_wins = bounded(result.if_wins.raw - (lost ? lost->raw : 0));
  return result;
}

/// A market some selections of which are looked at apart.
class Rest {
 public:
  Rest(std::span<const Selection> selections, std::size_t apart, std::size_t removed) {
    const Rate cut = removed == kNobody ? Rate{} : selections[removed].adjustment;
    for (std::size_t i = 0; i < selections.size(); ++i) {
      if (i == apart || i == removed) continue;
      const BetResult result = after_cut(selections[i], cut);
      all_lose_ += result.if_loses.raw;
      gains_.push_back(result.if_wins.raw - result.if_loses.raw);
    }
    std::sort(gains_.begin(), gains_.end());
  }

  [[nodiscard]] std::size_t size() const { return gains_.size(); }
  /// The least result if so many of them win.
  [[nodiscard]] Int128 worst(std::size_t winners) const {
    Int128 sum = all_lose_;
    for (std::size_t i = 0; i < winners; ++i) sum += gains_[i];
    return sum;
  }

 private:
  Int128 all_lose_ = 0;
  std::vector<Int128> gains_;  // ascending
};

}  // namespace

bool BetResult::add(const BetResult& bet) {
  const auto wins = checked_add(if_wins, bet.if_wins);
  const auto loses = checked_add(if_loses, bet.if_loses);
  if (!wins || !loses) return false;
  *this = {*wins, *loses};
  return true;
}

bool BetResult::add_unmatched(const BetResult& bet) {
  return add({std::min(bet.if_wins, Money{}), std::min(bet.if_loses, Money{})});
}

std::optional<BetResult> bet_result(std::uint16_t side, Quantity stake, Price odds) {
  if (stake.is_none() || odds.is_none() || odds < kEven || stake.raw < 0) return std::nullopt;
  const Money won{Int128{stake.raw} * (odds.raw - kEven.raw)};
  const Money lost{Int128{stake.raw} * kEven.raw};
  if (!won.in_bounds() || !lost.in_bounds()) return std::nullopt;
  return side == WRIT_SIDE_BUY ? BetResult{won, -lost} : BetResult{-won, lost};
}

std::optional<Money> liability(std::uint16_t side, Quantity stake, Price odds) {
  const auto result = bet_result(side, stake, odds);
  if (!result) return std::nullopt;
  return -std::min(result->if_wins, result->if_loses);
}

BetResult Selection::worst() const {
  return {bounded(matched.if_wins.raw + unmatched.if_wins.raw),
          bounded(matched.if_loses.raw + unmatched.if_loses.raw)};
}

std::vector<Money> BettingMarket::results() const {
  Int128 all_lose = 0;
  for (const Selection& one : selections) all_lose += one.worst().if_loses.raw;
  std::vector<Money> results;
  results.reserve(selections.size());
  for (const Selection& one : selections) {
    const BetResult own = one.worst();
    results.push_back(bounded(all_lose + (own.if_wins.raw - own.if_loses.raw)));
  }
  return results;
}

Money BettingMarket::worst() const {
  if (selections.empty()) return Money{};
  const auto least_without = [&](std::size_t removed) {
    const Rest all(selections, kNobody, removed);
    return all.worst(std::min(winners, all.size()));
  };
  Int128 least = least_without(kNobody);
  for (std::size_t i = 0; removals && i < selections.size(); ++i) {
    least = std::min(least, least_without(i));
  }
  return bounded(least);
}

Payoff BettingMarket::seen_from(std::size_t selection) const {
  WRIT_ASSERT(selection < selections.size() && winners > 0);
  const Selection& own = selections[selection];
  std::optional<Int128> if_wins, if_loses;
  const auto consider = [&](std::size_t removed) {
    const Rest rest(selections, selection, removed);
    const Rate cut = removed == kNobody ? Rate{} : selections[removed].adjustment;
    const BetResult result = after_cut(own, cut);
    const Int128 wins = result.if_wins.raw + rest.worst(std::min(winners - 1, rest.size()));
    if_wins = if_wins ? std::min(*if_wins, wins) : wins;
    if (winners > rest.size()) return;  // then it cannot lose
    const Int128 loses = result.if_loses.raw + rest.worst(winners);
    if_loses = if_loses ? std::min(*if_loses, loses) : loses;
  };
  consider(kNobody);
  for (std::size_t i = 0; removals && i < selections.size(); ++i) {
    if (i != selection) consider(i);
  }
  const Money wins = bounded(*if_wins);
  const Money loses = if_loses ? bounded(*if_loses) : Money{kMoneyLimit};
  if (!removals) return Payoff::of_selection(wins, loses);
  const Rest others(selections, kNobody, selection);
  return Payoff::of_selection(wins, loses, bounded(others.worst(std::min(winners, others.size()))));
}

Payoff betting_payoff(const writ_instrument& runner, std::vector<Selection> selections,
                      std::size_t own) {
  WRIT_ASSERT(own < selections.size());
  if (runner.winners == 0) {
    Int128 others = 0;
    for (std::size_t i = 0; i < selections.size(); ++i) {
      const BetResult result = selections[i].worst();
      if (i != own) others += std::min({result.if_wins.raw, result.if_loses.raw, Int128{0}});
    }
    const BetResult result = selections[own].worst();
    auto payoff = Payoff::of_selection(result.if_wins, result.if_loses, Money{});
    payoff.add_cash(bounded(others));
    return payoff;
  }
  const std::size_t listed = selections.size();
  const std::size_t unlisted = runner.runners == 0 ? runner.winners
                               : runner.runners > listed
                                   ? std::min<std::size_t>(runner.winners, runner.runners - listed)
                                   : 0;
  selections.resize(listed + unlisted);
  return BettingMarket{selections, runner.winners, true}.seen_from(own);
}

}  // namespace writ::ledger
