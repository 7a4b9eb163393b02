#pragma once

#include "host/model/catalogue.hpp"

#include <writ/money.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace writ::model {

// Reading one field by its description. `fixed` are the bytes its offset counts from; the kind has
// been looked at.

/// An unsigned field of 1, 2, 4 or 8 bytes.
[[nodiscard]] std::uint64_t unsigned_value(const Field& field, const std::byte* fixed) noexcept;
/// A signed field of 8 bytes.
[[nodiscard]] std::int64_t signed_value(const Field& field, const std::byte* fixed) noexcept;
[[nodiscard]] double double_value(const Field& field, const std::byte* fixed) noexcept;
/// kMoney, or the raw number of kByUnit.
[[nodiscard]] Money money_value(const Field& field, const std::byte* fixed) noexcept;
/// kText, up to its NUL. Lives as long as the record.
[[nodiscard]] std::string_view text_value(const Field& field, const std::byte* fixed) noexcept;
/// kByUnit as its unit says.
[[nodiscard]] std::string by_unit_text(const Field& field, const std::byte* fixed);

}  // namespace writ::model
