#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace writ::storage {

/// What a value does to its column of a row that is there already.
enum class Merge : std::uint8_t {
  kKey,             ///< nothing: it says which row
  kSet,             ///< replaces it
  kSetUnlessNull,   ///< replaces it, null leaves it
  kSetUnlessEmpty,  ///< replaces it, "" leaves it
  kSetOnce,         ///< replaces null only
};

struct MergeColumn {
  std::string_view column;
  Merge how;
};

/// A statement that writes, as a constant of the program: its address names the prepared form.
struct WriteSql {
  std::string_view table;    ///< for messages and projection_reject
  std::string_view columns;  ///< of an insert, separated by commas; empty: no insert
  std::string_view text;     ///< the statement, or what follows VALUES (...) of an insert
  /// Of a change to one row, the columns in the order of the values, one of them kKey; then
  /// `columns` and `text` are empty.
  std::span<const MergeColumn> merge = {};
};

/// The statement with its parameters $1, $2, ...; an insert may be of several rows at once.
[[nodiscard]] std::string statement_text(const WriteSql& sql, std::size_t rows = 1);

/// The SET list and WHERE clause of `sql.merge`, where the values are spelled `$1`, `$2`, ... or,
/// if `from` is given, from.column.
[[nodiscard]] std::string merge_text(const WriteSql& sql, std::string_view from = {});

}  // namespace writ::storage
