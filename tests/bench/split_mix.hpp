#pragma once

#include <cstdint>

namespace writ::bench {

/// splitmix64 (Steele, Lea, Flood 2014): the random numbers of the benchmark data, integers only.
class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  /// 0 to n - 1.
  std::int64_t below(std::uint32_t n) {
    return static_cast<std::int64_t>(((next() >> 32U) * n) >> 32U);
  }

 private:
  std::uint64_t state_;
};

}  // namespace writ::bench
