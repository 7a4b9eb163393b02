#include "host/cli/clock_pacer.hpp"

#include "host/base/monotonic_clock.hpp"

#include <time.h>

#include <algorithm>

namespace writ::cli {

std::int64_t wall_clock_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

bool ClockPacer::wait_until(std::int64_t ts) {
  const std::int64_t left = ts - wall_clock_ns();
  if (left <= 0) return true;
  // An order may wait for its record to reach the disk: the sequencer looks again soon.
  constexpr std::int64_t kSlice = 2'000'000;
  if (attention_.wait(std::min(left, kSlice))) return false;
  return left <= kSlice;
}

std::int64_t ClockPacer::stopwatch() { return base::monotonic_ns(); }

std::int64_t ClockPacer::stamp(std::int64_t ts) { return std::max(ts, wall_clock_ns()); }

}  // namespace writ::cli
