#pragma once

#include <writ/abi/market.h>
#include <writ/int128.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace writ::market {

enum class Side : std::uint8_t { kBid, kAsk };

/// Resting quantity by price of one side of a book.
///
/// Around the best price the levels lie in a window: an array of quantities indexed by price in
/// ticks, with one bit per occupied slot, so that a change costs the same wherever it is and the
/// next best price is a bit scan away. Levels worse than the window are one sorted vector, the best
/// of them at its end. Without a tick, or once a price lies off its grid, everything is in the
/// vector.
class BookSide {
 public:
  /// `tick` at 1e-9; 0 or less: none.
  explicit BookSide(Side side, std::int64_t tick = 0);

  /// Another grid for the same levels.
  void set_tick(std::int64_t tick);
  void clear() noexcept;
  /// Sets the level to a quantity >= 0; 0 removes it.
  void set(std::int64_t price, std::int64_t quantity) {
    std::int64_t rank = 0;
    if (in_window_ > 0 && rank_of(price, rank) && rank >= low_ && rank < low_ + kSlots) {
      set_near(rank, price, quantity);
    } else {
      set_elsewhere(price, quantity);
    }
  }

  /// nullptr if there is none. Valid until the next change.
  [[nodiscard]] const writ_level* best() const noexcept { return size_ == 0 ? nullptr : &best_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// 0 if there is no level at that price.
  [[nodiscard]] std::int64_t quantity_at(std::int64_t price) const noexcept;

  /// Calls `visit(level)` from the best level on until it returns false.
  template <class Visit>
  void for_each(Visit&& visit) const {
    std::int64_t rank = best_rank_;
    for (std::size_t left = in_window_; left > 0; --left) {
      if (!visit(writ_level{price_at(rank), slots_[slot(rank)]})) return;
      if (left > 1) rank = next_below(rank);  // behind the last there may be a long way of nothing
    }
    for (auto level = far_.rbegin(); level != far_.rend(); ++level) {
      if (!visit(*level)) return;
    }
  }

 private:
  // Ticks of the window, and how many of them lie below the best price after it was moved.
  static constexpr std::int64_t kSlots = 4096;
  static constexpr std::int64_t kBelow = kSlots * 3 / 4;
  static constexpr std::int64_t kNone = INT64_MIN;
  static constexpr std::uint64_t kPriceMax = INT64_MAX / 2;

  // A rank is a price in ticks, signed so that it grows towards the best.
  // False for a price off the grid, or so far from zero that the window's bounds could overflow.
  [[nodiscard]] bool rank_of(std::int64_t price, std::int64_t& rank) const noexcept {
    const auto dividend = static_cast<std::uint64_t>(price);  // a negative one is too large
    std::uint64_t quotient = dividend;
    if (tick_ != 1) {
      quotient = static_cast<std::uint64_t>((UInt128{dividend} * reciprocal_) >> 64U) >> shift_;
    }
    const auto ticks = static_cast<std::int64_t>(quotient);
    rank = side_ == Side::kBid ? ticks : -ticks;
    return dividend <= kPriceMax && quotient * static_cast<std::uint64_t>(tick_) == dividend;
  }
  [[nodiscard]] std::int64_t price_at(std::int64_t rank) const noexcept {
    return (side_ == Side::kBid ? rank : -rank) * tick_;
  }
  [[nodiscard]] static std::size_t slot(std::int64_t rank) noexcept {
    return static_cast<std::size_t>(rank) & static_cast<std::size_t>(kSlots - 1);
  }
  [[nodiscard]] bool occupied(std::size_t at) const noexcept {
    return ((bits_[at / 64] >> (at % 64)) & 1U) != 0;
  }
  // The next occupied rank of the window; kNone after the last.
  [[nodiscard]] std::int64_t next_below(std::int64_t rank) const noexcept;

  void set_near(std::int64_t rank, std::int64_t price, std::int64_t quantity) {
    const std::size_t at = slot(rank);
    const std::uint64_t bit = std::uint64_t{1} << (at % 64);
    std::uint64_t& word = bits_[at / 64];
    const bool existed = (word & bit) != 0;
    if (quantity != 0) {
      size_ += existed ? 0U : 1U;
      in_window_ += existed ? 0U : 1U;
      word |= bit;
      slots_[at] = quantity;
      if (rank >= best_rank_) {
        best_rank_ = rank;
        best_ = {price, quantity};
      }
    } else if (existed) {
      word &= ~bit;
      --size_;
      --in_window_;
      if (rank == best_rank_) find_best();
    }
  }
  void set_elsewhere(std::int64_t price, std::int64_t quantity);
  void set_far(std::int64_t price, std::int64_t quantity);
  void find_best() noexcept;
  void move_window(std::int64_t best_rank);
  void leave_grid();

  Side side_;
  std::int64_t tick_ = 0;
  std::uint64_t reciprocal_ = 0;  // division by the tick as a multiplication
  unsigned shift_ = 0;
  bool on_grid_ = false;

  std::size_t size_ = 0;
  writ_level best_{0, 0};
  std::int64_t best_rank_ = kNone;  // of the best level in the window
  std::int64_t low_ = 0;            // worst rank of the window
  std::size_t in_window_ = 0;
  std::vector<std::int64_t> slots_;  // quantities; meaningful where the bit is set
  std::array<std::uint64_t, kSlots / 64> bits_{};
  std::vector<writ_level> far_;  // all ranks below low_
};

}  // namespace writ::market
