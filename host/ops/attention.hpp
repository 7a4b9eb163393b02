#pragma once

#include "host/base/unique_fd.hpp"

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
  /// For poll(): readable while raised.
  [[nodiscard]] int descriptor() const noexcept { return event_.get(); }

 private:
  base::UniqueFd event_;
};

}  // namespace writ::ops
