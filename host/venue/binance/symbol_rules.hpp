#pragma once

#include <writ/abi/outcome.h>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::venue::binance {

/// Bounds and grid of a price or a quantity, at 1e-9. WRIT_NONE = no bound, step 0 = no grid.
struct GridFilter {
  std::int64_t least = WRIT_NONE;
  std::int64_t most = WRIT_NONE;
  std::int64_t step = 0;
};

/// MIN_NOTIONAL or NOTIONAL: bounds of price x quantity, 0 = none.
struct NotionalFilter {
  std::string_view name;
  Money least;
  Money most;
  bool least_of_market_orders = false;
  bool most_of_market_orders = false;
};

/// PERCENT_PRICE or PERCENT_PRICE_BY_SIDE: how far from the reference price an order may be, as
/// rates at 1e-9 of it; WRIT_NONE = no bound.
struct PriceBandFilter {
  std::string_view name;
  std::int64_t buy_most = WRIT_NONE;
  std::int64_t buy_least = WRIT_NONE;
  std::int64_t sell_most = WRIT_NONE;
  std::int64_t sell_least = WRIT_NONE;
};

/// What a symbol's listing demands of an order.
struct SymbolRules {
  std::uint32_t price_decimals = 8;
  std::uint32_t quantity_decimals = 8;
  GridFilter price;
  GridFilter lot;
  GridFilter market_lot;  ///< for market orders, besides `lot`
  std::vector<NotionalFilter> notionals;
  std::vector<PriceBandFilter> bands;
  std::optional<std::int64_t> orders_max;           ///< MAX_NUM_ORDERS, open in the symbol
  std::optional<std::int64_t> exchange_orders_max;  ///< EXCHANGE_MAX_NUM_ORDERS, in all
  std::int64_t position_max = WRIT_NONE;            ///< MAX_POSITION, of the base asset
  /// A reduce-only order may be smaller than MIN_NOTIONAL (futures).
  bool reducing_may_be_small = false;
};

/// The finest step of so many decimals, at 1e-9.
[[nodiscard]] std::int64_t step_of_decimals(std::uint32_t decimals) noexcept;

/// What the check needs to know besides the order. What is not known is left to the venue.
struct OrderSurroundings {
  /// Spot: the reference or average price of `PERCENT_PRICE`; futures: the mark price.
  Price reference = Price::none();
  std::int64_t open_orders = 0;      ///< of the account in this symbol
  std::int64_t open_orders_all = 0;  ///< of the account
  /// Base asset held, free and locked, and what open buys may add.
  Quantity base = Quantity::none();
};

/// Why the venue would refuse an order.
struct FilterRefusal {
  std::string_view filter;  ///< the venue's own name for it
  std::string text;         ///< one line: "Filter failure: LOT_SIZE: quantity 0.5 is below 1"
};

/// Whether the listing admits the order, decided exactly. An amendment is judged as the order it
/// makes, and counts as open already. Nothing: it does.
/// Source: Binance Spot API, filters.md; USDS-M futures, "Filters".
[[nodiscard]] std::optional<FilterRefusal> check_filters(const SymbolRules& rules,
                                                         const writ_order& order,
                                                         const OrderSurroundings& around);

}  // namespace writ::venue::binance
