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

}  // namespace writ::bench
