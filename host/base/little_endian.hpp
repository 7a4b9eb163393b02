#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>

namespace writ::base {

/// Appends the bytes of an integer, least significant first, on any machine.
template <std::integral T>
void append_little_endian(std::string& out, T value) {
  auto rest = static_cast<std::make_unsigned_t<T>>(value);
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out += static_cast<char>(static_cast<unsigned char>(rest & 0xffU));
    if constexpr (sizeof(T) > 1) rest = static_cast<std::make_unsigned_t<T>>(rest >> 8U);
  }
}

}  // namespace writ::base
