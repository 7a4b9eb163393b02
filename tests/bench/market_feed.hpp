#pragma once

#include "host/feed/feed_source.hpp"
#include "tests/bench/l2_market.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace writ::bench {

/// Rows of a market as records in memory: an image of the first 40 changes, then one record for
/// each row, BOOK_DELTA with one level or TRADE.
class MarketRecords {
 public:
  MarketRecords(std::span<const L2Row> rows, std::uint32_t instrument, std::uint16_t stream);

  [[nodiscard]] const writ_record& front() const { return at(0); }
  /// The record after this one; nullptr at the end.
  [[nodiscard]] const writ_record* next(const writ_record& record) const {
    const auto offset = static_cast<std::size_t>(reinterpret_cast<const std::uint64_t*>(&record) -
                                                 words_.data() + record.size / 8);
    return offset < words_.size() ? &at(offset) : nullptr;
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  [[nodiscard]] const writ_record& at(std::size_t word) const {
    return reinterpret_cast<const writ_record&>(words_[word]);
  }
  void put(const void* bytes, std::size_t size);

  std::vector<std::uint64_t> words_;
  std::uint64_t count_ = 0;
};

/// Gives them one by one, as a tape does.
class MemoryFeed final : public feed::FeedSource {
 public:
  explicit MemoryFeed(const MarketRecords& records) : records_(records), next_(&records.front()) {}

  [[nodiscard]] std::optional<std::int64_t> next_ts() override {
    if (next_ == nullptr) return std::nullopt;
    return next_->ingest_ts;
  }
  [[nodiscard]] const writ_record& take() override {
    const auto& record = *next_;
    next_ = records_.next(record);
    return record;
  }
  [[nodiscard]] bool exhausted() const override { return next_ == nullptr; }

 private:
  const MarketRecords& records_;
  const writ_record* next_;
};

}  // namespace writ::bench
