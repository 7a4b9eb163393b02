#pragma once

#include "host/model/result_asset.hpp"

#include <writ/abi/instrument.h>
#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/quantity.hpp>

#include <cstdint>
#include <optional>

namespace writ::ledger {

using model::result_asset;

/// Whether a trade exchanges the principal: everything but a perpetual.
[[nodiscard]] inline bool exchanges_principal(const writ_instrument& instrument) noexcept {
  return instrument.kind != WRIT_KIND_PERP;
}

/// Coins in a quantity of a spot instrument; nothing if they do not fit.
[[nodiscard]] inline std::optional<Money> underlying_coins(const writ_instrument& instrument,
                                                           Quantity quantity) noexcept {
  const Money amount{Int128{quantity.raw} * instrument.quantity_unit};
  if (instrument.quantity_unit <= 0 || !amount.in_bounds()) return std::nullopt;
  return amount;
}

}  // namespace writ::ledger
