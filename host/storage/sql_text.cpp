#include "host/storage/database.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace writ::storage {

int parameter_count(std::string_view text) noexcept {
  int highest = 0;
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    int number = 0;
    for (std::size_t i = at + 1; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
      number = number * 10 + (text[i] - '0');
    }
    highest = std::max(highest, number);
  }
  return highest;
}

std::string real_text(double value) {
  std::string text;
  append_real(text, value);
  return text;
}

void append_real(std::string& out, double value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

}  // namespace writ::storage
