#pragma once

#include "tests/sim/reach.hpp"
#include "tests/sim/run_state.hpp"

#include <writ/int128.hpp>

#include <cstdint>
#include <vector>

namespace writ::test {

/// Whether both belong to one market, of which one without a group is the only one.
[[nodiscard]] bool same_market(const writ_instrument& a, const writ_instrument& b) noexcept;

/// What the bets of one runner can lose, those that work filled wherever that is worse.
[[nodiscard]] Int128 bets_loss(const Lots& lots, const std::vector<OpenOrder>& orders);

/// What an account can lose in the market of an instrument, with everything that may still fill
/// filled wherever that is worse. Spot and perpetual: moves of 10 % and 30 % either way from the
/// mark, spot to nothing; a pair of tokens: YES, NO or half and half; runners: each of them wins,
/// and each of them is removed before, its bets void. A market order counts at the better of best
/// price and last trade, worsened by `slippage` (at 1e-9) but where a perpetual is sold.
[[nodiscard]] Int128 market_loss(const RunState& run, std::uint32_t account,
                                 const writ_instrument& instrument, std::int64_t slippage);

}  // namespace writ::test
