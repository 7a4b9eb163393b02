#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>

namespace writ::venue::binance {

/// Which trades were told already: the stream, a look-up and what is asked after an interruption
/// tell of the same ones. A trade's number is unique in its symbol and rises.
class SeenTrades {
 public:
  /// False: it was told before. The oldest of a symbol are forgotten.
  bool insert(std::uint32_t instrument, std::int64_t trade_id) {
    auto& seen = seen_[instrument];
    const bool fresh = seen.insert(trade_id).second;
    if (seen.size() > kKept) seen.erase(seen.begin());
    return fresh;
  }

 private:
  static constexpr std::size_t kKept = 20'000;

  std::map<std::uint32_t, std::set<std::int64_t>> seen_;
};

}  // namespace writ::venue::binance
