#include "host/storage/writer_lease.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace writ::storage {
namespace {

// Advisory locks of PostgreSQL have numbers for names; both are of this schema of this database.
constexpr std::string_view kTakeLease =
    "SELECT CASE WHEN pg_try_advisory_lock(1465010516, hashtext(current_schema())) "
    "THEN 1 ELSE 0 END";
constexpr std::string_view kGiveLease =
    "SELECT CASE WHEN pg_advisory_unlock(1465010516, hashtext(current_schema())) "
    "THEN 1 ELSE 0 END";
constexpr std::string_view kTakeTurn =
    "SELECT 1 FROM (SELECT pg_advisory_xact_lock(1465010517, hashtext(current_schema()))) l";

class ServerLease final : public WriterLease {
 public:
  explicit ServerLease(Database& database) : database_(database) {}
  ~ServerLease() override { static_cast<void>(query_integer(database_, kGiveLease)); }
  ServerLease(const ServerLease&) = delete;
  ServerLease& operator=(const ServerLease&) = delete;

 private:
  Database& database_;
};

// A file beside the database: a lock on the file itself would take SQLite's own away.
class FileLease final : public WriterLease {
 public:
  explicit FileLease(std::unique_ptr<journal::FileLock> lock) : lock_(std::move(lock)) {}

 private:
  std::unique_ptr<journal::FileLock> lock_;  // nullptr for a database in memory
};

base::Error taken() {
  return {base::Errc::kLocked, "another projection writes into this database"};
}

}  // namespace

base::Result<std::unique_ptr<WriterLease>> WriterLease::take(Database& database,
                                                             journal::Storage& files) {
  if (database.dialect() == Dialect::kPostgres) {
    const auto mine = query_integer(database, kTakeLease);
    if (!mine) return mine.error();
    if (*mine == 0) return taken();
    return std::unique_ptr<WriterLease>(std::make_unique<ServerLease>(database));
  }
  constexpr std::string_view kScheme = "sqlite:";
  std::string path = database.url();
  if (path.rfind(kScheme, 0) == 0) path.erase(0, kScheme.size());
  if (path == ":memory:") return std::unique_ptr<WriterLease>(std::make_unique<FileLease>(nullptr));
  auto lock = files.lock(path + "-projection");
  if (!lock) return lock.error().code() == base::Errc::kLocked ? taken() : lock.error();
  return std::unique_ptr<WriterLease>(std::make_unique<FileLease>(std::move(*lock)));
}

base::Result<Transaction> begin_alone(Database& database) {
  auto transaction = Transaction::begin(database);  // on SQLite this waits for other writers
  if (!transaction || database.dialect() == Dialect::kSqlite) return transaction;
  if (const auto turn = query_integer(database, kTakeTurn); !turn) return turn.error();
  return transaction;
}

}  // namespace writ::storage
