#include "tests/sim/reference_betting.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace writ::test {
namespace {

constexpr Int128 kOne = 1'000'000'000;
constexpr Int128 kCent = 10'000'000'000'000'000;
constexpr std::int64_t kCentOfOdds = 10'000'000;
constexpr std::int64_t kShortest = 1'010'000'000;
constexpr Int128 kWhole = 100 * kOne;
constexpr std::int64_t kIgnoredBelow = 2'500'000'000;

}  // namespace

Int128 floor_of(Int128 value, Int128 divisor) {
  const Int128 quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

Int128 half_away(Int128 value, Int128 divisor) {
  const Int128 size = value < 0 ? -value : value;
  const Int128 quotient = (size + divisor / 2) / divisor;
  return value < 0 ? -quotient : quotient;
}

Int128 half_even(Int128 value, Int128 divisor) {
  const Int128 size = value < 0 ? -value : value;
  Int128 quotient = size / divisor;
  const Int128 twice = 2 * (size % divisor);
  if (twice > divisor || (twice == divisor && quotient % 2 != 0)) ++quotient;
  return value < 0 ? -quotient : quotient;
}

Int128 profit_of(const Bet& bet, const writ_settlement& settlement) {
  if (settlement.result == WRIT_SETTLED_VOID) return 0;
  const Int128 stake = bet.stake * kOne;
  if (settlement.result == WRIT_SETTLED_LOSER) return half_away(-stake, kCent) * kCent;
  const Int128 returned = Int128{bet.stake} * bet.odds * settlement.places;
  return half_away(returned - stake * settlement.tied, kCent * settlement.tied) * kCent;
}

std::int64_t cut_odds(std::int64_t odds, std::int64_t factor) {
  if (factor < kIgnoredBelow) return odds;
  const Int128 cents = half_away(odds * (kWhole - factor), kWhole * kCentOfOdds);
  return std::max(kShortest, static_cast<std::int64_t>(cents) * kCentOfOdds);
}

std::map<std::uint32_t, Int128> MarketWinnings::charge(std::int64_t rate) {
  Int128 net = 0;
  Int128 won = 0;
  for (const auto& [instance, amount] : profit) {
    net += amount;
    won += std::max(amount, Int128{0});
  }
  const Int128 cents = net > 0 ? half_away(net / kCent * rate, kOne) : 0;
  std::map<std::uint32_t, Int128> owed;
  if (cents > 0) {
    std::vector<std::pair<Int128, std::uint32_t>> remainders;
    Int128 left = cents;
    for (const auto& [instance, amount] : profit) {
      if (amount <= 0) continue;
      const Int128 share = cents * (amount / kCent);
      const Int128 whole = won / kCent;
      owed[instance] = share / whole;
      left -= share / whole;
      remainders.emplace_back(-(share % whole), instance);
    }
    std::sort(remainders.begin(), remainders.end());
    for (std::size_t i = 0; left > 0; ++i, --left) ++owed[remainders[i].second];
  }
  std::map<std::uint32_t, Int128> due;
  for (const auto& [instance, part] : owed) due[instance] += part * kCent;
  for (const auto& [instance, paid] : charged) due[instance] -= paid;
  for (const auto& [instance, part] : due) charged[instance] += part;
  std::erase_if(due, [](const auto& entry) { return entry.second == 0; });
  return due;
}

}  // namespace writ::test
