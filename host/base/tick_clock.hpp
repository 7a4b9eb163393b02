#pragma once

#include "host/base/monotonic_clock.hpp"

#include <writ/int128.hpp>

#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace writ::base {

/// Measures short times by the processor's own counter, which is read in a fraction of the time a
/// clock is; where the counter's rate is not constant, by the monotonic clock. For measuring only:
/// the zero is anywhere. Any thread.
class TickClock {
 public:
  /// Finds the counter's rate, once in a process: the first takes a millisecond.
  TickClock();

  [[nodiscard]] std::uint64_t now() const noexcept {
#if defined(__x86_64__)
    if (counts_) return __rdtsc();
#elif defined(__aarch64__)
    std::uint64_t ticks = 0;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#endif
    return static_cast<std::uint64_t>(monotonic_ns());
  }
  /// ns of a difference of two readings; 0 of one that went back.
  [[nodiscard]] std::int64_t ns(std::uint64_t ticks) const noexcept {
    if (static_cast<std::int64_t>(ticks) < 0) return 0;
    return static_cast<std::int64_t>(UInt128{ticks} * rate_ >> kShift);
  }
  /// Whether it is the processor's counter.
  [[nodiscard]] bool counts() const noexcept { return counts_; }

 private:
  static constexpr unsigned kShift = 32;

  bool counts_;
  std::uint64_t rate_;  // ns a tick, times 2^kShift
};

}  // namespace writ::base
