#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace writ::base {

/// `YYYY-MM-DD`, or with ` HH:MM:SS` or `THH:MM:SS` behind it, and behind that perhaps `.mmm` and
/// `Z`: UTC as ns since 1970; nothing for anything else or a year before 1970 or after 2261.
[[nodiscard]] std::optional<std::int64_t> calendar_time(std::string_view text) noexcept;

}  // namespace writ::base
