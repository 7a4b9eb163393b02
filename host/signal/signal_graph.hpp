#pragma once

#include "host/base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace writ::signal {

/// `publisher`'s signal feeds `port` of `subscriber`; numbers are of instances and ports.
struct Wire {
  std::uint32_t subscriber;
  std::uint32_t port;
  std::uint32_t publisher;
  std::uint32_t signal;
};

/// The signal instances in an order in which every publisher comes before its subscribers; among
/// equals, as given. `instances` has no repeats. Errors: kInvalid with detail = an instance on a
/// cycle.
[[nodiscard]] base::Result<std::vector<std::uint32_t>> topological_order(
    const std::vector<std::uint32_t>& instances, const std::vector<Wire>& wires);

}  // namespace writ::signal
