#pragma once

#include <time.h>

#include <cstdint>

namespace writ::base {

/// ns of a clock that never goes back; its zero is anywhere. Real time: nothing that is to be
/// repeated may be decided by it. Any thread.
[[nodiscard]] inline std::int64_t monotonic_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace writ::base
