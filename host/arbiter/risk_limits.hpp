#pragma once

#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace writ::arbiter {

/// Limits for adding intents; an unset one is not checked.
struct RiskLimits {
  std::optional<std::int64_t>
      staleness_ns;  ///< age of the book at most this; unset: as the market says
  std::optional<Quantity> position_max;         ///< of the account in one instrument, either sign,
                                                ///< working orders filled
  std::optional<Rate> price_band;               ///< distance from the reference price at most this
                                                ///< fraction of it
  std::optional<std::uint32_t> order_rate_max;  ///< approved orders of one strategy in the window
  std::int64_t order_rate_window_ns = 1'000'000'000;
  std::optional<std::uint32_t> open_orders_max;  ///< of one strategy in one instrument
};

enum class Ownership : std::uint8_t {
  kExclusive,  ///< one strategy holds the market, others get market_locked
  kShared,     ///< each strategy has its virtual position
};

/// The rule book. `account` in a key: 0 stands for every account. The most exact one that sets a
/// limit decides: (account, instrument), (0, instrument), account, defaults.
struct ArbiterOptions {
  RiskLimits defaults;
  std::map<std::uint32_t, RiskLimits> accounts;
  std::map<std::pair<std::uint32_t, std::uint32_t>, RiskLimits>
      instruments;  ///< (account, instrument)
  Ownership ownership = Ownership::kExclusive;
  std::map<std::uint32_t, Ownership> instrument_ownership;
  std::map<std::uint32_t, std::int32_t> priorities;  ///< of strategies, by instance; others 0
  std::int64_t group_timeout_ns = 5'000'000'000;     ///< a leg not final by then has failed
  std::int64_t ownership_lease_ns = 0;               ///< how long an idle owner keeps its market
  Rate market_order_slippage{
      50'000'000};  ///< a market order reserves cash at so much worse a price

  [[nodiscard]] RiskLimits limits(std::uint32_t account, std::uint32_t instrument) const;
  [[nodiscard]] Ownership ownership_of(std::uint32_t instrument) const;
  [[nodiscard]] std::int32_t priority_of(std::uint32_t instance) const;
};

}  // namespace writ::arbiter
