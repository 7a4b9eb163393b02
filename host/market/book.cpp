#include "host/market/book.hpp"

#include <algorithm>

namespace writ::market {
namespace {

bool assign(BookSide& to, Side side, std::span<const writ_level> from) {
  to.clear();
  if (from.empty()) return true;
  // The best level first: it says where the others go. Then from the worst up, so that what is far
  // is appended.
  const auto worse = [side](const writ_level& a, const writ_level& b) {
    return side == Side::kBid ? a.price < b.price : a.price > b.price;
  };
  const auto best = std::max_element(from.begin(), from.end(), worse);
  const auto add = [&to](const writ_level& level) {
    if (level.price == WRIT_NONE || level.quantity <= 0 || to.quantity_at(level.price) != 0) {
      return false;
    }
    to.set(level.price, level.quantity);
    return true;
  };
  if (!add(*best)) return false;
  for (auto level = from.end(); level != from.begin();) {
    if (--level != best && !add(*level)) return false;
  }
  return true;
}

}  // namespace

void Book::set_tick(std::int64_t tick) {
  bids_.set_tick(tick);
  asks_.set_tick(tick);
}

void Book::clear() noexcept {
  bids_.clear();
  asks_.clear();
}

bool Book::replace(std::span<const writ_level> bids, std::span<const writ_level> asks) {
  if (assign(bids_, Side::kBid, bids) && assign(asks_, Side::kAsk, asks)) return true;
  clear();
  return false;
}

std::size_t Book::levels(Side side, std::span<writ_level> out) const noexcept {
  std::size_t count = 0;
  for_each(side, [&](const writ_level& level) {
    if (count == out.size()) return false;
    out[count++] = level;
    return true;
  });
  return count;
}

void Book::save(base::ByteWriter& out) const {
  for (const Side side : {Side::kBid, Side::kAsk}) {
    out.put(static_cast<std::uint64_t>(depth(side)));
    for_each(side, [&out](const writ_level& level) {
      out.put(level);
      return true;
    });
  }
}

base::Result<void> Book::load(base::ByteReader& in) {
  clear();
  const base::Error corrupt(base::Errc::kCorrupt, "saved book");
  for (const Side side : {Side::kBid, Side::kAsk}) {
    const auto count = in.get<std::uint64_t>();
    std::int64_t last = 0;
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
      const auto level = in.get<writ_level>();
      const bool sorted = i == 0 || (side == Side::kBid ? level.price < last : level.price > last);
      if (!in.ok() || !sorted || level.quantity <= 0 || level.price == WRIT_NONE) {
        clear();
        return corrupt;
      }
      last = level.price;
      set(side, level.price, level.quantity);
    }
    if (in.ok()) continue;
    clear();
    return corrupt;
  }
  return {};
}

}  // namespace writ::market
