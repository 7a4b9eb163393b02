#include "host/venue/net/backoff.hpp"

#include "host/base/assert.hpp"

#include <algorithm>

namespace writ::venue::net {

Backoff::Backoff(const BackoffOptions& options, std::uint64_t seed)
    : options_(options), random_(seed, "reconnect"), step_ns_(options.first_ns) {
  WRIT_ASSERT(options.first_ns > 0 && options.first_ns <= options.longest_ns);
}

std::int64_t Backoff::next_ns(std::int64_t held_ns) noexcept {
  if (held_ns >= options_.stable_ns) step_ns_ = options_.first_ns;
  const std::int64_t step = step_ns_;
  step_ns_ = step > options_.longest_ns / 2 ? options_.longest_ns : step * 2;
  return step - static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(step / 2) + 1));
}

}  // namespace writ::venue::net
