#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace writ::test {

/// How many random cases to run: the stated number, or WRIT_SCALE (a factor) of it, at least 1.
[[nodiscard]] inline std::size_t scaled(std::size_t cases) {
  const char* scale = std::getenv("WRIT_SCALE");
  if (scale == nullptr) return cases;
  return std::max<std::size_t>(
      1, static_cast<std::size_t>(static_cast<double>(cases) * std::atof(scale)));
}

}  // namespace writ::test
