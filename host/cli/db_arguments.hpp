#pragma once

#include "host/cli/arguments.hpp"
#include "host/storage/database.hpp"

#include <memory>
#include <string>

namespace writ::cli {

/// Declares what says which database and which journal: `--db`, a plain word, `--config`,
/// `--journal`.
void add_database_options(Arguments& arguments);

/// The database of --db, of the plain word, or of the configuration. Throws base::InputError.
[[nodiscard]] std::string url_of(const Arguments& arguments);

/// Opens a database that must be there: opening would make an empty one. Throws base::InputError.
[[nodiscard]] std::unique_ptr<storage::Database> open_existing(const std::string& url);

/// The same, and its schema must be this program's.
[[nodiscard]] std::unique_ptr<storage::Database> open_current(const std::string& url);

}  // namespace writ::cli
