#pragma once

#include <writ/abi/market.h>
#include <writ/int128.hpp>

#include <cstdint>
#include <map>

namespace writ::test {

/// A matched bet: stake at 1e-9, negative if it was laid; odds at 1e-9.
struct Bet {
  std::uint64_t fill_seq = 0;
  std::int64_t stake = 0;
  std::int64_t odds = 0;
};

/// Its profit, at 1e-18, to the cent with halves away from zero.
[[nodiscard]] Int128 profit_of(const Bet& bet, const writ_settlement& settlement);

/// Odds after a runner of that per cent (at 1e-9) was removed from a win market: cut to two
/// decimals, never below 1.01, not at all for less than 2.5 %.
[[nodiscard]] std::int64_t cut_odds(std::int64_t odds, std::int64_t factor);

/// What an account won in one betting market, by strategy, and the commission paid on it.
struct MarketWinnings {
  std::map<std::uint32_t, Int128> profit;
  std::map<std::uint32_t, Int128> charged;

  /// What each strategy is still to pay (or to get back) at this rate, noted as paid: of the
  /// commission on the net profit, in cents, each winner's part by largest remainder.
  [[nodiscard]] std::map<std::uint32_t, Int128> charge(std::int64_t rate);
};

/// `value` / `divisor`, halves away from zero.
[[nodiscard]] Int128 half_away(Int128 value, Int128 divisor);
[[nodiscard]] Int128 half_even(Int128 value, Int128 divisor);
/// Rounded down.
[[nodiscard]] Int128 floor_of(Int128 value, Int128 divisor);

}  // namespace writ::test
