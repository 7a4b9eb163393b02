#include "host/market/book.hpp"

#include <algorithm>

namespace writ::market {
namespace {

// A side is sorted from the worst level to the best: by a rank that grows towards the best.
std::int64_t rank(Side side, std::int64_t price) noexcept {
  // No price is the most negative number, so this cannot overflow.
  return side == Side::kBid ? price : -price;
}

// Where the price is, or where it would be inserted: the first level not worse than it.
template <class Levels>
auto find(Levels& levels, Side side, std::int64_t price) noexcept {
  const std::int64_t wanted = rank(side, price);
  // A change is near the top far more often than not: look there before halving the rest.
  constexpr std::ptrdiff_t kNear = 12;
  auto at = levels.end();
  const auto near_end = levels.end() - levels.begin() > kNear ? at - kNear : levels.begin();
  while (at != near_end) {
    if (rank(side, (at - 1)->price) < wanted) return at;
    --at;
  }
  return std::lower_bound(levels.begin(), at, wanted, [side](const writ_level& level, auto value) {
    return rank(side, level.price) < value;
  });
}

bool assign(std::vector<writ_level>& to, Side side, std::span<const writ_level> from) {
  // An image lists the best level first; that way round it is sorted already.
  to.assign(from.rbegin(), from.rend());
  const auto worse = [side](const writ_level& a, const writ_level& b) {
    return rank(side, a.price) < rank(side, b.price);
  };
  if (!std::is_sorted(to.begin(), to.end(), worse)) std::sort(to.begin(), to.end(), worse);
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (to[i].price == WRIT_NONE || to[i].quantity <= 0) return false;
    if (i > 0 && to[i - 1].price == to[i].price) return false;
  }
  return true;
}

}  // namespace

void Book::clear() noexcept {
  bids_.clear();
  asks_.clear();
}

bool Book::replace(std::span<const writ_level> bids, std::span<const writ_level> asks) {
  if (assign(bids_, Side::kBid, bids) && assign(asks_, Side::kAsk, asks)) return true;
  clear();
  return false;
}

void Book::set(Side side, std::int64_t price, std::int64_t quantity) {
  auto& levels = of(side);
  const auto at = find(levels, side, price);
  const bool exists = at != levels.end() && at->price == price;
  if (exists && quantity != 0) {
    at->quantity = quantity;
  } else if (exists) {
    levels.erase(at);
  } else if (quantity != 0) {
    levels.insert(at, writ_level{price, quantity});
  }
}

std::size_t Book::levels(Side side, std::span<writ_level> out) const noexcept {
  const auto& from = of(side);
  const std::size_t count = std::min(from.size(), out.size());
  std::copy_n(from.rbegin(), count, out.begin());
  return count;
}

std::int64_t Book::quantity_at(Side side, std::int64_t price) const noexcept {
  const auto& levels = of(side);
  const auto at = find(levels, side, price);
  return at != levels.end() && at->price == price ? at->quantity : 0;
}

void Book::save(base::ByteWriter& out) const {
  for (const auto* levels : {&bids_, &asks_}) {
    out.put_bytes(std::as_bytes(std::span{*levels}));
  }
}

base::Result<void> Book::load(base::ByteReader& in) {
  clear();
  for (const Side side : {Side::kBid, Side::kAsk}) {
    const auto bytes = in.get_bytes();
    if (!in.ok() || bytes.size() % sizeof(writ_level) != 0) {
      clear();
      return base::Error(base::Errc::kCorrupt, "saved book");
    }
    auto& levels = of(side);
    levels.resize(bytes.size() / sizeof(writ_level));
    if (!bytes.empty()) std::memcpy(levels.data(), bytes.data(), bytes.size());
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const bool sorted = i == 0 || rank(side, levels[i - 1].price) < rank(side, levels[i].price);
      if (sorted && levels[i].quantity > 0 && levels[i].price != WRIT_NONE) continue;
      clear();
      return base::Error(base::Errc::kCorrupt, "saved book");
    }
  }
  return {};
}

}  // namespace writ::market
