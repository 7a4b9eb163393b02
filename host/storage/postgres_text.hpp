#pragma once

#include "host/base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// PostgreSQL's text forms: of values, of COPY, of errors.
namespace writ::storage {

/// What statements need to know of a column's type.
enum class PostgresType : std::uint8_t { kPlain, kBoolean, kBytes, kReal, kDecimal };

/// By the type's number in pg_type, which is fixed for the built-in ones.
[[nodiscard]] PostgresType postgres_type(std::uint32_t oid) noexcept;

/// The value as every backend spells it; `kept` holds the text where it is not the server's own.
[[nodiscard]] std::string_view value_text(PostgresType type, std::string_view text,
                                          std::string& kept);

/// BYTEA input: `\x` and two digits a byte.
[[nodiscard]] std::string bytes_text(std::string_view bytes);

/// Appends a text as a value of COPY's text form.
void append_copy_text(std::string& out, std::string_view value);

/// What kind of error an SQLSTATE is; kRejected where a row was refused for what it is.
[[nodiscard]] base::Errc errc_of_sqlstate(std::string_view sqlstate) noexcept;

/// The lines of a message joined by spaces, without `ERROR:` in front.
[[nodiscard]] std::string one_line(std::string_view message);

}  // namespace writ::storage
