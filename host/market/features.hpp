#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"
#include "host/market/book.hpp"
#include "host/market/follow_rate.hpp"
#include "host/market/volume_buckets.hpp"

#include <writ/abi/snapshot.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace writ::market {

/// The feature vector of schema version WRIT_FEATURE_SCHEMA_VERSION, in the order of
/// WRIT_FEATURE_*; their names are model::kFeatureWords.
using FeatureVector = std::array<writ_feature, WRIT_FEATURE_COUNT>;

/// How the slow features are made. Times in ns of core time.
struct FeatureOptions {
  std::int64_t sample_ns = 1'000'000'000;        ///< period of mid and spread samples
  std::uint32_t spread_samples = 3600;           ///< of the median of spread_compression
  std::uint32_t spread_warm = 60;                ///< samples before it is known
  std::uint32_t volatility_samples = 60;         ///< N of the moving average
  std::uint32_t volatility_warm = 5;             ///< mid changes sampled before it is known
  std::int64_t toxicity_bucket = 0;              ///< quantity of a bucket; 0 = measured, see below
  std::uint32_t toxicity_buckets = 50;           ///< buckets in the score
  std::int64_t calibration_ns = 60'000'000'000;  ///< measured: the volume of this time ...
  std::int64_t calibration_parts = 10;           ///< ... over this is the bucket
  std::int64_t follow_ns = 500'000'000;          ///< a quote joined within this was followed
  std::uint32_t follow_moves = 50;               ///< quotes in the follow rate
};

/// (share + rate) / 2 where share = (at_best - own) / (depth - own), 0 without other depth.
/// Quantities at 1e-9, follow rate in [0, 1]. Result in [0, 1].
[[nodiscard]] double crowding_score(std::int64_t at_best, std::int64_t depth, std::int64_t own,
                                    double follow_rate);
/// 1 - spread / median(history), kept in [-1, 1]; 0 if the median is 0. `sorted` ascending, not
/// empty; of an even number the median is the mean of the two in the middle.
[[nodiscard]] double spread_compression(std::int64_t spread, std::span<const std::int64_t> sorted);
/// To 1e-9, halves to even: what enters a record does not depend on the last bit of a division.
[[nodiscard]] double quantised(double value);

/// Features of one instrument from its book and trades. Definitions, all by core time:
///
/// - mid: (bid + ask) / 2. microprice: (bid x ask_qty + ask x bid_qty) / (bid_qty + ask_qty)
///   [Stoikov 2018, first order]. imbalance: (bid_qty - ask_qty) / (bid_qty + ask_qty).
///   spread_bps: (ask - bid) / mid x 1e4.
/// - Every sample_ns the spread and mid in force are sampled.
///   spread_compression: clamp(1 - spread / median of the last spread_samples samples, -1, 1).
///   volatility: sqrt(v / sample period in s), v the moving average of squared changes of the
///   sampled mid, weight max(1/n, 2/(N+1)) for the n-th change: a plain mean first, exponential
///   then. Price units per square root of a second.
/// - toxicity: VolumeBuckets::score. The textbook bucket is the day's volume / 50; a host that has
///   just started does not know it, so without `toxicity_bucket` the bucket is the volume of the
///   first calibration_ns after the first trade, over calibration_parts.
/// - crowding: crowding_score of both sides together: quantity at the two best prices, depth within
///   five ticks of them, the FollowRate of the market's quotes, own = 0.
/// - warm: 1 once toxicity, spread_compression and crowding are known.
///
/// A feature not yet defined has known = 0 and value 0; so have all but warm and toxicity while the
/// book is not usable or one-sided. Only + - x / and square roots of doubles: the same bits
/// everywhere. Values are quantised to 1e-9.
class FeatureTracker {
 public:
  FeatureTracker(const FeatureOptions& options, std::int64_t tick);

  void set_tick(std::int64_t tick) noexcept { tick_ = tick; }

  /// The top of the book is now this. `usable`: in sync and not crossed.
  void on_top(std::int64_t now, const Book& book, bool usable);
  /// A trade of an aggressor with that side.
  void on_trade(std::int64_t now, std::uint16_t side, std::int64_t quantity);
  /// Core time is `now`: takes the samples that are due.
  void advance(std::int64_t now) {
    if (now >= next_sample_ts_) take_samples(now);
  }

  [[nodiscard]] FeatureVector evaluate(std::int64_t now, const Book& book, bool usable) const;

  void save(base::ByteWriter& out) const;
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  void take_samples(std::int64_t now);
  void sample();
  void add_spread(std::int64_t spread);
  void add_still_samples(std::int64_t count);
  [[nodiscard]] std::vector<std::int64_t>::iterator place_of_spread(std::int64_t spread);
  void replace_sorted(std::int64_t oldest, std::int64_t spread);

  FeatureOptions options_;
  std::int64_t tick_;
  std::int64_t next_sample_ts_ = WRIT_NONE;  // none: nothing seen yet
  bool held_ = false;                        // mid and spread in force are known
  std::int64_t held_mid_ = 0;
  std::int64_t held_spread_ = 0;
  bool sampled_ = false;  // last_mid_ is the sample before
  std::int64_t last_mid_ = 0;
  std::uint64_t changes_ = 0;          // sampled, zero ones too
  double variance_ = 0;                // of one sample period, price units squared
  std::vector<std::int64_t> spreads_;  // ring of samples; spread_next_ is the oldest once full
  std::size_t spread_next_ = 0;
  std::vector<std::int64_t> sorted_spreads_;
  FollowRate follow_;
  std::optional<VolumeBuckets> buckets_;
  std::int64_t first_trade_ts_ = WRIT_NONE;
  std::int64_t calibration_volume_ = 0;
};

}  // namespace writ::market
