#pragma once

#include "host/storage/database.hpp"

#include <memory>
#include <string>

namespace writ::storage::test {

/// What the suite runs on: PostgreSQL where WRIT_POSTGRES names a server, else SQLite.
[[nodiscard]] Dialect backend();

/// What is spelled differently: the first on SQLite, the second on PostgreSQL.
[[nodiscard]] inline const char* on_sqlite(const char* here, const char* elsewhere) {
  return backend() == Dialect::kSqlite ? here : elsewhere;
}

/// The URL of a database of the running test called `name`; the same name, the same database. On
/// PostgreSQL it is made empty at the first call and dropped with the test; `folder` is for SQLite.
[[nodiscard]] std::string database_url(const std::string& folder, const std::string& name);

/// A database without a schema that nobody else has; it dies with the test.
[[nodiscard]] std::unique_ptr<Database> empty_database();
/// The same, migrated.
[[nodiscard]] std::unique_ptr<Database> fresh_database();

/// Lets this connection spoil what triggers and foreign keys protect.
void drop_guards(Database& database);

}  // namespace writ::storage::test
