#include "host/execution/reservation.hpp"

#include "host/execution/order_state.hpp"

#include <writ/money_abi.hpp>
#include <writ/muldiv.hpp>
#include <writ/rounding.hpp>

#include <algorithm>
#include <cstdint>

namespace writ::execution {

Money cash_reserved(const writ_instrument& instrument, const writ_order& order) {
  const Money requested = from_abi(order.requested);
  const Quantity open = leaves(order);
  if (requested <= Money{} || open == Quantity{} || is_final(OrderState{order.state})) return {};

  const Price price{order.price};
  if (price.is_none()) {
    const auto share = muldiv(requested.raw, open.raw, order.quantity, Rounding::kCeil);
    return share ? std::min(Money{*share}, requested) : requested;
  }
  const auto whole = cash_required(instrument, order.side, price, open, Quantity{});
  return whole ? std::min(*whole, requested) : requested;
}

Money base_reserved(const writ_instrument& instrument, const writ_order& order) {
  if (instrument.kind != WRIT_KIND_SPOT || order.side != WRIT_SIDE_SELL ||
      is_final(OrderState{order.state})) {
    return {};
  }
  return Money{Int128{leaves(order).raw} * instrument.quantity_unit};
}

Quantity leaves(const writ_order& order) noexcept {
  std::int64_t open = 0;
  if (__builtin_sub_overflow(order.quantity, order.filled, &open)) return {};
  return Quantity{std::max(open, std::int64_t{0})};
}

}  // namespace writ::execution
