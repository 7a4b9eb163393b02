#pragma once

#include "host/feed/feed_source.hpp"

#include <writ/abi/record.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace writ::research {

/// The records of a feed in memory, taken from it once and then only read: any number of runs, on
/// any threads, take them from here.
class DecodedMarket {
 public:
  /// Takes all records of `feed`. Nothing if they need more than `bytes_max`, as far as they are
  /// known by then; the feed is used up in any case.
  [[nodiscard]] static std::optional<DecodedMarket> take_from(feed::FeedSource& feed,
                                                              std::size_t bytes_max);

  [[nodiscard]] std::uint64_t records() const noexcept { return records_; }
  /// Of all records.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  friend class DecodedSource;
  struct Block {
    std::unique_ptr<std::uint64_t[]> words;
    std::size_t used = 0;      // words
    std::size_t capacity = 0;  // words
  };

  void put(const writ_record& record);

  std::vector<Block> blocks_;  // none is empty
  std::uint64_t records_ = 0;
  std::size_t bytes_ = 0;
};

/// Gives them one by one, as the feed did. The market outlives it.
class DecodedSource final : public feed::FeedSource {
 public:
  explicit DecodedSource(const DecodedMarket& market) : market_(market) { enter_block(); }

  [[nodiscard]] std::optional<std::int64_t> next_ts() override {
    if (next_ == end_) return std::nullopt;
    return reinterpret_cast<const writ_record*>(next_)->ingest_ts;
  }
  [[nodiscard]] const writ_record& take() override;
  [[nodiscard]] bool exhausted() const override { return next_ == end_; }

 private:
  void enter_block();

  const DecodedMarket& market_;
  std::size_t block_ = 0;
  const std::uint64_t* next_ = nullptr;  // at the end of a block only after the last one
  const std::uint64_t* end_ = nullptr;
};

}  // namespace writ::research
