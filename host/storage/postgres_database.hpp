#pragma once

#include "host/storage/database.hpp"

#include <memory>
#include <string>

namespace writ::storage {

/// Connects to a PostgreSQL server. A lost connection stays lost: every later call says kClosed.
/// Results are read through cursors, inside a transaction begun for them if none is open; a refused
/// row is undone by a savepoint. Throws as Database::open.
/// The client library and the thirty it needs are loaded with the first server:
/// `libwrit_postgres.so`, beside the program's plugins.
[[nodiscard]] std::unique_ptr<Database> open_postgres(const std::string& url);

}  // namespace writ::storage

/// What that library offers: as open_postgres, the database the caller's.
extern "C" writ::storage::Database* writ_open_postgres(const std::string& url);
