#include "host/plugin/utf8.hpp"

namespace writ::plugin {
namespace {

/// Bytes of the character at the start of `text`, 0 if it is not valid.
std::size_t character_size(std::string_view text) noexcept {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned lead = byte(0);
  if (lead < 0x80U) return 1;
  const std::size_t size = lead >= 0xf0U ? 4 : lead >= 0xe0U ? 3 : 2;
  if (lead < 0xc2U || lead > 0xf4U || text.size() < size) return 0;
  for (std::size_t at = 1; at < size; ++at) {
    if ((byte(at) & 0xc0U) != 0x80U) return 0;
  }
  const unsigned second = byte(1);
  if (lead == 0xe0U && second < 0xa0U) return 0;  // overlong
  if (lead == 0xedU && second > 0x9fU) return 0;  // surrogates
  if (lead == 0xf0U && second < 0x90U) return 0;  // overlong
  if (lead == 0xf4U && second > 0x8fU) return 0;  // past U+10FFFF
  return size;
}

}  // namespace

std::size_t valid_utf8_prefix(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t size = character_size(text.substr(at));
    if (size == 0) break;
    at += size;
  }
  return at;
}

std::string one_line(std::string_view text, std::size_t size_max) {
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_size(text.substr(at));
    if (line.size() + (size == 0 ? 1 : size) > size_max) break;
    const auto lead = static_cast<unsigned char>(text[at]);
    if (size == 0) {
      line += '?';
    } else if (lead < 0x20U || lead == 0x7fU) {
      line += ' ';
    } else {
      line += text.substr(at, size);
    }
    at += size == 0 ? 1 : size;
  }
  return line;
}

}  // namespace writ::plugin
