#include "host/research/decoded_market.hpp"

#include "host/base/assert.hpp"

#include <algorithm>
#include <cstring>

namespace writ::research {
namespace {

constexpr std::size_t kBlockWords = (std::size_t{4} << 20U) / 8;

}  // namespace

std::optional<DecodedMarket> DecodedMarket::take_from(feed::FeedSource& feed,
                                                      std::size_t bytes_max) {
  DecodedMarket market;
  while (feed.next_ts()) {
    const writ_record& record = feed.take();
    if (market.bytes_ + record.size > bytes_max) return std::nullopt;
    market.put(record);
  }
  return market;
}

void DecodedMarket::put(const writ_record& record) {
  WRIT_ASSERT(record.size % 8 == 0);
  const std::size_t words = record.size / 8;
  if (blocks_.empty() || blocks_.back().capacity - blocks_.back().used < words) {
    const std::size_t capacity = std::max(kBlockWords, words);
    blocks_.push_back({std::make_unique_for_overwrite<std::uint64_t[]>(capacity), 0, capacity});
  }
  Block& block = blocks_.back();
  std::memcpy(block.words.get() + block.used, &record, record.size);
  block.used += words;
  bytes_ += record.size;
  ++records_;
}

const writ_record& DecodedSource::take() {
  WRIT_ASSERT(next_ != end_);
  const auto& record = *reinterpret_cast<const writ_record*>(next_);
  next_ += record.size / 8;
  if (next_ == end_ && block_ + 1 < market_.blocks_.size()) {
    ++block_;
    enter_block();
  }
  return record;
}

void DecodedSource::enter_block() {
  if (market_.blocks_.empty()) return;
  const auto& block = market_.blocks_[block_];
  next_ = block.words.get();
  end_ = next_ + block.used;
}

}  // namespace writ::research
