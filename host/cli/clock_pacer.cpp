#include "host/cli/clock_pacer.hpp"

#include "host/base/monotonic_clock.hpp"
#include "host/sandbox/doorbell.hpp"

#include <time.h>

#include <algorithm>

namespace writ::cli {

std::int64_t wall_clock_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

bool ClockPacer::wait_until(std::int64_t ts) {
  if (wait_ == config::HostWait::kSpin) return spin_until(ts);
  const std::int64_t left = ts - wall_clock_ns();
  if (left <= 0) return true;
  // Nobody wakes the sequencer for what a plugin beside the core wants: it looks again soon.
  constexpr std::int64_t kSlice = 2'000'000;
  if (attention_.wait(std::min(left, kSlice))) return false;
  return left <= kSlice;
}

bool ClockPacer::spin_until(std::int64_t ts) {
  constexpr std::int64_t kSlice = 10'000;  // as above
  const std::int64_t begun = wall_clock_ns();
  for (std::int64_t now = begun; now < ts; now = wall_clock_ns()) {
    if (attention_.is_raised()) {
      static_cast<void>(attention_.wait(0));
      return false;
    }
    if (now - begun >= kSlice) return false;
    sandbox::pause_processor();
  }
  return true;
}

std::int64_t ClockPacer::stopwatch() { return base::monotonic_ns(); }

std::int64_t ClockPacer::stamp(std::int64_t ts) { return std::max(ts, wall_clock_ns()); }

}  // namespace writ::cli
