#pragma once

#include <writ/int128.hpp>

#include <string>

namespace writ::test {

/// In decimal, as the raw number it is.
[[nodiscard]] inline std::string text(Int128 value) {
  if (value == 0) return "0";
  std::string digits;
  for (Int128 left = value < 0 ? -value : value; left != 0; left /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(left % 10)));
  }
  return (value < 0 ? "-" : "") + digits;
}

}  // namespace writ::test
