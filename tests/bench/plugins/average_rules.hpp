#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace writ::bench {

/// An exponential average of prices, weight 0.01.
struct PriceAverage {
  double value = 0;
  std::uint64_t count = 0;

  void add(double price) { value = count++ == 0 ? price : value + 0.01 * (price - value); }
};

/// The average of 20 closes against that of 100.
struct AverageCross {
  static constexpr std::size_t kFast = 20;
  static constexpr std::size_t kSlow = 100;

  std::array<std::int64_t, kSlow> closes{};
  std::size_t count = 0;
  std::int64_t fast_sum = 0;
  std::int64_t slow_sum = 0;
  int side = 0;  ///< +1 the fast one is above, -1 below, 0 not known yet

  /// Whether the averages have crossed with this close.
  bool add(std::int64_t close) {
    const std::size_t at = count % kSlow;
    slow_sum += close - closes[at];
    fast_sum += close - (count >= kFast ? closes[(count - kFast) % kSlow] : 0);
    closes[at] = close;
    if (++count < kSlow) return false;
    constexpr std::int64_t kRatio = kSlow / kFast;
    const int now = fast_sum * kRatio > slow_sum ? 1 : fast_sum * kRatio < slow_sum ? -1 : side;
    const bool crossed = now != side;
    side = now;
    return crossed;
  }
};

}  // namespace writ::bench
