#include "host/venue/paper/fees.hpp"

#include <writ/abi/outcome.h>
#include <writ/int128.hpp>
#include <writ/muldiv.hpp>

namespace writ::venue::paper {
namespace {

constexpr std::uint32_t kMoneyDecimals = 18;

constexpr std::int64_t kOne = 1'000'000'000;

Rounding rounding_of(const writ_instrument& instrument) {
  switch (instrument.fee_rounding) {
    case WRIT_ROUND_HALF_EVEN:
      return Rounding::kHalfEven;
    case WRIT_ROUND_HALF_AWAY:
      return Rounding::kHalfAway;
    case WRIT_ROUND_FLOOR:
      return Rounding::kFloor;
    case WRIT_ROUND_CEIL:
      return Rounding::kCeil;
    case WRIT_ROUND_TRUNC:
      return Rounding::kTrunc;
    default:
      return instrument.kind == WRIT_KIND_BINARY ? Rounding::kFloor : Rounding::kCeil;
  }
}

/// notional × rate / unit, rounded once to so many decimals.
std::optional<Money> part_of(Money notional, Int128 rate, Int128 unit, std::uint32_t decimals,
                             Rounding rounding) {
  Int128 step = 1;
  for (std::uint32_t i = decimals; i < kMoneyDecimals; ++i) step *= 10;
  const auto steps = muldiv(notional.raw, rate, step * unit, rounding);
  const auto raw = steps ? checked_mul(*steps, step) : std::nullopt;
  if (!raw || !Money{*raw}.in_bounds()) return std::nullopt;
  return Money{*raw};
}

}  // namespace

std::optional<Money> fee_of(Money notional, Rate rate, std::uint32_t decimals,
                            Rounding rounding) noexcept {
  return part_of(notional, rate.raw, Rate::one().raw, decimals, rounding);
}

std::optional<Money> fee_of(const writ_instrument& instrument, Price price, Quantity quantity,
                            std::uint16_t liquidity) noexcept {
  if (instrument.kind == WRIT_KIND_RUNNER) return Money{};
  const auto notional = checked_notional(price, quantity);
  if (!notional) return std::nullopt;
  const Rate rate{liquidity == WRIT_LIQUIDITY_MAKER ? instrument.maker_fee : instrument.taker_fee};
  const Rounding rounding = rounding_of(instrument);
  if (instrument.kind != WRIT_KIND_BINARY) {
    return fee_of(*notional, rate, instrument.fee_decimals, rounding);
  }
  return part_of(*notional, Int128{rate.raw} * (kOne - price.raw), Int128{kOne} * kOne,
                 instrument.fee_decimals, rounding);
}

std::uint32_t fee_asset_of(const writ_instrument& instrument) noexcept {
  if (instrument.kind == WRIT_KIND_SPOT || instrument.settle_asset == 0) {
    return instrument.quote_asset;
  }
  return instrument.settle_asset;
}

}  // namespace writ::venue::paper
