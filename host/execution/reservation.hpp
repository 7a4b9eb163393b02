#pragma once

#include "host/model/order_cost.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/outcome.h>
#include <writ/money.hpp>
#include <writ/quantity.hpp>

namespace writ::execution {

using model::cash_required;
using model::fee_max;

/// What of `order.requested` its leaves can still consume: never more than price × leaves and the
/// dearest fee; 0 for an order that only closes, and for one that is final. A market order keeps
/// its proportion of `requested`, rounded up.
[[nodiscard]] Money cash_reserved(const writ_instrument& instrument, const writ_order& order);

/// Base quantity (at 1e-18, in units of the base asset) a spot sale still needs; 0 for all others.
[[nodiscard]] Money base_reserved(const writ_instrument& instrument, const writ_order& order);

/// What has not been filled yet, >= 0.
[[nodiscard]] Quantity leaves(const writ_order& order) noexcept;

}  // namespace writ::execution
