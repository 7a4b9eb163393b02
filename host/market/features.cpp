#include "host/market/features.hpp"

#include "host/base/assert.hpp"

#include <writ/int128.hpp>
#include <writ/tick.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace writ::market {
namespace {

constexpr double kNano = 1e9;

double units(std::int64_t raw) noexcept { return static_cast<double>(raw) / kNano; }

// writ::midpoint without a 128-bit division where the sum fits.
std::int64_t mid_of(std::int64_t bid, std::int64_t ask) noexcept {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(bid, ask, &sum)) {
    return midpoint(Price{bid}, Price{ask}, Rounding::kHalfEven).raw;
  }
  const std::int64_t below = sum >> 1;
  return below + (sum & below & 1);
}

// Quantity within five ticks of the best price of one side, the best included.
Int128 depth_near_top(const Book& book, Side side, std::int64_t tick) {
  Int128 sum = 0;
  std::int64_t best = 0;
  int visited = 0;
  std::int64_t end = 0;  // the first price too far away
  const writ_level* top = book.best(side);
  const bool fits = top != nullptr && tick > 0 && tick <= Price::max().raw / 5 &&
                    !(side == Side::kBid ? __builtin_sub_overflow(top->price, 5 * tick, &end)
                                         : __builtin_add_overflow(top->price, 5 * tick, &end));
  if (fits) {
    book.for_each(side, [&](const writ_level& level) {
      const bool near = side == Side::kBid ? level.price > end : level.price < end;
      if (near) sum += level.quantity;
      return near;
    });
    return sum;
  }
  book.for_each(side, [&](const writ_level& level) {
    if (visited++ == 0) best = level.price;
    const Int128 away = Int128{best} - level.price;
    // Without a tick, the first five levels.
    const bool near = tick > 0 ? (away < 0 ? -away : away) < Int128{5} * tick : visited <= 5;
    if (near) sum += level.quantity;
    return near;
  });
  return sum;
}

/// Of one sampled change in the variance.
double least_weight(const FeatureOptions& options) {
  return 2.0 / (static_cast<double>(options.volatility_samples) + 1.0);
}

double crowding(Int128 at_best, Int128 depth, Int128 own, double follow_rate) {
  const Int128 others = depth - own;
  const double share = others > 0 && at_best > own
                           ? static_cast<double>(at_best - own) / static_cast<double>(others)
                           : 0.0;
  return (share + follow_rate) / 2;
}

std::int64_t next_multiple(std::int64_t now, std::int64_t period) noexcept {
  const std::int64_t rest = ((now % period) + period) % period;
  return now - rest + period;
}

}  // namespace

double crowding_score(std::int64_t at_best, std::int64_t depth, std::int64_t own,
                      double follow_rate) {
  return crowding(at_best, depth, own, follow_rate);
}

double spread_compression(std::int64_t spread, std::span<const std::int64_t> sorted) {
  WRIT_ASSERT(!sorted.empty());
  const std::size_t middle = sorted.size() / 2;
  const double median = sorted.size() % 2 == 1
                            ? static_cast<double>(sorted[middle])
                            : static_cast<double>(Int128{sorted[middle - 1]} + sorted[middle]) / 2;
  if (median == 0) return 0;
  return std::clamp(1 - static_cast<double>(spread) / median, -1.0, 1.0);
}

double quantised(double value) {
  const double scaled = value * kNano;
  // Below 2^51 a sum with 1.5 x 2^52 has no room for a fraction: it is rounded, halves to even.
  // Past that there is little of 1e-9 left to round.
  constexpr double kNoFraction = 6755399441055744.0;
  if (!(std::fabs(scaled) < 2251799813685248.0)) return value;
  return (scaled + kNoFraction - kNoFraction) / kNano + 0.0;  // never -0
}

FeatureTracker::FeatureTracker(const FeatureOptions& options, std::int64_t tick)
    : options_(options), tick_(tick), follow_(options.follow_ns, options.follow_moves) {
  WRIT_ASSERT(options.sample_ns > 0 && options.spread_samples > 0 && options.toxicity_buckets > 0 &&
              options.volatility_samples > 0 && options.calibration_parts > 0);
  if (options.toxicity_bucket > 0) {
    buckets_.emplace(options.toxicity_bucket, options.toxicity_buckets);
  }
}

