#pragma once

#include <writ/abi/market.h>

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace writ::feed {

/// The book of one simulated instrument, with the changes since they were last taken.
class SimulatedBook {
 public:
  using Bids = std::map<std::int64_t, std::int64_t, std::greater<>>;
  using Asks = std::map<std::int64_t, std::int64_t>;

  /// Sets a level to an absolute quantity, 0 removes it.
  void set_bid(std::int64_t price, std::int64_t quantity) {
    set(bids_, changed_bids_, price, quantity);
  }
  void set_ask(std::int64_t price, std::int64_t quantity) {
    set(asks_, changed_asks_, price, quantity);
  }

  [[nodiscard]] const Bids& bids() const noexcept { return bids_; }  ///< best first
  [[nodiscard]] const Asks& asks() const noexcept { return asks_; }

  [[nodiscard]] bool changed() const noexcept {
    return !changed_bids_.empty() || !changed_asks_.empty();
  }
  /// The levels changed since the last call, with the quantities they have now.
  struct Changes {
    std::vector<writ_level> bids;
    std::vector<writ_level> asks;
  };
  [[nodiscard]] Changes take_changes() {
    Changes changes;
    for (const auto& [price, quantity] : changed_bids_) changes.bids.push_back({price, quantity});
    for (const auto& [price, quantity] : changed_asks_) changes.asks.push_back({price, quantity});
    changed_bids_.clear();
    changed_asks_.clear();
    return changes;
  }

 private:
  template <class Side>
  static void set(Side& side, Side& changed, std::int64_t price, std::int64_t quantity) {
    if (quantity > 0) {
      side[price] = quantity;
    } else if (side.erase(price) == 0) {
      return;  // nothing was there
    }
    changed[price] = quantity;
  }

  Bids bids_;
  Asks asks_;
  Bids changed_bids_;
  Asks changed_asks_;
};

}  // namespace writ::feed
