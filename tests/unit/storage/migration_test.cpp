#include "host/storage/migration.hpp"

#include "host/base/input_error.hpp"
#include "tests/unit/storage/testing.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace writ::storage::test {
namespace {

std::string refusal(Database& database, const std::vector<MigrationFile>& files) {
  try {
    migrate(database, files);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "applied";
}

std::vector<MigrationFile> own_files() {
  const auto files = migrations_of(backend());
  return {files.begin(), files.end()};
}

TEST(Migration, AppliesEveryFileOnce) {
  const auto database = empty_database();
  const auto made = migrate(*database);
  EXPECT_EQ(made.size(), migrations_of(backend()).size());
  EXPECT_GT(made.size(), 10u);
  EXPECT_TRUE(migrate(*database).empty());
  EXPECT_EQ(row(*database,
                "SELECT count(*) FROM schema_migration WHERE dialect IN ('sqlite', 'postgres') "
                "AND status = 'APPLIED' AND length(sha256) = 64 AND applied_ts > 0"),
            std::to_string(made.size()));
  EXPECT_EQ(row(*database, "SELECT value FROM config_kv WHERE key = 'schema_version'"), "1");
}

TEST(Migration, StatusChangesNothing) {
  const auto database = empty_database();
  const auto status = migration_status(*database);
  EXPECT_TRUE(std::none_of(status.begin(), status.end(), [](const auto& m) { return m.applied; }));
  EXPECT_TRUE(database->table_names()->empty());
  migrate(*database);
  const auto after = migration_status(*database);
  EXPECT_TRUE(std::all_of(after.begin(), after.end(), [](const auto& m) { return m.applied; }));
}

TEST(Migration, RefusesAnEditedFileByName) {
  const auto database = fresh_database();
  auto files = own_files();
  const std::string edited = std::string(files[2].sql) + "\n";
  files[2].sql = edited;
  EXPECT_NE(refusal(*database, files).find(std::string(files[2].name) + " is not the one"),
            std::string::npos);
}

TEST(Migration, RefusesANewerDatabaseByName) {
  const auto database = empty_database();
  auto files = own_files();
  files.push_back({"9999_future.sql", "CREATE TABLE future (x INTEGER);"});
  migrate(*database, files);
  files.pop_back();
  EXPECT_NE(refusal(*database, files).find("newer than this program: migration 9999_future.sql"),
            std::string::npos);
  EXPECT_THROW(static_cast<void>(migration_status(*database)), base::InputError);
}

TEST(Migration, ChangesNothingWhenAFileFails) {
  const auto database = empty_database();
  auto files = own_files();
  files.push_back({"9999_broken.sql", "CREATE TABLE half (x INTEGER); CREATE TABLE oops ("});
  EXPECT_NE(refusal(*database, files).find("9999_broken.sql"), std::string::npos);
  EXPECT_TRUE(database->table_names()->empty());
  EXPECT_EQ(migrate(*database).size(), migrations_of(backend()).size());
}

TEST(Migration, AppliesWhatIsMissingToAnOlderDatabase) {
  const auto database = fresh_database();
  auto files = own_files();
  files.push_back({"9999_more.sql", "CREATE TABLE more (x INTEGER);"});
  const auto made = migrate(*database, files);
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(made[0].name, "9999_more.sql");
}

TEST(Migration, RefusesAForeignDatabase) {
  const auto database = empty_database();
  ASSERT_TRUE(database->execute("CREATE TABLE theirs (x INTEGER)"));
  EXPECT_NE(refusal(*database, own_files()).find("not a database of this program"),
            std::string::npos);
}

TEST(Database, RefusesWhatIsNoDatabase) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("writ_not_a_database_" + std::to_string(::getpid()));
  std::ofstream(path) << "this is a text file and certainly no database, whatever its name says\n";
  EXPECT_THROW(static_cast<void>(Database::open(path.string())), base::InputError);
  EXPECT_THROW(static_cast<void>(Database::open("sqlite:" + path.string())), base::InputError);
  std::filesystem::remove(path);
  EXPECT_THROW(static_cast<void>(Database::open("/nonexistent-folder/x.db")), base::InputError);
  EXPECT_THROW(static_cast<void>(Database::open("mysql://host/db")), base::InputError);
}

TEST(SqliteConnection, HasThePragmasOfTheSchema) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("writ_pragmas_" + std::to_string(::getpid()) + ".db");
  {
    const auto database = Database::open("sqlite:" + path.string());
    EXPECT_EQ(row(*database, "PRAGMA journal_mode"), "wal");
    EXPECT_EQ(row(*database, "PRAGMA synchronous"), "1");
    EXPECT_EQ(row(*database, "PRAGMA foreign_keys"), "1");
    EXPECT_EQ(row(*database, "PRAGMA recursive_triggers"), "1");
  }
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + suffix);
}

}  // namespace
}  // namespace writ::storage::test
