#include "host/venue/paper/fees.hpp"

#include <writ/abi/outcome.h>
#include <writ/int128.hpp>
#include <writ/muldiv.hpp>

namespace writ::venue::paper {
namespace {

constexpr std::uint32_t kMoneyDecimals = 18;

Rounding rounding_of(const writ_instrument& instrument) {
  switch (instrument.fee_rounding) {
    case WRIT_ROUND_HALF_EVEN:
      return Rounding::kHalfEven;
    case WRIT_ROUND_HALF_AWAY:
      return Rounding::kHalfAway;
    case WRIT_ROUND_FLOOR:
      return Rounding::kFloor;
    case WRIT_ROUND_TRUNC:
      return Rounding::kTrunc;
    default:
      return Rounding::kCeil;
  }
}

}  // namespace

std::optional<Money> fee_of(Money notional, Rate rate, std::uint32_t decimals,
                            Rounding rounding) noexcept {
  Int128 step = 1;
  for (std::uint32_t i = decimals; i < kMoneyDecimals; ++i) step *= 10;
  const auto steps = muldiv(notional.raw, rate.raw, step * Rate::one().raw, rounding);
  const auto raw = steps ? checked_mul(*steps, step) : std::nullopt;
  if (!raw || !Money{*raw}.in_bounds()) return std::nullopt;
  return Money{*raw};
}

std::optional<Money> fee_of(const writ_instrument& instrument, Money notional,
                            std::uint16_t liquidity) noexcept {
  const Rate rate{liquidity == WRIT_LIQUIDITY_MAKER ? instrument.maker_fee : instrument.taker_fee};
  return fee_of(notional, rate, instrument.fee_decimals, rounding_of(instrument));
}

std::uint32_t fee_asset_of(const writ_instrument& instrument) noexcept {
  if (instrument.kind == WRIT_KIND_SPOT || instrument.settle_asset == 0) {
    return instrument.quote_asset;
  }
  return instrument.settle_asset;
}

}  // namespace writ::venue::paper
