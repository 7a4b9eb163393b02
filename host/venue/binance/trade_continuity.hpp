#pragma once

#include "host/model/record_view.hpp"
#include "host/venue/binance/market_streams.hpp"

#include <writ/abi/market.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace writ::venue::binance {

/// Notices trades that are missing among those told: at Binance the numbers of a symbol's trades
/// (spot) and of its aggregate trades (futures) follow each other, over an interruption too. What
/// is missing stays so: told late, it would look as if it happened now.
class TradeContinuity {
 public:
  TradeContinuity(Market market, const std::vector<Subscription>& subscriptions);

  /// What the core is to be told before this record: a warning of the market it is of, which
  /// becomes a DATA_GAP; nullptr: nothing is missing. A symbol's first trade, and one with no
  /// higher number than the last, begins anew. Valid until the next call.
  [[nodiscard]] const writ_record* missing_before(const writ_record& record);
  /// This record was told.
  void on_told(const writ_record& record);

  /// Trades that are missing so far.
  [[nodiscard]] std::uint64_t missing() const noexcept { return missing_; }

 private:
  struct Symbol {
    std::string name;
    std::uint64_t last = 0;    ///< number of the trade told last; 0: none was
    bool interrupted = false;  ///< since then
  };

  Market market_;
  std::map<std::uint32_t, Symbol> symbols_;  // by instrument
  std::uint64_t missing_ = 0;
  model::RecordBuffer buffer_;
};

}  // namespace writ::venue::binance
