#pragma once

#include <writ/abi/instrument.h>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>
#include <writ/rounding.hpp>

#include <cstdint>
#include <optional>

namespace writ::venue::paper {

/// notional × rate, rounded once to so many decimals. With kCeil a fee is rounded up and a rebate
/// (a negative rate) toward zero. Nothing if it is out of bounds.
[[nodiscard]] std::optional<Money> fee_of(Money notional, Rate rate, std::uint32_t decimals,
                                          Rounding rounding) noexcept;

/// The fee of a fill by the instrument's rates: notional × rate; of a binary token, whose fee is
/// highest in the middle, notional × (1 - price) × rate; of a bet none, the commission comes with
/// the settlement. Rounded as the instrument says; unless it does, a binary's down, others' kCeil.
/// Source: Polymarket, fees; Betfair, market base rate.
[[nodiscard]] std::optional<Money> fee_of(const writ_instrument& instrument, Price price,
                                          Quantity quantity, std::uint16_t liquidity) noexcept;

/// What the fee is charged in: the settle asset, for spot the quote asset.
[[nodiscard]] std::uint32_t fee_asset_of(const writ_instrument& instrument) noexcept;

}  // namespace writ::venue::paper
