#include "host/cli/db_arguments.hpp"

#include "host/base/input_error.hpp"
#include "host/cli/run_folders.hpp"
#include "host/config/config.hpp"
#include "host/storage/migration.hpp"

#include <algorithm>
#include <filesystem>

namespace writ::cli {

void add_database_options(Arguments& arguments) {
  add_run_options(arguments);
  arguments.option("db", "FILE|URL", "the database").plain(0, 1);
}

std::string url_of(const Arguments& arguments) {
  if (arguments.has("db")) return arguments.text("db");
  if (!arguments.words().empty()) return arguments.words()[0];
  if (const auto file = arguments.path("config")) {
    const auto url = config::load_config(*file).config.storage.url;
    if (!url.empty()) return url;
    throw base::InputError(file->string(), "the configuration has no storage.url");
  }
  throw base::InputError("", "which database? give --db FILE|URL or --config FILE");
}

std::unique_ptr<storage::Database> open_existing(const std::string& url) {
  const bool schemed = url.rfind("sqlite:", 0) == 0;
  const std::string file = schemed ? url.substr(7) : url;
  if ((schemed || url.find("://") == url.npos) && !std::filesystem::exists(file)) {
    throw base::InputError(file, "no such database");
  }
  return storage::Database::open(url);
}

std::unique_ptr<storage::Database> open_current(const std::string& url) {
  auto database = open_existing(url);
  const auto migrations = storage::migration_status(*database);
  const auto missing = std::count_if(migrations.begin(), migrations.end(),
                                     [](const auto& migration) { return !migration.applied; });
  if (missing > 0) {
    throw base::InputError(database->url(),
                           std::to_string(missing) + " migrations are missing: writ db migrate");
  }
  return database;
}

}  // namespace writ::cli
