#include "host/model/order_cost.hpp"

#include <writ/abi/market.h>
#include <writ/int128.hpp>
#include <writ/rate.hpp>
#include <writ/rounding.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace writ::model {
namespace {

constexpr Price kOne{1'000'000'000};

constexpr std::size_t kMoneyDecimals = 18;

/// 10 to the power of its index.
constexpr auto kPowersOfTen = [] {
  std::array<Int128, kMoneyDecimals + 1> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

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
  const std::int64_t dearer =
      std::max({instrument.maker_fee, instrument.taker_fee, std::int64_t{0}});
  const std::size_t digits_left =
      kMoneyDecimals - std::min<std::size_t>(instrument.fee_decimals, kMoneyDecimals);
  const Int128 step = kPowersOfTen[digits_left];
  std::optional<Int128> steps;
  if (const auto product = checked_mul(notional.raw, Int128{dearer})) {
    // Rounded up once or twice, it is the same.
    steps = divide_rounded(*product, Rate::one().raw * step, Rounding::kCeil);
  } else if (const auto fee = scaled(notional, Rate{dearer}, Rounding::kCeil)) {
    steps = divide_rounded(fee->raw, step, Rounding::kCeil);
  }
  const auto rounded = steps ? checked_mul(*steps, step) : std::nullopt;
  if (!rounded || !Money{*rounded}.in_bounds()) return std::nullopt;
  return Money{*rounded};
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
