#pragma once

#include <cstdint>

namespace writ::bench {

/// One side of a quoter that stands at the best price: where the best price leaves its order, the
/// order is cancelled; once it is known to be gone, the side is quoted again.
struct TouchQuote {
  std::uint64_t intent = 0;  ///< 0: nothing stands
  std::int64_t price = 0;
  bool cancelling = false;

  template <class Orders>
  void quote(std::uint16_t side, std::int64_t best, bool has_room, Orders& orders) {
    if (intent == 0) {
      if (!has_room) return;
      price = best;
      intent = orders.place(side, price);
    } else if (price != best && !cancelling) {
      cancelling = true;
      orders.cancel(intent);
    }
  }
};

/// The strategy of the end-to-end benchmarks, the same code in a plugin and in the bare loop.
struct TouchQuotes {
  TouchQuote bid;
  TouchQuote ask;

  /// The order of that intent is no more.
  void on_end(std::uint64_t intent) {
    if (bid.intent == intent) bid = {};
    if (ask.intent == intent) ask = {};
  }
};

}  // namespace writ::bench
