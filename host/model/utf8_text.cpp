#include "host/model/utf8_text.hpp"

#include <cstdint>
#include <cstring>

namespace writ::model {

std::size_t utf8_character_size(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return continues(1, 0x80, 0xbf) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : 0xbf;
    return continues(1, low, high) && continues(2, 0x80, 0xbf) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
    return continues(1, low, high) && continues(2, 0x80, 0xbf) && continues(3, 0x80, 0xbf) ? 4 : 0;
  }
  return 0;
}

bool is_utf8_text(std::string_view text) noexcept {
  // Most of it is ASCII: eight bytes at a time, none of them 0 or above 0x7f.
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101U;
  std::uint64_t word = 0;
  for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
    std::memcpy(&word, text.data(), sizeof word);
    if (((word | (word - kOnes)) & (kOnes << 7U)) != 0) break;
  }
  while (!text.empty()) {
    const std::size_t length = text.front() == 0 ? 0 : utf8_character_size(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string utf8_text(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const std::size_t length = text.front() == 0 ? 0 : utf8_character_size(text);
    if (length == 0) clean += "\xef\xbf\xbd";
    clean += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return clean;
}

}  // namespace writ::model
