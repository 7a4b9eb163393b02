#pragma once

#include "host/base/result.hpp"

#include <string>
#include <string_view>

namespace writ::storage {

/// A decimal without exponent, without zeros that say nothing; zero is `0`. Anything else comes
/// back as it is.
[[nodiscard]] std::string_view canonical_decimal(std::string_view text);

/// A JSON text in the canonical form of base::canonical_json, whichever way its numbers are
/// spelled: 1e2, 100 and 100.0 are one number. Errors: kInvalid for what is no JSON.
[[nodiscard]] base::Result<std::string> canonical_json_text(std::string_view text);

/// Appends a text as a JSON string, canonically; one that is no UTF-8 as {"bytes":"HEX"}.
void append_json_text(std::string& out, std::string_view text);

}  // namespace writ::storage
