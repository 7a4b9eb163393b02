#pragma once

#include "host/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace writ::storage {

enum class Dialect : std::uint8_t { kSqlite, kPostgres };

/// The dialect as schema_migration spells it.
[[nodiscard]] std::string_view to_string(Dialect dialect) noexcept;

/// One prepared statement. Parameters are written `$1, $2, ...` in order of first use and bound by
/// those numbers; columns count from 0. Lives no longer than its Database.
class Statement {
 public:
  virtual ~Statement() = default;

  virtual void bind_null(int parameter) = 0;
  virtual void bind_integer(int parameter, std::int64_t value) = 0;
  virtual void bind_real(int parameter, double value) = 0;
  /// The bytes must stay where they are until the next reset().
  virtual void bind_text(int parameter, std::string_view value) = 0;
  virtual void bind_bytes(int parameter, std::span<const std::byte> value) = 0;

  /// Moves to the next row of the result: true, or past its end: false.
  /// Errors: kRejected, a constraint or trigger of the schema refused the row, the transaction goes
  /// on; all others (kDiskFull, kLocked, kCorrupt, kIo) are about the database itself.
  [[nodiscard]] virtual base::Result<bool> step() = 0;
  /// Ready to be bound and stepped again; every parameter is null.
  virtual void reset() = 0;

  [[nodiscard]] virtual int column_count() const = 0;
  [[nodiscard]] virtual std::string column_name(int column) const = 0;
  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  [[nodiscard]] virtual double real(int column) const = 0;
  /// Valid until the next step() or reset(). Any value as text, null as "".
  [[nodiscard]] virtual std::string_view text(int column) const = 0;
};

/// One connection to a database that holds, or is to hold, the schema of schemas/.
/// One thread at a time; readers in other threads or processes take connections of their own.
class Database {
 public:
  /// `sqlite:PATH` or a plain path (made if there is none), `:memory:` for one that dies with the
  /// connection. Throws base::InputError naming the URL: not a database, no permission, a kind of
  /// URL this build cannot serve.
  [[nodiscard]] static std::unique_ptr<Database> open(const std::string& url);
  virtual ~Database() = default;

  [[nodiscard]] virtual Dialect dialect() const = 0;
  /// As given to open(), for messages.
  [[nodiscard]] virtual const std::string& url() const = 0;

  [[nodiscard]] virtual base::Result<std::unique_ptr<Statement>> prepare(std::string_view sql) = 0;
  /// Runs statements separated by `;`, without results.
  [[nodiscard]] virtual base::Result<void> execute(std::string_view script) = 0;
  /// Begins a transaction that may write.
  [[nodiscard]] virtual base::Result<void> begin() = 0;
  [[nodiscard]] virtual base::Result<void> commit() = 0;
  virtual void rollback() = 0;
  /// Rows changed by the last statement.
  [[nodiscard]] virtual std::int64_t changes() const = 0;
  /// What the database said of the last error, one line.
  [[nodiscard]] virtual std::string last_error() const = 0;
};

/// A transaction that is rolled back unless committed.
class Transaction {
 public:
  [[nodiscard]] static base::Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  [[nodiscard]] base::Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;  // nullptr once ended
};

/// The first column of the first row as an integer; 0 without a row or on null.
[[nodiscard]] base::Result<std::int64_t> query_integer(Database& database, std::string_view sql);

}  // namespace writ::storage
