#pragma once

#include "host/base/random.hpp"

#include <cstdint>

namespace writ::venue::net {

struct BackoffOptions {
  std::int64_t first_ns = 250'000'000;
  std::int64_t longest_ns = 30'000'000'000;
  std::int64_t stable_ns = 10'000'000'000;  ///< a connection that held so long starts over
};

/// How long to wait before connecting again: doubling, of which a random half is taken off, so that
/// clients cut off together do not come back together.
class Backoff {
 public:
  Backoff(const BackoffOptions& options, std::uint64_t seed);

  /// Of the next attempt, after a connection that held for `held_ns` (0: none was made).
  [[nodiscard]] std::int64_t next_ns(std::int64_t held_ns) noexcept;

 private:
  BackoffOptions options_;
  base::RandomStream random_;
  std::int64_t step_ns_;
};

}  // namespace writ::venue::net
