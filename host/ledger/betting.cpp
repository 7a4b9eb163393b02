#include "host/ledger/betting.hpp"

#include "host/base/assert.hpp"

#include <writ/int128.hpp>
#include <writ/muldiv.hpp>
#include <writ/rounding.hpp>

#include <algorithm>
#include <vector>

namespace writ::ledger {
namespace {

constexpr Int128 kOne = 1'000'000'000;                       // of prices, quantities and rates
constexpr Int128 kCent = 10'000'000'000'000'000;             // of money
constexpr std::int64_t kCentOfOdds = 10'000'000;             // of prices
constexpr std::int64_t kShortestOdds = 1'010'000'000;        // 1.01
constexpr std::int64_t kFactorIgnoredBelow = 2'500'000'000;  // 2.5 %
constexpr std::int64_t kWholeFactor = 100'000'000'000;       // 100 %

}  // namespace

std::optional<Quantity> win_units(Quantity stake, Price odds) noexcept {
  const Int128 units = Int128{stake.raw} * odds.raw;
  if (units % kOne != 0) return std::nullopt;
  const auto raw = narrow_to_int64(units / kOne);
  return raw && !Quantity{*raw}.is_none() ? std::optional(Quantity{*raw}) : std::nullopt;
}

std::optional<Money> win_units_value(Quantity units, Price odds) noexcept {
  // A short value is negative, and rounding it down is rounding its size up.
  const auto raw = muldiv(Int128{units.raw} * kOne, kOne, odds.raw, Rounding::kFloor);
  return raw && Money{*raw}.in_bounds() ? std::optional(Money{*raw}) : std::nullopt;
}

std::optional<Money> bet_profit(const Bet& bet, const writ_settlement& settlement) {
  const Int128 stake = Int128{bet.stake.raw} * kOne;
  switch (settlement.result) {
    case WRIT_SETTLED_VOID:
      return Money{};
    case WRIT_SETTLED_LOSER:
      return Money{divide_rounded(-stake, kCent, Rounding::kHalfAway) * kCent};
    case WRIT_SETTLED_WINNER:
      break;
    default:
      return std::nullopt;
  }
  if (settlement.places == 0 || settlement.places > settlement.tied) return std::nullopt;
  // (return × places - stake × tied) / tied, in cents, rounded once.
  const auto returned = checked_mul(Int128{bet.stake.raw} * bet.odds.raw, settlement.places);
  const auto staked = checked_mul(stake, settlement.tied);
  const auto profit = returned && staked ? checked_sub(*returned, *staked) : std::nullopt;
  if (!profit) return std::nullopt;
  const Money cents{divide_rounded(*profit, kCent * settlement.tied, Rounding::kHalfAway) * kCent};
  return cents.in_bounds() ? std::optional(cents) : std::nullopt;
}

std::optional<Price> reduced_odds(Price odds, Rate factor, std::uint32_t market) {
  if (factor.raw < 0 || factor.raw > kWholeFactor || odds.raw < kOne) return std::nullopt;
  const bool win = market == WRIT_REDUCTION_WIN;
  if (!win && market != WRIT_REDUCTION_PLACE) return std::nullopt;
  if (win && factor.raw < kFactorIgnoredBelow) return odds;
  const Int128 uncut = win ? 0 : kOne;  // a place bet is cut in what it wins
  const Int128 cut = (odds.raw - uncut) * (kWholeFactor - factor.raw) + uncut * kWholeFactor;
  const auto raw = narrow_to_int64(
      divide_rounded(cut, Int128{kWholeFactor} * kCentOfOdds, Rounding::kHalfAway) * kCentOfOdds);
  if (!raw) return std::nullopt;
  return Price{win ? std::max(kShortestOdds, *raw) : *raw};
}

std::optional<Money> market_commission(Money net_profit, Rate commission) {
  if (net_profit.raw <= 0) return Money{};
  const auto cents = muldiv(net_profit.raw, commission.raw, kOne * kCent, Rounding::kHalfAway);
  const auto raw = cents ? checked_mul(*cents, kCent) : std::nullopt;
  return raw && Money{*raw}.in_bounds() ? std::optional(Money{*raw}) : std::nullopt;
}

std::map<std::uint32_t, Money> commission_parts(
    Money commission, const std::map<std::uint32_t, Money>& profit_by_instance) {
  struct Share {
    std::uint32_t instance;
    Int128 cents;
    UInt128 remainder;
  };
  Int128 won = 0;
  for (const auto& [instance, profit] : profit_by_instance) won += std::max(profit.raw, Int128{0});
  std::map<std::uint32_t, Money> parts;
  const Int128 whole = commission.raw / kCent;
  if (whole <= 0 || won <= 0) return parts;

  std::vector<Share> shares;
  Int128 left = whole;
  for (const auto& [instance, profit] : profit_by_instance) {
    if (profit.raw <= 0) continue;
    const UInt256 product =
        multiply_wide(static_cast<UInt128>(whole), static_cast<UInt128>(profit.raw));
    const auto share = divide_wide(product, static_cast<UInt128>(won));
    shares.push_back({instance, static_cast<Int128>(share.quotient), share.remainder});
    left -= static_cast<Int128>(share.quotient);
  }
  WRIT_ASSERT(left >= 0 && left <= static_cast<Int128>(shares.size()));
  std::stable_sort(shares.begin(), shares.end(),
                   [](const Share& a, const Share& b) { return a.remainder > b.remainder; });
  for (const Share& share : shares) {
    const Int128 cents = share.cents + (left-- > 0 ? 1 : 0);
    if (cents != 0) parts[share.instance] = Money{cents * kCent};
  }
  return parts;
}

}  // namespace writ::ledger
