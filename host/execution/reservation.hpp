#pragma once

#include <writ/abi/instrument.h>
#include <writ/abi/outcome.h>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <optional>

namespace writ::execution {

/// The most a fill of this notional can cost in fees: the dearer of the two rates, rounded up to
/// the instrument's fee decimals; zero where both are rebates. Nothing if it is out of bounds.
[[nodiscard]] std::optional<Money> fee_max(const writ_instrument& instrument, Money notional);

/// Cash an order can consume: price × quantity and the dearest fee for what opens, nothing for what
/// only closes. `closable` is how much of the opposite position it may close, >= 0.
/// Spot: a buy its whole cost, a sell nothing (it gives up base quantity). Perpetual: the notional
/// of the part that opens. Binary: a buy its cost, a short sale what it can lose, 1 - price a unit.
/// Runner: a back its stake, a lay its liability.
/// `price` is the limit, or for a market order the worst price the caller reserves at.
/// Nothing if a number is none or the result is out of bounds.
[[nodiscard]] std::optional<Money> cash_required(const writ_instrument& instrument,
                                                 std::uint16_t side, Price price, Quantity quantity,
                                                 Quantity closable);

/// What of `order.requested` its leaves can still consume: never more than price × leaves and the
/// dearest fee; 0 for an order that only closes, and for one that is final. A market order keeps
/// its proportion of `requested`, rounded up.
[[nodiscard]] Money cash_reserved(const writ_instrument& instrument, const writ_order& order);

/// Base quantity (at 1e-18, in units of the base asset) a spot sale still needs; 0 for all others.
[[nodiscard]] Money base_reserved(const writ_instrument& instrument, const writ_order& order);

/// What has not been filled yet, >= 0.
[[nodiscard]] Quantity leaves(const writ_order& order) noexcept;

}  // namespace writ::execution
