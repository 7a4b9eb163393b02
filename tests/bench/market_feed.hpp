#pragma once

#include "host/feed/feed_source.hpp"
#include "host/model/record_view.hpp"
#include "tests/bench/bar_market.hpp"
#include "tests/bench/l2_market.hpp"

#include <writ/abi/market.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace writ::bench {

/// Makes records of one instrument and stream out of rows. Each is valid until the next.
class MarketRecorder {
 public:
  /// So many changes at the beginning of an L2 market are the image of its book.
  static constexpr std::size_t kImage = 40;

  MarketRecorder(std::uint32_t instrument, std::uint16_t stream)
      : instrument_(instrument), stream_(stream) {}

  /// BOOK_SNAPSHOT of the first kImage rows of an L2 market.
  const writ_record& image(std::span<const L2Row> rows);
  /// BOOK_SNAPSHOT of one level a side, a tick apart.
  const writ_record& touch(std::int64_t ts, std::int64_t bid_ticks, std::int64_t quantity_lots);
  /// BOOK_DELTA with one level, or TRADE.
  const writ_record& row(const L2Row& row);
  const writ_record& bar(const BarRow& row);

 private:
  template <class Record>
  Record begin(std::int64_t ts) const;

  std::uint32_t instrument_;
  std::uint16_t stream_;
  std::uint64_t book_id_ = 0;
  model::RecordBuffer buffer_;
};

/// A market as records in memory.
class MarketRecords {
 public:
  /// Of an L2 market: an image, then one record for each row.
  MarketRecords(std::span<const L2Row> rows, std::uint32_t instrument, std::uint16_t stream);
  /// Of prints alone: an image of the touch at the first, then a TRADE each.
  [[nodiscard]] static MarketRecords of_trades(std::span<const L2Row> rows,
                                               std::uint32_t instrument, std::uint16_t stream);
  /// Of bars: at its opening an image of the touch, as large as its volume, at its end the BAR. So
  /// what is decided on a bar meets the opening of the next.
  [[nodiscard]] static MarketRecords of_bars(std::span<const BarRow> rows, std::uint32_t instrument,
                                             std::uint16_t stream);

  [[nodiscard]] const writ_record& front() const { return at(0); }
  /// The record after this one; nullptr at the end.
  [[nodiscard]] const writ_record* next(const writ_record& record) const {
    const auto offset = static_cast<std::size_t>(reinterpret_cast<const std::uint64_t*>(&record) -
                                                 words_.data() + record.size / 8);
    return offset < words_.size() ? &at(offset) : nullptr;
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  MarketRecords() = default;

  [[nodiscard]] const writ_record& at(std::size_t word) const {
    return reinterpret_cast<const writ_record&>(words_[word]);
  }
  void put(const writ_record& record);

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
