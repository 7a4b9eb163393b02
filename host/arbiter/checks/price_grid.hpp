#pragma once

#include <writ/abi/instrument.h>
#include <writ/price.hpp>

namespace writ::arbiter {

/// Distance of the valid prices around this one: the tick, or the rung of Betfair's ladders; 0
/// where none is known, and then every price is valid.
[[nodiscard]] Price price_step(const writ_instrument& instrument, Price price) noexcept;

/// Whether the venue takes this price.
[[nodiscard]] bool is_on_grid(const writ_instrument& instrument, Price price) noexcept;

}  // namespace writ::arbiter
