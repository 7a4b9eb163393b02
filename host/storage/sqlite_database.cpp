#include "host/storage/sqlite_database.hpp"

#include "host/base/input_error.hpp"

#include <sqlite3.h>

#include <map>
#include <utility>
#include <vector>

namespace writ::storage {
namespace {

constexpr int kBusyMs = 10'000;

base::Errc errc_of(int code) {
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      return base::Errc::kRejected;
    case SQLITE_FULL:
      return base::Errc::kDiskFull;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return base::Errc::kLocked;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return base::Errc::kCorrupt;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return base::Errc::kDenied;
    case SQLITE_CANTOPEN:
      return base::Errc::kNotFound;
    default:
      return base::Errc::kIo;
  }
}

// A negative detail is not an errno: the extended result code of SQLite, negated.
base::Error error_of(int code, const char* step) { return {errc_of(code), step, -code}; }

class SqliteStatement final : public Statement {
 public:
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}
  ~SqliteStatement() override { sqlite3_finalize(statement_); }
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  void bind_null(int parameter) override { sqlite3_bind_null(statement_, parameter); }
  void bind_integer(int parameter, std::int64_t value) override {
    sqlite3_bind_int64(statement_, parameter, value);
  }
  void bind_real(int parameter, double value) override {
    sqlite3_bind_double(statement_, parameter, value);
  }
  void bind_text(int parameter, std::string_view value) override {
    // A null pointer would bind NULL where an empty text is meant.
    const char* text = value.empty() ? "" : value.data();
    sqlite3_bind_text64(statement_, parameter, text, value.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  void bind_bytes(int parameter, std::span<const std::byte> value) override {
    if (value.empty()) {
      sqlite3_bind_zeroblob(statement_, parameter, 0);
    } else {
      sqlite3_bind_blob64(statement_, parameter, value.data(), value.size(), SQLITE_STATIC);
    }
  }

  base::Result<bool> step() override {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return error_of(code, "database statement");
  }
  void reset() override {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

  int column_count() const override { return sqlite3_column_count(statement_); }
  std::string column_name(int column) const override {
    return sqlite3_column_name(statement_, column);
  }
  bool is_null(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  std::int64_t integer(int column) const override {
    return sqlite3_column_int64(statement_, column);
  }
  double real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view text(int column) const override {
    if (sqlite3_column_type(statement_, column) == SQLITE_FLOAT) {
      // SQLite itself prints 15 digits, which do not read back to the same double.
      std::string& kept = reals_[column];
      return kept = real_text(real(column));
    }
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    if (sqlite3_column_type(statement_, column) != SQLITE_BLOB) {
      bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    }
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
  mutable std::map<int, std::string> reals_;  // by column, of the present row
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::string url, sqlite3* handle) : url_(std::move(url)), handle_(handle) {}
  ~SqliteDatabase() override { sqlite3_close_v2(handle_); }
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  Dialect dialect() const override { return Dialect::kSqlite; }
  const std::string& url() const override { return url_; }

  base::Result<std::unique_ptr<Statement>> prepare(std::string_view sql) override {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return error_of(code, "database prepare");
    return std::unique_ptr<Statement>(std::make_unique<SqliteStatement>(statement));
  }
  base::Result<void> execute(std::string_view script) override {
    const int code = sqlite3_exec(handle_, std::string(script).c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return error_of(code, "database execute");
    return {};
  }
  // IMMEDIATE: a transaction that begins as a reader cannot become a writer once another has
  // written.
  base::Result<void> begin() override { return execute("BEGIN IMMEDIATE"); }
  base::Result<void> commit() override { return execute("COMMIT"); }
  void rollback() override {
    if (sqlite3_get_autocommit(handle_) == 0) static_cast<void>(execute("ROLLBACK"));
  }
  std::int64_t changes() const override { return sqlite3_changes64(handle_); }
  std::string last_error() const override { return sqlite3_errmsg(handle_); }

  base::Result<std::vector<std::string>> table_names() override {
    auto names = prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "ORDER BY name");
    if (!names) return names.error();
    std::vector<std::string> tables;
    while (true) {
      const auto row = (*names)->step();
      if (!row) return row.error();
      if (!*row) return tables;
      tables.emplace_back((*names)->text(0));
    }
  }
  bool takes_copies() const noexcept override { return false; }
  base::Result<void> copy_in(std::string_view, std::string_view,
                             const std::function<bool(std::string&)>&) override {
    return base::Error(base::Errc::kUnsupported, "database copy");
  }
  base::Result<void> lock_schema() override { return {}; }  // begin() has locked the whole file
  void interrupt() noexcept override { sqlite3_interrupt(handle_); }

 private:
  std::string url_;
  sqlite3* handle_;
};

}  // namespace

std::unique_ptr<Database> open_sqlite(const std::string& url, const std::string& path) {
  if (path.empty()) throw base::InputError(url, "an SQLite database needs a path");
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  auto database = std::make_unique<SqliteDatabase>(url, handle);
  if (code != SQLITE_OK) throw base::InputError(url, "cannot open: " + database->last_error());
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyMs);
  auto configured = database->execute(
      "PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; PRAGMA journal_mode = WAL;"
      "PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY");
  if (!configured) throw base::InputError(url, database->last_error());
  return database;
}

}  // namespace writ::storage
