#pragma once

#include <writ/abi/instrument.h>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <cstdint>
#include <optional>

namespace writ::model {

/// The most a fill of this notional can cost in fees: the dearer of the two rates, rounded up to
/// the instrument's fee decimals; zero where both are rebates and for a runner, whose commission is
/// on what a market won. Nothing if it is out of bounds.
[[nodiscard]] std::optional<Money> fee_max(const writ_instrument& instrument, Money notional);

/// Cash an order can consume: price × quantity and the dearest fee for what opens, nothing for what
/// only closes. `closable` is how much of the opposite position pays for its own closing, >= 0.
/// Spot: a buy its whole cost, a sell nothing (it gives up base quantity). Perpetual: the notional
/// of the part that opens. Binary: a buy its cost, a short sale what it can lose, 1 - price a unit.
/// Runner: a back its stake, a lay its liability.
/// `price` is the limit, or for a market order the worst price the caller reserves at.
/// Never less for a larger quantity. Nothing if a number is none or the result is out of bounds.
[[nodiscard]] std::optional<Money> cash_required(const writ_instrument& instrument,
                                                 std::uint16_t side, Price price, Quantity quantity,
                                                 Quantity closable);

}  // namespace writ::model
