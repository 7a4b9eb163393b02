#pragma once

#include <span>
#include <string>
#include <string_view>

namespace writ::base {

/// `, did you mean "x"?` with the known name nearest to a misspelt one; empty if none is near.
[[nodiscard]] std::string near_name(std::string_view wrong, std::span<const std::string> known);

}  // namespace writ::base
