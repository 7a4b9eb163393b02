#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace writ::model {

/// Bytes of the character at the start of `text`, which is not empty; 0 if it is no valid UTF-8:
/// surrogates, overlong forms and what is past U+10FFFF are not.
[[nodiscard]] std::size_t utf8_character_size(std::string_view text) noexcept;

/// Whether every reader takes it for text: valid UTF-8, without NUL.
[[nodiscard]] bool is_utf8_text(std::string_view text) noexcept;

/// The text, with U+FFFD for each byte that makes it none: foreign words may hold anything.
[[nodiscard]] std::string utf8_text(std::string_view text);

}  // namespace writ::model
