#pragma once

#include "host/ledger/betting.hpp"

#include <writ/abi/instrument.h>
#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <optional>

namespace writ::ledger {

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

/// A trade in terms of the payoff: how many units of it change hands and what they cost. Both are
/// signed, bought is positive.
struct TradeTerms {
  Quantity units;
  Money cost;
};

/// Of buying `quantity` (selling, if negative) at a price; of a runner, of a back (a lay) of that
/// stake. Nothing if it does not fit or, for a runner, stake × odds is finer than 1e-9.
[[nodiscard]] inline std::optional<TradeTerms> trade_terms(const writ_instrument& instrument,
                                                           Quantity quantity, Price price) {
  if (instrument.kind == WRIT_KIND_RUNNER) {
    const auto units = win_units(quantity, price);
    const Price one{1'000'000'000};
    return units ? std::optional(TradeTerms{*units, notional(one, quantity)}) : std::nullopt;
  }
  const auto cost = checked_notional(price, quantity);
  return cost ? std::optional(TradeTerms{quantity, *cost}) : std::nullopt;
}

}  // namespace writ::ledger
