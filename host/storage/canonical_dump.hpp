#pragma once

#include "host/base/result.hpp"
#include "host/storage/database.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::storage {

/// Which part of a database.
struct DumpScope {
  std::string table;  ///< only this one, "" = all
  std::string run;    ///< only rows of the run with this id, "" = all
};

/// What a table amounts to.
struct TableHash {
  std::string table;
  std::uint64_t rows = 0;
  std::string sha256;  ///< over the lines of the table, 64 hexadecimal digits
};

/// Takes one line of the dump, its newline included.
using DumpLine = std::function<void(std::string_view)>;

/// The contents of a database in a form that depends neither on the dialect nor on the numbers a
/// database gave: docs/DATABASES.md. Each table is a line that names it and its columns, and
/// a line for each row. One state of the database, in a memory that does not grow with it.
/// Errors: the database's; kNotFound for a table that is not there; kInvalid for broken JSON.
[[nodiscard]] base::Result<std::vector<TableHash>> canonical_dump(Database& database,
                                                                  const DumpScope& scope,
                                                                  const DumpLine& line);

/// The hash of the whole: of a line `TABLE SHA256` for each table.
[[nodiscard]] std::string hash_of(const std::vector<TableHash>& tables);

/// The id of a run given by its id or number; "" if it is not in the database.
[[nodiscard]] base::Result<std::string> find_run_id(Database& database, std::string_view run);

/// What of a table is left out because it tells of the database and not of the runs: all of it
/// ("*"), or one column; nothing for most.
[[nodiscard]] std::vector<std::string_view> left_out_of_dump(std::string_view table);

}  // namespace writ::storage
