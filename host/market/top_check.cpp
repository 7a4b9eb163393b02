#include "host/market/top_check.hpp"

namespace writ::market {
namespace {

bool equal(const writ_level& a, const writ_level& b) noexcept {
  return a.price == b.price && a.quantity == b.quantity;
}

}  // namespace

TopCheck::Result TopCheck::on_top(const writ_book_top& top, const Book& book,
                                  std::optional<std::uint64_t> book_id) {
  const Top found{
      top.update_id, {top.bid_price, top.bid_quantity}, {top.ask_price, top.ask_quantity}};
  if (book_id && found.update_id == *book_id) return compare(found, book);
  if (book_id && found.update_id < *book_id) return {};
  // Ids that go back are of another sequence: what was kept will not be reached.
  if (!ahead_.empty() && found.update_id < ahead_.back().update_id) ahead_.clear();
  if (ahead_.size() == kAheadMax) ahead_.pop_front();
  ahead_.push_back(found);
  return {};
}

TopCheck::Result TopCheck::reach(const Book& book, std::uint64_t book_id) {
  Result result;
  while (!ahead_.empty() && ahead_.front().update_id <= book_id) {
    const Top top = ahead_.front();
    ahead_.pop_front();
    if (top.update_id == book_id) result = compare(top, book);
  }
  return result;
}

TopCheck::Result TopCheck::compare(const Top& top, const Book& book) {
  ++checks_;
  Result result{true, std::nullopt};
  for (const Side side : {Side::kBid, Side::kAsk}) {
    const writ_level* best = book.best(side);
    const writ_level ours = best != nullptr ? *best : writ_level{WRIT_NONE, WRIT_NONE};
    const writ_level& theirs = side == Side::kBid ? top.bid : top.ask;
    if (equal(ours, theirs)) continue;
    ++mismatches_;
    result.mismatch = Mismatch{top.update_id, side, ours, theirs};
    break;
  }
  return result;
}

void TopCheck::save(base::ByteWriter& out) const {
  out.put(checks_);
  out.put(mismatches_);
  out.put(static_cast<std::uint64_t>(ahead_.size()));
  for (const Top& top : ahead_) out.put(top);
}

base::Result<void> TopCheck::load(base::ByteReader& in) {
  checks_ = in.get<std::uint64_t>();
  mismatches_ = in.get<std::uint64_t>();
  const auto count = in.get<std::uint64_t>();
  ahead_.clear();
  if (!in.ok() || count > kAheadMax) return base::Error(base::Errc::kCorrupt, "saved tops");
  for (std::uint64_t i = 0; i < count; ++i) ahead_.push_back(in.get<Top>());
  if (!in.ok()) return base::Error(base::Errc::kCorrupt, "saved tops");
  return {};
}

}  // namespace writ::market
