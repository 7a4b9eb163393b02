#pragma once

#include <writ/decimal.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace writ::base {

/// Nanoseconds of a text such as `250ms` or `1.5s` (units ns us ms s m h d), exactly. Errors:
/// kInexact: finer than a nanosecond; kRange: past 292 years; kSyntax: any other text.
[[nodiscard]] Parsed<std::int64_t> parse_duration(std::string_view text);

/// The one text of a duration: a whole number in the largest unit that leaves one.
[[nodiscard]] std::string duration_text(std::int64_t ns);

}  // namespace writ::base
