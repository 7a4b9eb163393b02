#pragma once

#include <writ/int128.hpp>

#include <cstdint>
#include <map>

namespace writ::test {

/// What must never be exceeded, as the checker holds the host to it; 0 = not held to. Money at
/// 1e-18 of the reporting currency, rates at 1e-9. No two amounts are the same, so that a verdict's
/// limit says which one it was.
struct RuleBook {
  std::map<std::uint32_t, Int128> position_max;  ///< of an account, by instrument; bets: win units
  Int128 cash_min = 0;                           ///< of every asset
  std::int64_t excused = 1'000'000'000;          ///< of what an exit may cost that nobody set aside
  Int128 instrument_exposure_max = 0;
  Int128 market_exposure_max = 0;
  Int128 venue_exposure_max = 0;
  Int128 account_exposure_max = 0;
  Int128 strategy_exposure_max = 0;
  Int128 market_worst_case_max = 0;
  Int128 account_worst_case_max = 0;
  Int128 daily_loss_max = 0;
  Int128 strategy_budget = 0;
  std::int64_t price_band = 0;
  std::int64_t slippage = 0;          ///< a market order counts at so much worse a price
  std::uint32_t open_orders_max = 0;  ///< of a strategy in an instrument
  std::uint32_t order_rate_max = 0;   ///< of a strategy in the window
  std::int64_t order_rate_window_ns = 0;
  std::int64_t order_to_trade_max = 0;
  std::int64_t order_to_trade_window_ns = 0;
  std::uint32_t order_to_trade_grace = 0;
  std::int64_t duplicate_window_ns = 0;
  std::int64_t break_move = 0;  ///< a market's middle moved further than that within the window
  std::int64_t break_window_ns = 0;
  std::int64_t break_pause_ns = 0;
  std::int64_t group_timeout_ns = 0;
};

}  // namespace writ::test
