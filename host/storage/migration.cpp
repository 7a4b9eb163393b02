#include "host/storage/migration.hpp"

#include "host/base/input_error.hpp"
#include "host/base/sha256.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace writ::storage {
namespace {

struct AppliedFile {
  std::string sha256;
  std::int64_t applied_ts = 0;
};

[[noreturn]] void fail(const Database& database, const std::string& what) {
  throw base::InputError(database.url(), what);
}

// A lost connection is no fault of the database's content.
[[noreturn]] void fail(const Database& database, const base::Error& error) {
  if (error.code() == base::Errc::kClosed || error.code() == base::Errc::kLocked) {
    throw Unavailable(database.url(), database.last_error());
  }
  fail(database, database.last_error());
}

std::unique_ptr<Statement> prepare(Database& database, std::string_view sql) {
  auto statement = database.prepare(sql);
  if (!statement) fail(database, statement.error());
  return std::move(*statement);
}

bool next(Database& database, Statement& statement) {
  auto row = statement.step();
  if (!row) fail(database, row.error());
  return *row;
}

// Nothing for a database that is empty; refuses one that is somebody else's.
std::map<std::string, AppliedFile> applied_files(Database& database) {
  const auto tables = database.table_names();
  if (!tables) fail(database, tables.error());
  if (tables->empty()) return {};
  if (std::find(tables->begin(), tables->end(), "schema_migration") == tables->end()) {
    fail(database, "holds tables but no schema_migration: not a database of this program");
  }

  std::map<std::string, AppliedFile> applied;
  const auto rows = prepare(database,
                            "SELECT filename, sha256, applied_ts FROM schema_migration "
                            "WHERE status = 'APPLIED' AND dialect = $1");
  rows->bind_text(1, to_string(database.dialect()));
  while (next(database, *rows)) {
    applied[std::string(rows->text(0))] = {std::string(rows->text(1)), rows->integer(2)};
  }
  return applied;
}

void record(Database& database, const Migration& migration) {
  const auto row = prepare(
      database,
      "INSERT INTO schema_migration (filename, dialect, sha256, applied_ts, status) "
      "VALUES ($1, $2, $3, $4, 'APPLIED') ON CONFLICT (filename, dialect) DO UPDATE SET "
      "sha256 = excluded.sha256, applied_ts = excluded.applied_ts, status = excluded.status");
  row->bind_text(1, migration.name);
  row->bind_text(2, to_string(database.dialect()));
  row->bind_text(3, migration.sha256);
  row->bind_integer(4, migration.applied_ts);
  next(database, *row);
}

std::int64_t now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace

std::vector<Migration> migration_status(Database& database, std::span<const MigrationFile> files) {
  auto applied = applied_files(database);
  std::vector<Migration> status;
  for (const MigrationFile& file : files) {
    Migration migration{std::string(file.name), base::sha256_hex(file.sql)};
    if (const auto found = applied.find(migration.name); found != applied.end()) {
      if (found->second.sha256 != migration.sha256) {
        fail(database, "migration " + migration.name + " is not the one that was applied (sha256 " +
                           found->second.sha256 + " there, " + migration.sha256 + " here)");
      }
      migration.applied = true;
      migration.applied_ts = found->second.applied_ts;
      applied.erase(found);
    }
    status.push_back(std::move(migration));
  }
  if (!applied.empty()) {
    fail(database,
         "is newer than this program: migration " + applied.rbegin()->first + " is unknown here");
  }
  return status;
}

std::vector<Migration> migrate(Database& database, std::span<const MigrationFile> files) {
  auto transaction = Transaction::begin(database);
  if (!transaction) fail(database, transaction.error());
  if (const auto locked = database.lock_schema(); !locked) fail(database, locked.error());
  const auto status = migration_status(database, files);
  std::vector<Migration> made;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (status[i].applied) continue;
    if (const auto done = database.execute(files[i].sql); !done) {
      if (done.error().code() == base::Errc::kClosed) fail(database, done.error());
      std::string why = "migration " + status[i].name + ": " + database.last_error();
      if (done.error().code() == base::Errc::kDenied) {
        why += "; let the owner of the database run `writ db migrate`";
      }
      fail(database, why);
    }
    made.push_back(status[i]);
  }
  // Recorded at the end: the table itself comes from one of the files.
  for (Migration& migration : made) {
    migration.applied = true;
    migration.applied_ts = now_ns();
    record(database, migration);
  }
  if (const auto committed = transaction->commit(); !committed) fail(database, committed.error());
  return made;
}

std::span<const MigrationFile> migrations_of(Dialect dialect) {
  return dialect == Dialect::kSqlite ? sqlite_migrations() : postgres_migrations();
}

std::vector<Migration> migration_status(Database& database) {
  return migration_status(database, migrations_of(database.dialect()));
}

std::vector<Migration> migrate(Database& database) {
  return migrate(database, migrations_of(database.dialect()));
}

}  // namespace writ::storage
