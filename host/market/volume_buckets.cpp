#include "host/market/volume_buckets.hpp"

#include "host/base/assert.hpp"

#include <algorithm>

namespace writ::market {

VolumeBuckets::VolumeBuckets(std::int64_t volume, std::size_t count)
    : volume_(volume), count_(count) {
  WRIT_ASSERT(volume > 0 && count > 0);
}

void VolumeBuckets::add(std::uint16_t side, std::int64_t quantity) {
  std::int64_t& filling = side == WRIT_SIDE_BUY ? buy_ : sell_;
  while (quantity > 0) {
    const std::int64_t room = volume_ - (buy_ + sell_);
    const std::int64_t part = std::min(room, quantity);
    filling += part;
    quantity -= part;
    if (part < room) return;
    close(buy_ > sell_ ? buy_ - sell_ : sell_ - buy_);
    buy_ = 0;
    sell_ = 0;
    // One enormous trade fills whole buckets alone: more than are in the score change nothing.
    const std::int64_t whole = quantity / volume_;
    const auto counted = std::min(whole, static_cast<std::int64_t>(count_));
    for (std::int64_t i = 0; i < counted; ++i) close(volume_);
    quantity -= whole * volume_;
  }
}

void VolumeBuckets::close(std::int64_t imbalance) {
  sum_ += imbalance;
  if (ring_.size() < count_) {
    ring_.push_back(imbalance);
    return;
  }
  sum_ -= ring_[next_];
  ring_[next_] = imbalance;
  next_ = (next_ + 1) % count_;
}

std::optional<double> VolumeBuckets::score() const {
  if (ring_.size() < count_) return std::nullopt;
  return static_cast<double>(sum_) / static_cast<double>(Int128{volume_} * Int128(count_));
}

std::vector<std::int64_t> VolumeBuckets::imbalances() const {
  std::vector<std::int64_t> result;
  result.reserve(ring_.size());
  for (std::size_t i = 0; i < ring_.size(); ++i) {
    result.push_back(ring_[(next_ + i) % ring_.size()]);
  }
  return result;
}

void VolumeBuckets::save(base::ByteWriter& out) const {
  out.put(volume_);
  out.put(static_cast<std::uint64_t>(count_));
  out.put(buy_);
  out.put(sell_);
  // Oldest first, so that equal histories give equal bytes.
  const auto ordered = imbalances();
  out.put(static_cast<std::uint64_t>(ordered.size()));
  for (const std::int64_t imbalance : ordered) out.put(imbalance);
}

base::Result<void> VolumeBuckets::load(base::ByteReader& in) {
  volume_ = in.get<std::int64_t>();
  count_ = static_cast<std::size_t>(in.get<std::uint64_t>());
  buy_ = in.get<std::int64_t>();
  sell_ = in.get<std::int64_t>();
  const auto filled = in.get<std::uint64_t>();
  ring_.clear();
  next_ = 0;
  sum_ = 0;
  if (!in.ok() || volume_ <= 0 || count_ == 0 || filled > count_ || buy_ < 0 || sell_ < 0 ||
      buy_ >= volume_ || sell_ >= volume_ - buy_) {
    return base::Error(base::Errc::kCorrupt, "saved volume buckets");
  }
  for (std::uint64_t i = 0; i < filled && in.ok(); ++i) close(in.get<std::int64_t>());
  if (!in.ok()) return base::Error(base::Errc::kCorrupt, "saved volume buckets");
  return {};
}

}  // namespace writ::market
