#pragma once

#include "host/base/random.hpp"

#include <cstddef>
#include <vector>

namespace writ::test {

/// Returns that depend on the one before, so that a bootstrap draws blocks.
[[nodiscard]] inline std::vector<double> related_returns(std::size_t count) {
  base::RandomStream random(5, "returns");
  std::vector<double> returns;
  double last = 0;
  for (std::size_t i = 0; i < count; ++i) {
    last = 0.4 * last + 0.02 * (random.next_f64() - 0.48);
    returns.push_back(last);
  }
  return returns;
}

}  // namespace writ::test
