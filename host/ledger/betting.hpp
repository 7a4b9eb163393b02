#pragma once

#include <writ/abi/market.h>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <cstdint>
#include <map>
#include <optional>

// What becomes of matched bets (domain §8 P8). Odds are decimal, money is that of the stakes.

namespace writ::ledger {

/// One matched bet.
struct Bet {
  std::uint64_t fill_id;
  Quantity stake;  ///< the backer's; positive = we backed, negative = we laid
  Price odds;      ///< as matched, less reductions since
};

/// Win units of a stake at these odds, stake × odds. Nothing if they are finer than 1e-9 or too
/// many.
[[nodiscard]] std::optional<Quantity> win_units(Quantity stake, Price odds) noexcept;

/// What win units are worth if closed at these odds, rounded against us.
[[nodiscard]] std::optional<Money> win_units_value(Quantity units, Price odds) noexcept;

/// Profit of a bet, to the cent, halves away from zero. A winner in a dead heat gets `places` of
/// `tied` parts of its return. Nothing for another result than WINNER, LOSER or VOID, for a winner
/// without 0 < places <= tied, and if it does not fit.
[[nodiscard]] std::optional<Money> bet_profit(const Bet& bet, const writ_settlement& settlement);

/// Odds of a bet matched before a runner of `factor` per cent was removed; `market` is
/// WRIT_REDUCTION_*. Nothing for a factor that is none (0 to 100) or an unknown market.
[[nodiscard]] std::optional<Price> reduced_odds(Price odds, Rate factor, std::uint32_t market);

/// Commission on what an account won in a market, to the cent; none on a loss.
[[nodiscard]] std::optional<Money> market_commission(Money net_profit, Rate commission);

/// The parts of a commission (of whole cents) that strategies with a positive result bear, by
/// largest remainder in cents; of equal remainders the first. Their sum is the commission.
[[nodiscard]] std::map<std::uint32_t, Money> commission_parts(
    Money commission, const std::map<std::uint32_t, Money>& profit_by_instance);

}  // namespace writ::ledger
