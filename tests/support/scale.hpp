#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace writ::test {

/// A count of random cases scaled by WRIT_SCALE (a factor, default 1), at least 1.
[[nodiscard]] inline std::size_t scaled(std::size_t count) {
  const char* text = std::getenv("WRIT_SCALE");
  const double factor = text == nullptr ? 1 : std::strtod(text, nullptr);
  return std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(count) * factor));
}

}  // namespace writ::test
