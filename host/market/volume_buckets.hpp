#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"

#include <writ/abi/market.h>
#include <writ/int128.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace writ::market {

/// Order-flow toxicity: how one-sided the aggressors of the last `count` equal volumes were.
/// Source: Easley, López de Prado, O'Hara (2012), VPIN, with the aggressor's side as published
/// instead of bulk classification. A trade that crosses a bucket's end is split.
class VolumeBuckets {
 public:
  /// `volume` > 0 of one bucket at 1e-9, `count` > 0 of buckets in the score.
  VolumeBuckets(std::int64_t volume, std::size_t count);

  /// One trade of `quantity` > 0 by an aggressor of this side (WRIT_SIDE_*).
  void add(std::uint16_t side, std::int64_t quantity);

  /// sum over the last `count` buckets of |buy - sell|, over count x volume: [0, 1].
  /// Nothing before so many buckets are full.
  [[nodiscard]] std::optional<double> score() const;

  [[nodiscard]] std::int64_t volume() const noexcept { return volume_; }
  /// |buy - sell| of the full buckets still in the score, oldest first.
  [[nodiscard]] std::vector<std::int64_t> imbalances() const;
  /// What the open bucket holds.
  [[nodiscard]] std::int64_t partial() const noexcept { return buy_ + sell_; }

  void save(base::ByteWriter& out) const;
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  void close(std::int64_t imbalance);

  std::int64_t volume_;
  std::size_t count_;
  std::int64_t buy_ = 0;  // of the open bucket
  std::int64_t sell_ = 0;
  std::vector<std::int64_t> ring_;  // imbalances; next_ is the oldest once it is full
  std::size_t next_ = 0;
  Int128 sum_ = 0;  // of ring_
};

}  // namespace writ::market
