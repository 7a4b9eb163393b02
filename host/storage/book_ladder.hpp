#pragma once

#include <writ/abi/market.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace writ::storage {

/// The book of one instrument as its depth records tell it, and what changes among its best levels:
/// the rows of book_level.
class BookLadder {
 public:
  /// Levels a side, of which changes are told.
  static constexpr std::size_t kDepth = 10;

  /// A level as it is now; quantity 0, at the price it had: there is none any more.
  struct Change {
    std::uint16_t side = WRIT_SIDE_NONE;  ///< of the resting orders
    std::size_t level = 0;                ///< 0 is the best
    writ_level now{};
  };

  void clear();
  /// The absolute quantity at a price; 0 removes it.
  void set(std::uint16_t side, const writ_level& level);
  [[nodiscard]] bool empty() const noexcept { return bids_.empty() && asks_.empty(); }
  /// The best levels that are not as they were at the call before, bids first.
  [[nodiscard]] std::vector<Change> take_changes();

 private:
  using Best = std::vector<writ_level>;

  std::map<std::int64_t, std::int64_t, std::greater<>> bids_;
  std::map<std::int64_t, std::int64_t> asks_;
  Best best_bids_;  // as told last
  Best best_asks_;
};

}  // namespace writ::storage
