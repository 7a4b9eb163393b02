#pragma once

#include "host/storage/database.hpp"
#include "host/storage/migration_files.hpp"

#include <string>
#include <vector>

namespace writ::storage {

/// One migration as this program or the database knows it.
struct Migration {
  std::string name;
  std::string sha256;  ///< of the program's text; of the database's for one it does not know
  bool applied = false;
  std::int64_t applied_ts = 0;  ///< ns since 1970 UTC, 0 unless applied
};

/// Every migration in order, applied or not. Changes nothing.
/// Throws base::InputError naming the file: one that was edited after it was applied, one this
/// program does not know (the database is newer); or that this is no database of the host.
[[nodiscard]] std::vector<Migration> migration_status(Database& database);

/// Applies what is missing, all in one transaction, and says what was applied.
/// Programs that start together wait for each other. Throws as `migration_status`, or naming the
/// file the database refused: nothing is changed then; Unavailable if the connection is lost.
std::vector<Migration> migrate(Database& database);

/// The program's own files for this dialect.
[[nodiscard]] std::span<const MigrationFile> migrations_of(Dialect dialect);

/// The same with other files than the program's own.
[[nodiscard]] std::vector<Migration> migration_status(Database& database,
                                                      std::span<const MigrationFile> files);
std::vector<Migration> migrate(Database& database, std::span<const MigrationFile> files);

}  // namespace writ::storage
