#include "host/market/book_side.hpp"

#include <algorithm>

namespace writ::market {
namespace {

// Order of the far levels, by a key that grows towards the best. No price is the most negative
// number, so this cannot overflow.
std::int64_t key(Side side, std::int64_t price) noexcept {
  return side == Side::kBid ? price : -price;
}

// The first level not worse than the price.
template <class Levels>
auto find(Levels& levels, Side side, std::int64_t price) noexcept {
  const std::int64_t wanted = key(side, price);
  // Changes near the best of them are the most frequent: look there before halving the rest.
  constexpr std::ptrdiff_t kNear = 12;
  auto at = levels.end();
  const auto near_end = levels.end() - levels.begin() > kNear ? at - kNear : levels.begin();
  while (at != near_end) {
    if (key(side, (at - 1)->price) < wanted) return at;
    --at;
  }
  return std::lower_bound(levels.begin(), at, wanted, [side](const writ_level& level, auto value) {
    return key(side, level.price) < value;
  });
}

}  // namespace

BookSide::BookSide(Side side, std::int64_t tick) : side_(side) { set_tick(tick); }

void BookSide::set_tick(std::int64_t tick) {
  std::vector<writ_level> levels;
  for_each([&levels](const writ_level& level) {
    levels.push_back(level);
    return true;
  });
  tick_ = tick;
  if (tick > 1) {
    // Granlund and Montgomery (1994): exact for every dividend below 2^63.
    const auto divisor = static_cast<std::uint64_t>(tick);
    const unsigned bits = 64U - static_cast<unsigned>(std::countl_zero(divisor - 1));
    shift_ = bits - 1;
    reciprocal_ = static_cast<std::uint64_t>((UInt128{1} << (63U + bits)) / divisor + 1);
  }
  clear();
  for (const writ_level& level : levels) set(level.price, level.quantity);
}

void BookSide::clear() noexcept {
  on_grid_ = tick_ > 0;
  size_ = 0;
  best_rank_ = kNone;
  low_ = 0;
  in_window_ = 0;
  bits_.fill(0);
  far_.clear();
}

// All that the window cannot take as it is.
void BookSide::set_elsewhere(std::int64_t price, std::int64_t quantity) {
  std::int64_t rank = 0;
  if (!on_grid_) {
    set_far(price, quantity);
  } else if (!rank_of(price, rank)) {
    if (quantity == 0) return;  // no level lies off the grid
    leave_grid();
    set_far(price, quantity);
  } else if (in_window_ == 0 || rank >= low_ + kSlots) {
    // The first level, or one better than the window. On the grid no level is far without one near.
    if (quantity == 0) return;
    move_window(rank);
    set_near(rank, price, quantity);
  } else if (rank >= best_rank_ - kBelow) {
    // The best price has come down: so does the window.
    move_window(best_rank_);
    set_near(rank, price, quantity);
  } else {
    set_far(price, quantity);
  }
}

void BookSide::set_far(std::int64_t price, std::int64_t quantity) {
  const auto at = find(far_, side_, price);
  const bool exists = at != far_.end() && at->price == price;
  if (exists && quantity != 0) {
    at->quantity = quantity;
  } else if (exists) {
    far_.erase(at);
    --size_;
  } else if (quantity != 0) {
    far_.insert(at, writ_level{price, quantity});
    ++size_;
  } else {
    return;
  }
  if (in_window_ == 0 && !far_.empty()) best_ = far_.back();
}

// After the best level of the window went.
void BookSide::find_best() noexcept {
  best_rank_ = in_window_ > 0 ? next_below(best_rank_) : kNone;
  if (best_rank_ != kNone) {
    best_ = {price_at(best_rank_), slots_[slot(best_rank_)]};
  } else if (!far_.empty()) {
    std::int64_t rank = 0;
    static_cast<void>(rank_of(far_.back().price, rank));
    move_window(rank);
  }
}

std::int64_t BookSide::next_below(std::int64_t rank) const noexcept {
  for (--rank; rank >= low_;) {
    const std::size_t at = slot(rank);
    const std::uint64_t word = bits_[at / 64] << (63 - at % 64);
    if (word != 0) {
      // The word that holds the window's begin holds its end too, below it.
      const std::int64_t found = rank - std::countl_zero(word);
      return found >= low_ ? found : kNone;
    }
    rank -= static_cast<std::int64_t>(at % 64) + 1;
  }
  return kNone;
}

// Puts the window where `best_rank` is, or is about to be, the best rank.
void BookSide::move_window(std::int64_t best_rank) {
  if (slots_.empty()) slots_.resize(kSlots);
  const std::int64_t low = best_rank - kBelow;
  if (low > low_) {
    // What falls out is better than all that is far, and is listed best first.
    std::vector<writ_level> fallen;
    std::int64_t rank = best_rank_;
    if (rank != kNone && rank >= low) rank = next_below(low);
    for (; rank != kNone; rank = next_below(rank)) {
      const std::size_t at = slot(rank);
      fallen.push_back({price_at(rank), slots_[at]});
      bits_[at / 64] &= ~(std::uint64_t{1} << (at % 64));
    }
    far_.insert(far_.end(), fallen.rbegin(), fallen.rend());
    in_window_ -= fallen.size();
    if (in_window_ == 0) best_rank_ = kNone;
    low_ = low;
    return;
  }
  low_ = low;
  while (!far_.empty()) {
    const writ_level level = far_.back();
    std::int64_t rank = 0;
    static_cast<void>(rank_of(level.price, rank));
    if (rank < low) break;
    far_.pop_back();
    const std::size_t at = slot(rank);
    bits_[at / 64] |= std::uint64_t{1} << (at % 64);
    slots_[at] = level.quantity;
    ++in_window_;
    if (rank > best_rank_) {
      best_rank_ = rank;
      best_ = level;
    }
  }
}

// A price off the grid: all levels to the vector.
void BookSide::leave_grid() {
  std::vector<writ_level> levels;
  levels.reserve(size_);
  for_each([&levels](const writ_level& level) {
    levels.push_back(level);
    return true;
  });
  far_.assign(levels.rbegin(), levels.rend());
  bits_.fill(0);
  in_window_ = 0;
  best_rank_ = kNone;
  on_grid_ = false;
}

std::int64_t BookSide::quantity_at(std::int64_t price) const noexcept {
  std::int64_t rank = 0;
  if (on_grid_) {
    if (!rank_of(price, rank) || rank >= low_ + kSlots) return 0;
    if (rank >= low_) {
      const std::size_t at = slot(rank);
      return in_window_ > 0 && occupied(at) ? slots_[at] : 0;
    }
  }
  const auto at = find(far_, side_, price);
  return at != far_.end() && at->price == price ? at->quantity : 0;
}

}  // namespace writ::market
