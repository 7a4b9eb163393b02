#include "host/ledger/drawdown.hpp"

#include <writ/abi/snapshot.h>
#include <writ/int128.hpp>
#include <writ/rounding.hpp>

#include <algorithm>
#include <array>

namespace writ::ledger {
namespace {

/// Per cent of the peak at which each tier begins.
constexpr std::array<int, 4> kTierPercent = {0, 10, 15, 20};
constexpr int kRecoverPoints = 2;
constexpr std::uint32_t kRecoverCycles = 3;

/// drawdown >= percent of peak, exact: money keeps a factor of 170 to 128 bits.
bool at_least(Money drawdown, int percent, Money peak) {
  return drawdown.raw * 100 >= peak.raw * percent;
}

}  // namespace

void Drawdown::update(Money equity, DrawdownStep step) {
  peak_ = begun_ ? std::max(peak_, equity) : equity;
  begun_ = true;
  const auto difference = checked_sub(peak_, equity);
  drawdown_ = difference ? *difference : Money{kMoneyLimit};

  std::uint32_t wanted = WRIT_TIER_NORMAL;
  for (std::uint32_t tier = WRIT_TIER_DD10; tier <= WRIT_TIER_HALT20; ++tier) {
    if (peak_ <= Money{} || at_least(drawdown_, kTierPercent[tier], peak_)) wanted = tier;
  }
  if (wanted > tier_) {
    tier_ = wanted;
    calm_cycles_ = 0;
    return;
  }
  if (step != DrawdownStep::kCycle || tier_ == WRIT_TIER_NORMAL || tier_ == WRIT_TIER_HALT20)
    return;
  const int calm_percent = kTierPercent[tier_] - kRecoverPoints;
  const bool calm = drawdown_.raw * 100 <= peak_.raw * calm_percent;
  calm_cycles_ = calm ? calm_cycles_ + 1 : 0;
  if (calm_cycles_ == kRecoverCycles) {
    --tier_;
    calm_cycles_ = 0;
  }
}

void Drawdown::shift(Money amount) {
  if (!begun_) return;
  if (const auto moved = checked_add(peak_, amount)) peak_ = *moved;
}

void Drawdown::rebase(Money equity) {
  *this = Drawdown{};
  begun_ = true;
  peak_ = equity;
}

Rate Drawdown::fraction() const noexcept {
  if (!begun_) return Rate{};
  if (peak_ <= Money{}) return Rate::one();
  const auto fraction = ratio(drawdown_, peak_, Rounding::kCeil);
  return fraction ? *fraction : Rate{INT64_MAX};
}

void Drawdown::save(base::ByteWriter& out) const {
  out.put(peak_.raw);
  out.put(drawdown_.raw);
  out.put(tier_);
  out.put(calm_cycles_);
  out.put(static_cast<std::uint8_t>(begun_ ? 1 : 0));
}

base::Result<void> Drawdown::load(base::ByteReader& in) {
  peak_ = Money{in.get<Int128>()};
  drawdown_ = Money{in.get<Int128>()};
  tier_ = in.get<std::uint32_t>();
  calm_cycles_ = in.get<std::uint32_t>();
  begun_ = in.get<std::uint8_t>() != 0;
  if (in.ok() && tier_ <= WRIT_TIER_HALT20 && peak_.in_bounds() && drawdown_.in_bounds()) return {};
  *this = Drawdown{};
  return base::Error{base::Errc::kCorrupt, "load drawdown"};
}

}  // namespace writ::ledger
