#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace writ::plugin {

/// Length of the valid UTF-8 at the start of `text`: all of it, or up to the first bad byte.
/// Surrogates, overlong forms and what is past U+10FFFF are bad.
[[nodiscard]] std::size_t valid_utf8_prefix(std::string_view text) noexcept;

[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept {
  return valid_utf8_prefix(text) == text.size();
}

/// `text` as one printable line of at most `size_max` bytes: control characters become spaces, bad
/// bytes `?`; cut between characters.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t size_max);

}  // namespace writ::plugin
