#pragma once

#include <writ/int128.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace writ::plugin {

/// How many calls there were, and how long those that were timed took. Real time: for people only,
/// nothing may be decided by it.
struct CallSummary {
  std::uint64_t calls = 0;
  std::int64_t total_ns = 0;  ///< of all calls, by the mean of those that were timed
  std::int64_t p50_ns = 0;
  std::int64_t p99_ns = 0;
  std::int64_t p999_ns = 0;
  std::int64_t max_ns = 0;
};

/// How long calls took, counted in classes an eighth of their power of two wide: a percentile is
/// told at most 12.5 % too high. One thread.
class CallTimes {
 public:
  /// A call that was timed.
  void add(std::int64_t ns) { period_.add(ns); }
  /// One that was not.
  void add_untimed() { period_.add_untimed(); }

  /// Of all calls.
  [[nodiscard]] CallSummary summary() const {
    Histogram all = before_;
    all.merge(period_);
    return all.summary();
  }
  /// Of the calls since the last time.
  [[nodiscard]] CallSummary take_period() {
    const auto summary = period_.summary();
    before_.merge(period_);
    period_ = {};
    return summary;
  }

 private:
  class Histogram {
   public:
    void add(std::int64_t ns) {
      const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0));
      ++counts_[class_of(time)];
      ++calls_;
      ++timed_;
      total_ += time;
      max_ = std::max(max_, time);
    }
    void add_untimed() { ++calls_; }
    void merge(const Histogram& other) {
      for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
      calls_ += other.calls_;
      timed_ += other.timed_;
      total_ += other.total_;
      max_ = std::max(max_, other.max_);
    }
    [[nodiscard]] CallSummary summary() const {
      return {calls_,          static_cast<std::int64_t>(total() & INT64_MAX),
              percentile(500), percentile(990),
              percentile(999), static_cast<std::int64_t>(max_)};
    }

   private:
    [[nodiscard]] std::uint64_t total() const {
      if (timed_ == 0) return 0;
      return static_cast<std::uint64_t>(UInt128{total_} * calls_ / timed_);
    }

    static constexpr unsigned kShift = 3;  // 8 classes a power of two
    static constexpr unsigned kEach = 1U << kShift;

    static std::size_t class_of(std::uint64_t time) {
      if (time < kEach) return static_cast<std::size_t>(time);
      const auto power = static_cast<unsigned>(std::bit_width(time)) - 1 - kShift;
      return (std::size_t{power} + 1) * kEach + ((time >> power) & (kEach - 1));
    }
    /// The longest time of a class.
    static std::uint64_t end_of(std::size_t index) {
      if (index < kEach) return index;
      const auto power = static_cast<unsigned>(index / kEach) - 1;
      return ((std::uint64_t{kEach} + index % kEach + 1) << power) - 1;
    }
    [[nodiscard]] std::int64_t percentile(std::uint64_t thousandths) const {
      const std::uint64_t below = (timed_ * thousandths + 999) / 1000;
      std::uint64_t seen = 0;
      for (std::size_t i = 0; i < counts_.size() && below != 0; ++i) {
        seen += counts_[i];
        if (seen >= below) return static_cast<std::int64_t>(std::min(end_of(i), max_));
      }
      return 0;
    }

    std::array<std::uint64_t, kEach*(64 - kShift + 1)> counts_{};
    std::uint64_t calls_ = 0;
    std::uint64_t timed_ = 0;
    std::uint64_t total_ = 0;  // of those that were timed
    std::uint64_t max_ = 0;
  };

  Histogram period_;  // since the last take_period
  Histogram before_;
};

}  // namespace writ::plugin