void FeatureTracker::on_top(std::int64_t now, const Book& book, bool usable) {
  advance(now);
  if (!usable) {
    held_ = false;
    follow_.interrupt();
    return;
  }
  const writ_level* bid = book.best(Side::kBid);
  const writ_level* ask = book.best(Side::kAsk);
  follow_.on_best(Side::kBid, now, bid);
  follow_.on_best(Side::kAsk, now, ask);
  held_ = bid != nullptr && ask != nullptr;
  if (!held_) return;
  held_mid_ = mid_of(bid->price, ask->price);
  const Int128 spread = Int128{ask->price} - bid->price;
  held_spread_ = static_cast<std::int64_t>(std::min<Int128>(spread, Price::max().raw));
}

void FeatureTracker::on_trade(std::int64_t now, std::uint16_t side, std::int64_t quantity) {
  advance(now);
  if (quantity <= 0 || side == WRIT_SIDE_NONE) return;
  if (!buckets_) {
    if (first_trade_ts_ == WRIT_NONE) first_trade_ts_ = now;
    if (now - first_trade_ts_ < options_.calibration_ns) {
      std::int64_t sum = 0;
      const bool fits = !__builtin_add_overflow(calibration_volume_, quantity, &sum);
      calibration_volume_ = fits ? sum : Price::max().raw;
      return;
    }
    buckets_.emplace(std::max<std::int64_t>(calibration_volume_ / options_.calibration_parts, 1),
                     options_.toxicity_buckets);
  }
  buckets_->add(side, quantity);
}

void FeatureTracker::take_samples(std::int64_t now) {
  if (next_sample_ts_ == WRIT_NONE) {
    next_sample_ts_ = next_multiple(now, options_.sample_ns);
    return;
  }
  // After a long silence one window of equal samples says it all.
  const std::int64_t due = (now - next_sample_ts_) / options_.sample_ns + 1;
  const std::int64_t taken = std::min<std::int64_t>(
      due, std::max(options_.spread_samples, options_.volatility_samples) + 1);
  sample();
  if (held_) add_still_samples(taken - 1);
  next_sample_ts_ += due * options_.sample_ns;
}

// Samples in which nothing moved. They weigh less each, down to the least.
void FeatureTracker::add_still_samples(std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) add_spread(held_spread_);
  const double least = least_weight(options_);
  double weight = 1;
  double variance = variance_;
  for (std::int64_t i = 0; i < count; ++i) {
    ++changes_;
    if (weight != least) weight = std::max(1.0 / static_cast<double>(changes_), least);
    variance += weight * (0.0 - variance);
  }
  variance_ = variance;
}

void FeatureTracker::sample() {
  if (!held_) {
    sampled_ = false;
    return;
  }
  add_spread(held_spread_);
  if (sampled_) {
    const double change = static_cast<double>(Int128{held_mid_} - last_mid_) / kNano;
    ++changes_;
    const double weight = std::max(1.0 / static_cast<double>(changes_), least_weight(options_));
    variance_ += weight * (change * change - variance_);
  }
  sampled_ = true;
  last_mid_ = held_mid_;
}

void FeatureTracker::add_spread(std::int64_t spread) {
  if (spreads_.size() < options_.spread_samples) {
    spreads_.push_back(spread);
    sorted_spreads_.insert(place_of_spread(spread), spread);
    return;
  }
  const std::int64_t oldest = std::exchange(spreads_[spread_next_], spread);
  if (++spread_next_ == spreads_.size()) spread_next_ = 0;
  if (oldest != spread) replace_sorted(oldest, spread);
}

std::vector<std::int64_t>::iterator FeatureTracker::place_of_spread(std::int64_t spread) {
  return std::lower_bound(sorted_spreads_.begin(), sorted_spreads_.end(), spread);
}

void FeatureTracker::replace_sorted(std::int64_t oldest, std::int64_t spread) {
  // Only what lies between the one that goes and the one that comes moves: mostly nothing.
  const auto gone = place_of_spread(oldest);
  const auto come = place_of_spread(spread);
  if (oldest < spread) {
    std::move(gone + 1, come, gone);
    *(come - 1) = spread;
  } else {
    std::move_backward(come, gone, gone + 1);
    *come = spread;
  }
}

