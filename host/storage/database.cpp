#include "host/storage/database.hpp"

#include "host/base/input_error.hpp"
#include "host/storage/postgres_database.hpp"
#include "host/storage/sqlite_database.hpp"

#include <utility>

namespace writ::storage {

std::string_view to_string(Dialect dialect) noexcept {
  return dialect == Dialect::kSqlite ? "sqlite" : "postgres";
}

std::unique_ptr<Database> Database::open(const std::string& url) {
  constexpr std::string_view kScheme = "sqlite:";
  if (url.rfind(kScheme, 0) == 0) return open_sqlite(url, url.substr(kScheme.size()));
  if (is_server_url(url)) return open_postgres(url);
  if (url.find("://") != std::string::npos) {
    throw base::InputError(url, "no database of this kind: use sqlite:PATH, a path or postgres://");
  }
  return open_sqlite(url, url);
}

bool is_server_url(std::string_view url) noexcept {
  return url.rfind("postgres://", 0) == 0 || url.rfind("postgresql://", 0) == 0;
}

base::Result<Transaction> Transaction::begin(Database& database) {
  if (auto begun = database.begin(); !begun) return begun.error();
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ != nullptr) database_->rollback();
}

base::Result<void> Transaction::commit() {
  auto committed = database_->commit();
  if (committed) database_ = nullptr;
  return committed;
}

base::Result<std::int64_t> query_integer(Database& database, std::string_view sql) {
  auto statement = database.prepare(sql);
  if (!statement) return statement.error();
  auto row = (*statement)->step();
  if (!row) return row.error();
  return *row ? (*statement)->integer(0) : 0;
}

}  // namespace writ::storage
