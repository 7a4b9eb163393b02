#pragma once

#include "host/base/result.hpp"

#include <writ/int128.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace writ::base {

/// One column of a table, seen from outside. The kind of the span is the column's type.
struct ColumnView {
  std::string_view name;
  std::variant<std::span<const std::int64_t>, std::span<const float>, std::span<const double>,
               std::span<const std::string_view>, std::span<const Int128>, std::span<const bool>>
      values;
  /// Row by row whether there is a value; empty if all rows have one. A null's value is ignored.
  std::span<const bool> valid = {};
};

/// Writes the table's canonical bytes in pieces: `SHDATA1\0`, u32 columns, u64 rows, then per
/// column in the given order u16 length and name, u8 type (1 i64, 2 f32, 3 f64, 4 utf8, 5 i128, 6
/// bool), u8 has-nulls, the validity bitmap if so (least significant bit first), and the values
/// little-endian; nulls are zero, -0.0 is +0.0, every NaN is the quiet one. Errors: kInvalid if
/// columns differ in length or a name or text is too long; nothing was written.
[[nodiscard]] Result<void> encode_data(std::span<const ColumnView> columns,
                                       const std::function<void(std::string_view)>& write);

/// SHA-256 of those bytes, in hexadecimal digits.
[[nodiscard]] Result<std::string> data_hash(std::span<const ColumnView> columns);

}  // namespace writ::base
