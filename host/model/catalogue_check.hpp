#pragma once

#include "host/base/result.hpp"

#include <cstdint>
#include <map>
#include <string_view>

namespace writ::model {

/// Types that a foreign catalogue has and this build does not, with the size of their fixed part:
/// such records can be passed on, not looked into.
using ForeignTypes = std::map<std::uint16_t, std::uint32_t>;

/// Compares the catalogue of a journal with this build's. A released record never changes, so every
/// type both know must be the same in number, name, size and fields. Errors: kUnsupported if one
/// differs (detail: its type), kCorrupt if the text is no catalogue.
[[nodiscard]] base::Result<ForeignTypes> check_catalogue(std::string_view json);

}  // namespace writ::model
