#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace writ::config {

/// Nanoseconds of a text such as `250ms` or `1.5s` (units ns us ms s m h d), exactly; nothing for
/// any other text, one finer than a nanosecond or past 292 years.
[[nodiscard]] std::optional<std::int64_t> parse_duration(std::string_view text);

/// The one text of a duration: a whole number in the largest unit that leaves one.
[[nodiscard]] std::string duration_text(std::int64_t ns);

}  // namespace writ::config
