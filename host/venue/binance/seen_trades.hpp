#pragma once

#include "host/model/record_view.hpp"

#include <writ/abi/market.h>
#include <writ/abi/outcome.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace writ::venue::binance {

/// Which fills were told already: the stream, a look-up and what is asked after an interruption
/// tell of the same ones. A trade's number is unique in its symbol and rises; where both of its
/// sides are ours it is two fills.
class SeenTrades {
 public:
  /// False: it was told before. The oldest of a symbol are forgotten. One without a number is told.
  bool insert(const writ_fill& fill) {
    const std::string_view text = model::text_of(fill.exchange_trade_id);
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    if (number <= 0) return true;
    auto& seen = seen_[fill.instrument];
    const bool fresh = seen.emplace(number, fill.side).second;
    if (seen.size() > kKept) seen.erase(seen.begin());
    return fresh;
  }

 private:
  static constexpr std::size_t kKept = 20'000;

  std::map<std::uint32_t, std::set<std::pair<std::int64_t, std::uint16_t>>> seen_;
};

}  // namespace writ::venue::binance
