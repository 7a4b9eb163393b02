#pragma once

#include <writ/abi/instrument.h>
#include <writ/abi/outcome.h>

namespace writ::venue::paper {

/// Whether the venue's own rules admit price and quantity: tick, lot, bounds and notional. A market
/// order has no price to be judged by.
[[nodiscard]] bool passes_filters(const writ_instrument& instrument, const writ_order& order);

}  // namespace writ::venue::paper
