#pragma once

#include "host/ledger/payoff.hpp"

#include <writ/abi/instrument.h>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace writ::ledger {

/// Result of bets on one selection. Zero if it is removed.
struct BetResult {
  Money if_wins;
  Money if_loses;

  /// False, and nothing changed, if a sum would not fit.
  [[nodiscard]] bool add(const BetResult& bet);
  /// The same for an unmatched bet: what it can take, never what it can give.
  [[nodiscard]] bool add_unmatched(const BetResult& bet);
};

/// Of one bet: a back (buy) of `stake` wins stake × (odds - 1) or loses the stake, a lay (sell) is
/// its other side. Nothing for odds below 1, no stake, or a result out of bounds.
[[nodiscard]] std::optional<BetResult> bet_result(std::uint16_t side, Quantity stake, Price odds);

/// The most a bet can lose: the stake of a back, stake × (odds - 1) of a lay.
[[nodiscard]] std::optional<Money> liability(std::uint16_t side, Quantity stake, Price odds);

/// One selection of a market.
struct Selection {
  BetResult matched;
  BetResult unmatched;  ///< as `add_unmatched` sums it: neither above zero
  Rate adjustment;      ///< by which the odds of the others are cut if it is removed

  /// Matched bets, unmatched ones filled wherever that is worse.
  [[nodiscard]] BetResult worst() const;
};

/// A market of which exactly `winners` of the selections win; with `removals` any one of them may
/// also be removed before, its bets void, the odds of the matched bets on the others cut.
struct BettingMarket {
  std::span<const Selection> selections;
  std::size_t winners = 1;
  bool removals = false;

  /// With one winner: the result if each selection in turn is it.
  [[nodiscard]] std::vector<Money> results() const;

  /// The least result there is: sum of if_loses and of the `winners` smallest if_wins - if_loses.
  [[nodiscard]] Money worst() const;

  /// The market as one of its selections sees it: the least result there is if it wins, if it
  /// loses, and (with `removals`) if it is removed. What never comes about stands at the
  /// limit of money.
  [[nodiscard]] Payoff seen_from(std::size_t selection) const;
};

/// The market of a runner as the selection `own` sees it; `selections` are those of its
/// instruments. Any one may be removed. Selections nobody lists have no bets but may win: as many
/// as the market is said to have more, or where nobody says, all of the winners.
[[nodiscard]] Payoff betting_payoff(const writ_instrument& runner,
                                    std::vector<Selection> selections, std::size_t own);

}  // namespace writ::ledger
