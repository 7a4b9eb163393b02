#include "host/model/order_cost.hpp"

#include <writ/abi/market.h>
#include <writ/rate.hpp>
#include <writ/rounding.hpp>

#include <algorithm>

namespace writ::model {
namespace {

constexpr Price kOne{1'000'000'000};

/// What a unit that opens costs or can lose.
std::optional<Price> unit_cost(const writ_instrument& instrument, bool buys, Price price) {
  switch (instrument.kind) {
    case WRIT_KIND_BINARY:
      return buys ? price : checked_sub(kOne, price);
    case WRIT_KIND_RUNNER:
      return buys ? kOne : checked_sub(price, kOne);
    default:
      return price;
  }
}

}  // namespace

std::optional<Money> fee_max(const writ_instrument& instrument, Money notional) {
  if (instrument.kind == WRIT_KIND_RUNNER) return Money{};
  const Rate dearer{std::max({instrument.maker_fee, instrument.taker_fee, std::int64_t{0}})};
  const auto fee = scaled(notional, dearer, Rounding::kCeil);
  if (!fee) return std::nullopt;
  if (instrument.fee_decimals >= 18) return fee;
  Int128 step = 1;
  for (std::uint32_t i = instrument.fee_decimals; i < 18; ++i) step *= 10;
  const Money rounded{divide_rounded(fee->raw, step, Rounding::kCeil) * step};
  if (!rounded.in_bounds()) return std::nullopt;
  return rounded;
}

std::optional<Money> cash_required(const writ_instrument& instrument, std::uint16_t side,
                                   Price price, Quantity quantity, Quantity closable) {
  if (price.is_none() || quantity.is_none() || quantity < Quantity{}) return std::nullopt;
  const bool buys = side == WRIT_SIDE_BUY;
  Quantity opens = quantity;
  if (instrument.kind == WRIT_KIND_SPOT) {
    if (!buys) return Money{};
  } else {
    opens = quantity - std::clamp(closable, Quantity{}, quantity);
  }
  if (opens == Quantity{}) return Money{};

  const auto unit = unit_cost(instrument, buys, price);
  if (!unit) return std::nullopt;
  const auto cost = checked_notional(*unit, opens);
  const auto value = checked_notional(price, quantity);
  if (!cost || !value) return std::nullopt;
  const auto fee = fee_max(instrument, abs(*value));
  if (!fee) return std::nullopt;
  return checked_add(std::max(*cost, Money{}), *fee);
}

}  // namespace writ::model
