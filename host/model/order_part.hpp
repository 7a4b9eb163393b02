#pragma once

#include <writ/abi/instrument.h>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

namespace writ::model {

/// How much of an order of `whole` the venue takes at once at `price` (none = bounds of value are
/// not looked at): all of it, or the largest quantity within its bounds that leaves no less than
/// its least for the next. `whole` where the bounds let nothing through.
[[nodiscard]] Quantity order_part(const writ_instrument& instrument, Price price,
                                  Quantity whole) noexcept;

}  // namespace writ::model
