#pragma once

#include "host/base/unique_fd.hpp"

#include <atomic>
#include <cstdint>

namespace writ::ops {

/// Wakes a thread that waits for time to pass: someone wants something. Several calls before the
/// thread looks are one.
class Attention {
 public:
  /// Throws base::Failure if the system has no descriptor left.
  Attention();

  /// [any thread, signal handler]
  void raise() noexcept;
  /// Waits up to `timeout_ns` (0 = only looks, negative = without end); true if it was raised,
  /// which ends it. A signal that arrives meanwhile may end the wait early.
  [[nodiscard]] bool wait(std::int64_t timeout_ns) noexcept;
  /// For who looks all the time, before wait(0): whether it may have been raised since the last
  /// wait. [the waiting thread]
  [[nodiscard]] bool is_raised() const noexcept { return raised_.load(std::memory_order_acquire); }
  /// For poll(): readable while raised.
  [[nodiscard]] int descriptor() const noexcept { return event_.get(); }

 private:
  base::UniqueFd event_;
  std::atomic<bool> raised_ = false;
};

}  // namespace writ::ops
