#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"

#include <writ/abi/market.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace writ::market {

enum class Side : std::uint8_t { kBid, kAsk };

/// Resting quantity by price of one instrument. Prices and quantities in units of 1e-9.
/// Each side is one sorted vector with the best level at its end: most changes are near the top,
/// and only what lies above a new or removed level is moved.
class Book {
 public:
  void clear() noexcept;

  /// Replaces everything by an image. Levels in any order; false, and the book is empty, if a level
  /// has a quantity that is not positive or a price comes twice.
  [[nodiscard]] bool replace(std::span<const writ_level> bids, std::span<const writ_level> asks);

  /// Sets one level to an absolute quantity >= 0; 0 removes it.
  void set(Side side, std::int64_t price, std::int64_t quantity);

  /// The best level; nullptr if the side is empty. Valid until the book changes.
  [[nodiscard]] const writ_level* best(Side side) const noexcept {
    const auto& levels = of(side);
    return levels.empty() ? nullptr : &levels.back();
  }

  /// Copies the first levels, best first, as many as there are and `out` holds; returns how many.
  std::size_t levels(Side side, std::span<writ_level> out) const noexcept;

  /// The whole side, best level last. Valid until the book changes.
  [[nodiscard]] std::span<const writ_level> best_last(Side side) const noexcept { return of(side); }

  [[nodiscard]] std::size_t depth(Side side) const noexcept { return of(side).size(); }

  /// The quantity resting at that price, 0 if none.
  [[nodiscard]] std::int64_t quantity_at(Side side, std::int64_t price) const noexcept;

  /// Both sides have levels and the best bid is not below the best ask.
  [[nodiscard]] bool crossed() const noexcept {
    return !bids_.empty() && !asks_.empty() && bids_.back().price >= asks_.back().price;
  }

  void save(base::ByteWriter& out) const;
  /// kCorrupt if the bytes are not a book; the book is then empty.
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  [[nodiscard]] const std::vector<writ_level>& of(Side side) const noexcept {
    return side == Side::kBid ? bids_ : asks_;
  }
  [[nodiscard]] std::vector<writ_level>& of(Side side) noexcept {
    return side == Side::kBid ? bids_ : asks_;
  }

  std::vector<writ_level> bids_;  // ascending
  std::vector<writ_level> asks_;  // descending
};

}  // namespace writ::market
