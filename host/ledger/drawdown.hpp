#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"

#include <writ/money.hpp>
#include <writ/rate.hpp>

#include <cstdint>

namespace writ::ledger {

/// Whether an evaluation may lower the tier (the hourly cycle) or only raise it.
enum class DrawdownStep : std::uint8_t { kEscalateOnly, kCycle };

/// Peak, drawdown and tier of an account (domain §3): 10, 15 and 20 % of the peak raise the tier at
/// once; it falls one at a time after three cycles two points below; HALT20 latches.
class Drawdown {
 public:
  void update(Money equity, DrawdownStep step);
  /// Money moved in or out: no gain and no loss. Only once begun.
  void shift(Money amount);
  /// An operator's reset, on a flat book: peak = equity, tier NORMAL.
  void rebase(Money equity);

  [[nodiscard]] bool begun() const noexcept { return begun_; }
  [[nodiscard]] Money peak() const noexcept { return peak_; }
  [[nodiscard]] Money drawdown() const noexcept { return drawdown_; }
  /// Of the peak, rounded up; 1 if there is no positive peak.
  [[nodiscard]] Rate fraction() const noexcept;
  [[nodiscard]] std::uint32_t tier() const noexcept { return tier_; }  ///< WRIT_TIER_*

  void save(base::ByteWriter& out) const;
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  Money peak_;
  Money drawdown_;
  std::uint32_t tier_ = 0;
  std::uint32_t calm_cycles_ = 0;
  bool begun_ = false;
};

}  // namespace writ::ledger
