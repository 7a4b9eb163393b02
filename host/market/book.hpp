#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"
#include "host/market/book_side.hpp"

#include <writ/abi/market.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace writ::market {

/// Resting quantity by price of one instrument. Prices and quantities in units of 1e-9.
class Book {
 public:
  /// `tick` makes changes near the top faster; without one (0), or with prices off it, the book is
  /// the same.
  explicit Book(std::int64_t tick = 0) : bids_(Side::kBid, tick), asks_(Side::kAsk, tick) {}

  void set_tick(std::int64_t tick);
  void clear() noexcept;

  /// Replaces everything by an image. Levels in any order; false, and the book is empty, if a level
  /// has a quantity that is not positive or a price comes twice.
  [[nodiscard]] bool replace(std::span<const writ_level> bids, std::span<const writ_level> asks);

  /// Sets one level to an absolute quantity >= 0; 0 removes it.
  void set(Side side, std::int64_t price, std::int64_t quantity) {
    (side == Side::kBid ? bids_ : asks_).set(price, quantity);
  }

  /// The best level; nullptr if the side is empty. Valid until the book changes.
  [[nodiscard]] const writ_level* best(Side side) const noexcept { return of(side).best(); }

  /// Copies the first levels, best first, as many as there are and `out` holds; returns how many.
  std::size_t levels(Side side, std::span<writ_level> out) const noexcept;

  /// Calls `visit(level)` from the best level on until it returns false.
  template <class Visit>
  void for_each(Side side, Visit&& visit) const {
    of(side).for_each(visit);
  }

  [[nodiscard]] std::size_t depth(Side side) const noexcept { return of(side).size(); }

  /// The quantity resting at that price, 0 if none.
  [[nodiscard]] std::int64_t quantity_at(Side side, std::int64_t price) const noexcept {
    return of(side).quantity_at(price);
  }

  /// Both sides have levels and the best bid is not below the best ask.
  [[nodiscard]] bool crossed() const noexcept {
    const writ_level* bid = bids_.best();
    const writ_level* ask = asks_.best();
    return bid != nullptr && ask != nullptr && bid->price >= ask->price;
  }

  void save(base::ByteWriter& out) const;
  /// kCorrupt if the bytes are not a book; the book is then empty.
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  [[nodiscard]] const BookSide& of(Side side) const noexcept {
    return side == Side::kBid ? bids_ : asks_;
  }

  BookSide bids_;
  BookSide asks_;
};

}  // namespace writ::market
