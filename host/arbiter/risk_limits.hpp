#pragma once

#include <writ/money.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace writ::arbiter {

/// Limits for adding intents; an unset one is not checked. Money is in the account's reporting
/// currency.
struct RiskLimits {
  std::optional<std::int64_t>
      staleness_ns;  ///< age of the book at most this; unset: as the market says
  std::optional<Quantity> position_max;         ///< of the account in one instrument, either sign,
                                                ///< working orders filled
  std::optional<Rate> price_band;               ///< distance from the reference price at most this
                                                ///< fraction of it
  std::optional<std::uint32_t> order_rate_max;  ///< approved orders of one strategy in the window
  std::int64_t order_rate_window_ns = 1'000'000'000;
  std::optional<std::uint32_t> open_orders_max;     ///< of one strategy in one instrument
  std::optional<std::int64_t> duplicate_window_ns;  ///< see `DuplicateMemory`
  /// Gross exposure, working orders filled in their worst combination.
  std::optional<Money> instrument_exposure_max;
  std::optional<Money> market_exposure_max;
  std::optional<Money> venue_exposure_max;
  std::optional<Money> strategy_exposure_max;  ///< of one strategy, over all instruments
  std::optional<Money> account_exposure_max;
  /// Worst-case loss, working orders filled wherever that is worse.
  std::optional<Money> market_worst_case_max;
  std::optional<Money> account_worst_case_max;  ///< sum over the markets
  std::optional<Money> daily_loss_max;          ///< adding stops once it is reached
  std::optional<Money> strategy_budget;  ///< capital one strategy may tie up: cost and reservations
  std::optional<Rate> order_to_trade_max;  ///< orders per fill of one strategy in the window, the
                                           ///< first `order_to_trade_grace` of them not counted
  std::int64_t order_to_trade_window_ns = 60'000'000'000;
  std::uint32_t order_to_trade_grace = 0;
  /// Part of the quantity asked that is approved in a drawdown tier; unset: domain §3's half and
  /// quarter.
  std::optional<Rate> drawdown_multiplier_dd10;
  std::optional<Rate> drawdown_multiplier_dd15;
};

/// When a market is taken for broken: the middle of a book moved by more than `move`, a fraction of
/// where it was no longer than `window_ns` ago. Then nothing is added there for `pause_ns`.
struct CircuitBreakRule {
  Rate move;
  std::int64_t window_ns = 0;
  std::int64_t pause_ns = 0;
};

enum class Ownership : std::uint8_t {
  kExclusive,  ///< one strategy holds the market, others get market_locked
  kShared,     ///< each strategy has its virtual position
};

/// The rule book. `account` in a key: 0 stands for every account. The most exact one that sets a
/// limit decides: (account, instrument), (0, instrument), strategy, account, defaults.
struct ArbiterOptions {
  RiskLimits defaults;
  std::map<std::uint32_t, RiskLimits> accounts;
  std::map<std::uint32_t, RiskLimits> strategies;  ///< by instance
  std::map<std::pair<std::uint32_t, std::uint32_t>, RiskLimits>
      instruments;  ///< (account, instrument)
  std::optional<CircuitBreakRule> circuit_break;
  std::map<std::uint32_t, CircuitBreakRule> instrument_circuit_breaks;
  Ownership ownership = Ownership::kExclusive;
  std::map<std::uint32_t, Ownership> instrument_ownership;
  std::map<std::uint32_t, std::int32_t> priorities;  ///< of strategies, by instance; others 0
  std::int64_t group_timeout_ns = 5'000'000'000;     ///< a leg not final by then has failed
  std::int64_t ownership_lease_ns = 0;               ///< how long an idle owner keeps its market
  Rate market_order_slippage{
      50'000'000};  ///< a market order reserves cash at so much worse a price

  [[nodiscard]] RiskLimits limits(std::uint32_t account, std::uint32_t instrument,
                                  std::uint32_t instance) const;
  /// nullptr: the instrument is not watched.
  [[nodiscard]] const CircuitBreakRule* circuit_break_of(std::uint32_t instrument) const;
  [[nodiscard]] Ownership ownership_of(std::uint32_t instrument) const;
  [[nodiscard]] std::int32_t priority_of(std::uint32_t instance) const;
};

/// What `more` sets replaces what `limits` had.
void put_limits(RiskLimits& limits, const RiskLimits& more);

}  // namespace writ::arbiter
