#include "host/plugin/utf8.hpp"

#include "host/model/utf8_text.hpp"

namespace writ::plugin {

std::size_t valid_utf8_prefix(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t size = model::utf8_character_size(text.substr(at));
    if (size == 0) break;
    at += size;
  }
  return at;
}

std::string one_line(std::string_view text, std::size_t size_max) {
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = model::utf8_character_size(text.substr(at));
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
