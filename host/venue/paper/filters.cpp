#include "host/venue/paper/filters.hpp"

#include "host/model/price_ladder.hpp"

#include <writ/money.hpp>
#include <writ/money_abi.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <cstdint>

namespace writ::venue::paper {
namespace {

constexpr std::int64_t kOne = 1'000'000'000;

bool within(std::int64_t value, std::int64_t least, std::int64_t most) {
  return (least == WRIT_NONE || value >= least) && (most == WRIT_NONE || value <= most);
}

bool on_grid(std::int64_t value, std::int64_t step) { return step <= 0 || value % step == 0; }

}  // namespace

bool passes_filters(const writ_instrument& instrument, const writ_order& order) {
  if (order.quantity <= 0 || !on_grid(order.quantity, instrument.lot) ||
      !within(order.quantity, instrument.quantity_min, instrument.quantity_max)) {
    return false;
  }
  if (order.order_type == WRIT_ORDER_MARKET) return true;
  if (order.price <= 0 || !model::PriceLadder(instrument).contains(Price{order.price})) {
    return false;
  }

  const Price unit{instrument.kind == WRIT_KIND_RUNNER ? kOne : order.price};
  const auto notional = checked_notional(unit, Quantity{order.quantity});
  const Money least = from_abi(instrument.notional_min);
  const Money most = from_abi(instrument.notional_max);
  return notional && *notional >= least && (most == Money{} || *notional <= most);
}

}  // namespace writ::venue::paper
