#pragma once

#include <string>
#include <string_view>

namespace writ::model {

/// Whether every reader takes it for text: valid UTF-8, without NUL.
[[nodiscard]] bool is_utf8_text(std::string_view text) noexcept;

/// The text, with U+FFFD for each byte that makes it none: foreign words may hold anything.
[[nodiscard]] std::string utf8_text(std::string_view text);

}  // namespace writ::model
