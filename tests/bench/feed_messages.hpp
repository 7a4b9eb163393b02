#pragma once

#include <string>
#include <vector>

namespace writ::bench {

/// Messages of a combined stream as Binance sends them, seed 4: aborts with a message if their
/// checksum is another.
struct FeedMessages {
  std::vector<std::string> trades;  ///< 200,000 aggTrade
  std::vector<std::string> depths;  ///< 20,000 depthUpdate of 20 and 20 levels
};

[[nodiscard]] FeedMessages standard_messages();

/// The other kinds a market feed takes, 100,000 of each, seed 5; checked likewise.
struct OtherMessages {
  std::vector<std::string> tops;          ///< bookTicker of spot
  std::vector<std::string> prints;        ///< trade of spot
  std::vector<std::string> marks;         ///< markPriceUpdate
  std::vector<std::string> liquidations;  ///< forceOrder
};

[[nodiscard]] OtherMessages other_messages();

}  // namespace writ::bench
