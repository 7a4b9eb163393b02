#include "book.hpp"

#include "host/base/assert.hpp"

#include <algorithm>
#include <set>

namespace writ::venue_sim {

const Resting* Book::front(Side side) const noexcept {
  const Levels& levels = levels_of(side);
  return levels.empty() ? nullptr : &levels.begin()->second.queue.front();
}

std::optional<Price> Book::best(Side side) const noexcept {
  const Levels& levels = levels_of(side);
  if (levels.empty()) return std::nullopt;
  return price_of(side, levels.begin()->first);
}

std::optional<BookLevel> Book::top(Side side) const noexcept {
  const Levels& levels = levels_of(side);
  if (levels.empty()) return std::nullopt;
  return BookLevel{price_of(side, levels.begin()->first), levels.begin()->second.total};
}

BookLevels Book::levels(Side side, std::size_t depth) const {
  BookLevels result;
  for (const auto& [key, level] : levels_of(side)) {
    if (result.size() == depth) break;
    result.push_back({price_of(side, key), level.total});
  }
  return result;
}

Quantity Book::quantity_at(Side side, Price price) const noexcept {
  const auto found = levels_of(side).find(key(side, price));
  return found == levels_of(side).end() ? Quantity{} : found->second.total;
}

Quantity Book::others_at(Side side, Price price) const noexcept {
  const auto found = levels_of(side).find(key(side, price));
  Quantity sum;
  if (found == levels_of(side).end()) return sum;
  for (const Resting& resting : found->second.queue) {
    if (resting.account == kRestOfMarket) sum += resting.left;
  }
  return sum;
}

Quantity Book::available(Side side, Price limit, std::uint32_t account) const {
  Quantity sum;
  for (const auto& [level_key, level] : levels_of(side)) {
    if (level_key > key(side, limit)) break;
    for (const Resting& resting : level.queue) {
      if (resting.account != account || account == kRestOfMarket) sum += resting.left;
    }
  }
  return sum;
}

void Book::add(Side side, Price price, const Resting& resting) {
  const auto level = levels_of(side).try_emplace(key(side, price)).first;
  auto& queue = level->second.queue;
  // Nothing lies between two parts of the rest of the market's that follow each other.
  const bool joins =
      resting.account == kRestOfMarket && !queue.empty() && queue.back().account == kRestOfMarket;
  if (joins) {
    queue.back().left += resting.left;
  } else {
    queue.push_back(resting);
  }
  level->second.total += resting.left;
  changed(side, level);
}

void Book::take_front(Side side, Quantity quantity) {
  const auto level = levels_of(side).begin();
  Resting& first = level->second.queue.front();
  WRIT_ASSERT(quantity <= first.left);
  first.left = first.left - quantity;
  level->second.total = level->second.total - quantity;
  if (first.left.raw == 0) level->second.queue.pop_front();
  changed(side, level);
}

void Book::remove(Side side, Price price, std::uint64_t order) {
  const auto [level, resting] = find(side, price, order);
  level->second.total = level->second.total - resting->left;
  level->second.queue.erase(resting);
  changed(side, level);
}

void Book::reduce(Side side, Price price, std::uint64_t order, Quantity by) {
  const auto [level, resting] = find(side, price, order);
  WRIT_ASSERT(by < resting->left);
  resting->left = resting->left - by;
  level->second.total = level->second.total - by;
  changed(side, level);
}

void Book::withdraw_others(Side side, Price price, Quantity by) {
  const auto level = levels_of(side).find(key(side, price));
  if (level == levels_of(side).end() || by.raw <= 0) return;
  auto& queue = level->second.queue;
  for (std::size_t at = queue.size(); at-- > 0 && by.raw > 0;) {
    if (queue[at].account != kRestOfMarket) continue;
    const Quantity part = std::min(by, queue[at].left);
    queue[at].left = queue[at].left - part;
    level->second.total = level->second.total - part;
    by = by - part;
    if (queue[at].left.raw == 0) queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(at));
  }
  changed(side, level);
}

void Book::each_others(Side side, const std::function<bool(Price, Quantity)>& visit) const {
  for (const auto& [level_key, level] : levels_of(side)) {
    const Price price = price_of(side, level_key);
    const Quantity quantity = others_at(side, price);
    if (!visit(price, quantity)) return;
  }
}

BookChanges Book::changes_since(std::uint64_t id) const {
  WRIT_ASSERT(id >= forgotten_id_ && id <= last_id_);
  BookChanges changes{id + 1, last_id_, {}, {}};
  std::set<std::pair<Side, std::int64_t>> levels;
  for (std::size_t at = id - forgotten_id_; at < touched_.size(); ++at) {
    levels.emplace(touched_[at].first, key(touched_[at].first, touched_[at].second));
  }
  for (const auto& [side, level_key] : levels) {
    const Price price = price_of(side, level_key);
    (side == Side::kBuy ? changes.bids : changes.asks).push_back({price, quantity_at(side, price)});
  }
  return changes;
}

void Book::forget(std::uint64_t up_to_id) {
  while (forgotten_id_ < up_to_id && !touched_.empty()) {
    touched_.pop_front();
    ++forgotten_id_;
  }
}

void Book::changed(Side side, Levels::iterator level) {
  ++last_id_;
  touched_.emplace_back(side, price_of(side, level->first));
  if (level->second.queue.empty()) levels_of(side).erase(level);
}

std::pair<Book::Levels::iterator, std::deque<Resting>::iterator> Book::find(Side side, Price price,
                                                                            std::uint64_t order) {
  const auto level = levels_of(side).find(key(side, price));
  WRIT_ASSERT(level != levels_of(side).end());
  auto& queue = level->second.queue;
  const auto resting = std::find_if(queue.begin(), queue.end(),
                                    [&](const Resting& one) { return one.order == order; });
  WRIT_ASSERT(resting != queue.end());
  return {level, resting};
}

}  // namespace writ::venue_sim
