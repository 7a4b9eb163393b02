#pragma once

#include <writ/abi/instrument.h>
#include <writ/abi/outcome.h>

namespace writ::venue::paper {

/// Whether the venue's own rules admit price and quantity: ladder, lot, bounds and notional (of a
/// bet its stake). A market order has no price to be judged by.
[[nodiscard]] bool passes_filters(const writ_instrument& instrument, const writ_order& order);

}  // namespace writ::venue::paper
