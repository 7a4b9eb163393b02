#pragma once

#include "tests/sim/reach.hpp"
#include "tests/sim/run_state.hpp"

#include <writ/int128.hpp>

#include <cstdint>
#include <vector>

namespace writ::test {

/// Whether both belong to one market, of which one without a group is the only one.
[[nodiscard]] bool same_market(const writ_instrument& a, const writ_instrument& b) noexcept;

/// The dearer fee of a fill of that value, rounded up to what the venue charges in; a bet has none.
[[nodiscard]] Int128 fee_max(const writ_instrument& row, Int128 value);

/// One instrument of each market in which the account holds anything or has orders.
[[nodiscard]] std::vector<const writ_instrument*> markets_of(const RunState& run,
                                                             std::uint32_t account);

/// Of a bet, signed: what it moves its position by if it is matched at its odds, a back at the best
/// there are if those are longer. At market: at the best odds there are, a lay at as much worse
/// ones as `slippage` says; where there are none, by the last trade.
[[nodiscard]] Int128 win_units(const OpenOrder& order, const RunState& run, std::int64_t slippage);

/// What the bets of one runner can lose, those that work filled wherever that is worse.
[[nodiscard]] Int128 bets_loss(const RunState& run, const Lots& lots,
                               const std::vector<OpenOrder>& orders, std::int64_t slippage);

/// What an account can lose in the market of an instrument, with everything that may still fill
/// filled wherever that is worse. Spot and perpetual: moves of 10 % and 30 % either way from the
/// mark, spot to nothing; a pair of tokens: YES, NO or half and half; runners: each of them wins,
/// and each of them is removed before, its bets void. A market order counts at the better of best
/// price and last trade, worsened by `slippage` (at 1e-9) but where a perpetual is sold.
[[nodiscard]] Int128 market_loss(const RunState& run, std::uint32_t account,
                                 const writ_instrument& instrument, std::int64_t slippage);

/// What its worst result would take from the account's cash, orders filled wherever that is worse:
/// of tokens sold short and of lays; nothing of spot and perpetuals.
[[nodiscard]] Int128 market_owed(const RunState& run, std::uint32_t account,
                                 const writ_instrument& instrument, std::int64_t slippage);

}  // namespace writ::test
