#pragma once

#include <writ/abi/market.h>

#include <cstdint>

namespace writ::market {

/// One instrument's market at one core time: plain values, WRIT_NONE where there is none.
struct MarketView {
  std::uint32_t instrument = 0;

  std::int64_t bid_price = WRIT_NONE;  ///< of the last continuous image, also while out of sync
  std::int64_t bid_quantity = WRIT_NONE;
  std::int64_t ask_price = WRIT_NONE;
  std::int64_t ask_quantity = WRIT_NONE;

  bool in_sync = false;  ///< the book holds a continuous image
  bool gap = false;      ///< a change was missing and no image has come since
  bool crossed = false;  ///< best bid not below best ask
  bool stale = true;     ///< the book is older than stale_ns, or there is none yet
  bool open = true;      ///< the venue trades: not suspended, closed or settled

  std::int64_t last_update_ts = WRIT_NONE;  ///< core time of the last image or change of the book
  std::int64_t age_ns = WRIT_NONE;          ///< core time passed since

  std::int64_t last_trade_price = WRIT_NONE;
  std::int64_t last_trade_quantity = WRIT_NONE;
  std::int64_t last_trade_ts = WRIT_NONE;  ///< core time
  std::uint16_t last_trade_side = WRIT_SIDE_NONE;

  std::int64_t mark_price = WRIT_NONE;
  std::int64_t index_price = WRIT_NONE;
  std::int64_t funding_rate = WRIT_NONE;  ///< current estimate, at 1e-9
  std::int64_t next_funding_ts = WRIT_NONE;

  /// The book may be priced off and traded in.
  [[nodiscard]] bool tradable() const noexcept { return in_sync && !crossed && !stale && open; }
};

}  // namespace writ::market
