#pragma once

#include "host/storage/database.hpp"

#include <memory>
#include <string>

namespace writ::storage {

/// Connects to a PostgreSQL server. A lost connection stays lost: every later call says kClosed.
/// Results are read through cursors, inside a transaction begun for them if none is open; a refused
/// row is undone by a savepoint. Throws as Database::open.
[[nodiscard]] std::unique_ptr<Database> open_postgres(const std::string& url);

}  // namespace writ::storage
