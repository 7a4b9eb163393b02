#include "host/storage/book_ladder.hpp"

#include <algorithm>
#include <utility>

namespace writ::storage {
namespace {

template <class Side>
std::vector<writ_level> best_of(const Side& side) {
  std::vector<writ_level> best;
  for (const auto& [price, quantity] : side) {
    if (best.size() == BookLadder::kDepth) break;
    best.push_back({price, quantity});
  }
  return best;
}

void compare(std::uint16_t side, const std::vector<writ_level>& before,
             const std::vector<writ_level>& now, std::vector<BookLadder::Change>& changes) {
  for (std::size_t level = 0; level < std::max(before.size(), now.size()); ++level) {
    if (level >= now.size()) {
      changes.push_back({side, level, {before[level].price, 0}});
    } else if (level >= before.size() || before[level].price != now[level].price ||
               before[level].quantity != now[level].quantity) {
      changes.push_back({side, level, now[level]});
    }
  }
}

template <class Side>
void put(Side& side, const writ_level& level) {
  if (level.quantity > 0) {
    side[level.price] = level.quantity;
  } else {
    side.erase(level.price);
  }
}

}  // namespace

void BookLadder::clear() {
  bids_.clear();
  asks_.clear();
}

void BookLadder::set(std::uint16_t side, const writ_level& level) {
  if (level.price <= 0) return;  // no order rests there
  side == WRIT_SIDE_BUY ? put(bids_, level) : put(asks_, level);
}

std::vector<BookLadder::Change> BookLadder::take_changes() {
  std::vector<Change> changes;
  auto bids = best_of(bids_);
  auto asks = best_of(asks_);
  compare(WRIT_SIDE_BUY, best_bids_, bids, changes);
  compare(WRIT_SIDE_SELL, best_asks_, asks, changes);
  best_bids_ = std::move(bids);
  best_asks_ = std::move(asks);
  return changes;
}

}  // namespace writ::storage
