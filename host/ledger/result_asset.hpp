#pragma once

#include <writ/abi/instrument.h>

#include <cstdint>

namespace writ::ledger {

/// Asset an instrument's results, fees and (unless it is a perpetual) principal are in.
[[nodiscard]] inline std::uint32_t result_asset(const writ_instrument& instrument) noexcept {
  return instrument.kind == WRIT_KIND_PERP && instrument.settle_asset != 0 ? instrument.settle_asset
                                                                           : instrument.quote_asset;
}

/// Whether a trade exchanges the principal: everything but a perpetual.
[[nodiscard]] inline bool exchanges_principal(const writ_instrument& instrument) noexcept {
  return instrument.kind != WRIT_KIND_PERP;
}

}  // namespace writ::ledger
