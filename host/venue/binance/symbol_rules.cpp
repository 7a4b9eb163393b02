#include "host/venue/binance/symbol_rules.hpp"

#include <writ/decimal.hpp>
#include <writ/int128.hpp>

namespace writ::venue::binance {
namespace {

using Refusal = std::optional<FilterRefusal>;

constexpr std::int64_t kOne = 1'000'000'000;

Refusal refused(std::string_view filter, const std::string& why) {
  return FilterRefusal{filter, "Filter failure: " + std::string(filter) + ": " + why};
}

std::string number(std::int64_t nano) { return DecimalText(nano, 9).str(); }

/// `what` is "price" or "quantity".
Refusal check_grid(std::string_view filter, const GridFilter& grid, const char* what,
                   std::int64_t value) {
  const std::string subject = std::string(what) + " " + number(value);
  if (grid.least != WRIT_NONE && value < grid.least) {
    return refused(filter, subject + " is below " + number(grid.least));
  }
  if (grid.most != WRIT_NONE && value > grid.most) {
    return refused(filter, subject + " is above " + number(grid.most));
  }
  if (grid.step > 0 && value % grid.step != 0) {
    return refused(filter, subject + " is no multiple of " + number(grid.step));
  }
  return std::nullopt;
}

Refusal check_decimals(std::uint32_t decimals, const char* what, std::int64_t value) {
  if (value % step_of_decimals(decimals) == 0) return std::nullopt;
  return refused("PRECISION", std::string(what) + " " + number(value) + " has more than " +
                                  std::to_string(decimals) + " decimals");
}

Refusal check_band(const PriceBandFilter& band, const writ_order& order, Price reference) {
  if (reference.is_none()) return std::nullopt;
  const bool buy = order.side == WRIT_SIDE_BUY;
  const std::int64_t most = buy ? band.buy_most : band.sell_most;
  const std::int64_t least = buy ? band.buy_least : band.sell_least;
  const Int128 price = Int128{order.price} * kOne;
  const auto too = [&](const char* side, std::int64_t rate) {
    return refused(band.name, "price " + number(order.price) + " is " + side + " " + number(rate) +
                                  " of the reference price " + number(reference.raw));
  };
  if (most != WRIT_NONE && price > Int128{reference.raw} * most) return too("above", most);
  if (least != WRIT_NONE && price < Int128{reference.raw} * least) return too("below", least);
  return std::nullopt;
}

Refusal check_notional(const NotionalFilter& filter, const SymbolRules& rules,
                       const writ_order& order, Price reference) {
  const bool market = order.order_type == WRIT_ORDER_MARKET;
  const Price price = market ? reference : Price{order.price};
  if (price.is_none()) return std::nullopt;
  const auto value = checked_notional(price, Quantity{order.quantity});
  if (!value) return refused(filter.name, "price x quantity is out of range");
  constexpr std::uint32_t kReduces = WRIT_INTENT_REDUCE_ONLY | WRIT_INTENT_CLOSE_POSITION;
  const bool may_be_small = rules.reducing_may_be_small && (order.flags & kReduces) != 0;
  if (*value < filter.least && !may_be_small && (!market || filter.least_of_market_orders)) {
    return refused(filter.name,
                   "notional " + to_string(*value) + " is below " + to_string(filter.least));
  }
  if (filter.most != Money{} && *value > filter.most && (!market || filter.most_of_market_orders)) {
    return refused(filter.name,
                   "notional " + to_string(*value) + " is above " + to_string(filter.most));
  }
  return std::nullopt;
}

Refusal check_counts(const SymbolRules& rules, const writ_order& order,
                     const OrderSurroundings& around) {
  if (order.command == WRIT_COMMAND_REPLACE) return std::nullopt;
  const auto full = [](std::string_view filter, std::int64_t open, std::int64_t most) {
    return refused(filter, std::to_string(open) + " orders are open of " + std::to_string(most));
  };
  if (rules.orders_max && around.open_orders >= *rules.orders_max) {
    return full("MAX_NUM_ORDERS", around.open_orders, *rules.orders_max);
  }
  if (rules.exchange_orders_max && around.open_orders_all >= *rules.exchange_orders_max) {
    return full("EXCHANGE_MAX_NUM_ORDERS", around.open_orders_all, *rules.exchange_orders_max);
  }
  return std::nullopt;
}

Refusal check_position(const SymbolRules& rules, const writ_order& order,
                       const OrderSurroundings& around) {
  if (rules.position_max == WRIT_NONE || order.side != WRIT_SIDE_BUY || around.base.is_none()) {
    return std::nullopt;
  }
  const auto after = checked_add(around.base, Quantity{order.quantity});
  if (after && after->raw <= rules.position_max) return std::nullopt;
  return refused("MAX_POSITION", number(around.base.raw) + " held and wanted, and " +
                                     number(order.quantity) + " more, is above " +
                                     number(rules.position_max));
}

Refusal check_price(const SymbolRules& rules, const writ_order& order, Price reference) {
  if (order.price == WRIT_NONE || order.price <= 0) {
    return refused("PRICE_FILTER", "a limit order needs a positive price");
  }
  if (auto found = check_decimals(rules.price_decimals, "price", order.price)) return found;
  if (auto found = check_grid("PRICE_FILTER", rules.price, "price", order.price)) return found;
  for (const PriceBandFilter& band : rules.bands) {
    if (auto found = check_band(band, order, reference)) return found;
  }
  return std::nullopt;
}

Refusal check_quantity(const SymbolRules& rules, const writ_order& order) {
  if (order.quantity <= 0) return refused("LOT_SIZE", "an order needs a positive quantity");
  if (auto found = check_decimals(rules.quantity_decimals, "quantity", order.quantity)) {
    return found;
  }
  if (auto found = check_grid("LOT_SIZE", rules.lot, "quantity", order.quantity)) return found;
  if (order.order_type != WRIT_ORDER_MARKET) return std::nullopt;
  return check_grid("MARKET_LOT_SIZE", rules.market_lot, "quantity", order.quantity);
}

}  // namespace

std::int64_t step_of_decimals(std::uint32_t decimals) noexcept {
  std::int64_t step = kOne;
  for (std::uint32_t i = 0; i < decimals && step > 1; ++i) step /= 10;
  return step;
}

Refusal check_filters(const SymbolRules& rules, const writ_order& order,
                      const OrderSurroundings& around) {
  if (order.order_type != WRIT_ORDER_MARKET) {
    if (auto found = check_price(rules, order, around.reference)) return found;
  }
  if (auto found = check_quantity(rules, order)) return found;
  for (const NotionalFilter& filter : rules.notionals) {
    if (auto found = check_notional(filter, rules, order, around.reference)) return found;
  }
  if (auto found = check_counts(rules, order, around)) return found;
  return check_position(rules, order, around);
}

}  // namespace writ::venue::binance
