#pragma once

#include <writ/abi/instrument.h>

#include <cstdint>

namespace writ::model {

/// Asset an instrument's results, fees and (unless it is a perpetual) principal are in.
[[nodiscard]] inline std::uint32_t result_asset(const writ_instrument& instrument) noexcept {
  return instrument.kind == WRIT_KIND_PERP && instrument.settle_asset != 0 ? instrument.settle_asset
                                                                           : instrument.quote_asset;
}

}  // namespace writ::model