FeatureVector FeatureTracker::evaluate(std::int64_t now, const Book& book, bool usable) const {
  FeatureVector features{};
  for (std::uint32_t i = 0; i < features.size(); ++i) features[i].feature = i;
  const auto know = [&features](std::uint32_t feature, double value) {
    features[feature].value = quantised(value);
    features[feature].known = 1;
  };

  if (buckets_) {
    if (const auto score = buckets_->score()) know(WRIT_FEATURE_TOXICITY, *score);
  }
  const auto follow_rate = follow_.share(now);
  const bool spread_known =
      !sorted_spreads_.empty() && sorted_spreads_.size() >= options_.spread_warm;
  const writ_level* bid = usable ? book.best(Side::kBid) : nullptr;
  const writ_level* ask = usable ? book.best(Side::kAsk) : nullptr;
  if (bid != nullptr && ask != nullptr) {
    const double bid_quantity = units(bid->quantity);
    const double ask_quantity = units(ask->quantity);
    const double total = bid_quantity + ask_quantity;
    const Int128 spread = Int128{ask->price} - bid->price;
    const double mid = units(mid_of(bid->price, ask->price));
    know(WRIT_FEATURE_MID, mid);
    know(WRIT_FEATURE_MICROPRICE,
         (units(bid->price) * ask_quantity + units(ask->price) * bid_quantity) / total);
    know(WRIT_FEATURE_IMBALANCE, (bid_quantity - ask_quantity) / total);
    if (mid > 0) {
      know(WRIT_FEATURE_SPREAD_BPS, static_cast<double>(spread) / kNano / mid * 1e4);
    }
    if (changes_ >= options_.volatility_warm) {
      know(WRIT_FEATURE_VOLATILITY, std::sqrt(variance_ / units(options_.sample_ns)));
    }
    if (spread_known) {
      know(WRIT_FEATURE_SPREAD_COMPRESSION,
           spread_compression(static_cast<std::int64_t>(std::min<Int128>(spread, Price::max().raw)),
                              sorted_spreads_));
    }
    if (follow_rate) {
      const Int128 depth =
          depth_near_top(book, Side::kBid, tick_) + depth_near_top(book, Side::kAsk, tick_);
      know(WRIT_FEATURE_CROWDING,
           crowding(Int128{bid->quantity} + ask->quantity, depth, 0, *follow_rate));
    }
  }
  const bool warm =
      features[WRIT_FEATURE_TOXICITY].known != 0 && spread_known && follow_rate.has_value();
  know(WRIT_FEATURE_WARM, warm ? 1 : 0);
  return features;
}

void FeatureTracker::save(base::ByteWriter& out) const {
  out.put(next_sample_ts_);
  out.put(static_cast<std::uint8_t>(held_));
  out.put(held_mid_);
  out.put(held_spread_);
  out.put(static_cast<std::uint8_t>(sampled_));
  out.put(last_mid_);
  out.put(changes_);
  out.put_double(variance_);
  out.put(static_cast<std::uint64_t>(spreads_.size()));
  const auto spreads = std::span<const std::int64_t>(spreads_);  // oldest first
  out.put_all(spreads.subspan(spread_next_));
  out.put_all(spreads.first(spread_next_));
  follow_.save(out);
  out.put(first_trade_ts_);
  out.put(calibration_volume_);
  out.put(static_cast<std::uint8_t>(buckets_.has_value()));
  if (buckets_) buckets_->save(out);
}

base::Result<void> FeatureTracker::load(base::ByteReader& in) {
  const base::Error corrupt(base::Errc::kCorrupt, "saved features");
  next_sample_ts_ = in.get<std::int64_t>();
  held_ = in.get<std::uint8_t>() != 0;
  held_mid_ = in.get<std::int64_t>();
  held_spread_ = in.get<std::int64_t>();
  sampled_ = in.get<std::uint8_t>() != 0;
  last_mid_ = in.get<std::int64_t>();
  changes_ = in.get<std::uint64_t>();
  variance_ = in.get_double();
  const auto spreads = in.get<std::uint64_t>();
  spreads_.clear();
  sorted_spreads_.clear();
  spread_next_ = 0;
  if (!in.ok() || !(variance_ >= 0) || spreads > options_.spread_samples) return corrupt;
  for (std::uint64_t i = 0; i < spreads && in.ok(); ++i) add_spread(in.get<std::int64_t>());
  if (const auto loaded = follow_.load(in); !loaded) return loaded;
  first_trade_ts_ = in.get<std::int64_t>();
  calibration_volume_ = in.get<std::int64_t>();
  buckets_.reset();
  if (in.get<std::uint8_t>() != 0) {
    buckets_.emplace(1, options_.toxicity_buckets);
    if (const auto loaded = buckets_->load(in); !loaded) return loaded;
  }
  if (!in.ok()) return corrupt;
  return {};
}

}  // namespace writ::market
