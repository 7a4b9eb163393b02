#pragma once

#include "host/base/input_error.hpp"
#include "host/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::storage {

enum class Dialect : std::uint8_t { kSqlite, kPostgres };

/// The dialect as schema_migration spells it.
[[nodiscard]] std::string_view to_string(Dialect dialect) noexcept;

/// A database that may be there and right, but does not answer now: trying again can help.
class Unavailable : public base::InputError {
 public:
  using InputError::InputError;
};

/// One prepared statement. Parameters are written `$1, $2, ...` in order of first use and bound by
/// those numbers; columns count from 0 and are known after the first step(). Lives no longer than
/// its Database. Values are the same on every backend: a boolean is 0 or 1, a decimal is canonical
/// text (no exponent, no trailing zeros), NaN is null, bytes are raw.
class Statement {
 public:
  virtual ~Statement() = default;

  virtual void bind_null(int parameter) = 0;
  virtual void bind_integer(int parameter, std::int64_t value) = 0;
  virtual void bind_real(int parameter, double value) = 0;
  /// The bytes must stay where they are until the next reset().
  virtual void bind_text(int parameter, std::string_view value) = 0;
  virtual void bind_bytes(int parameter, std::span<const std::byte> value) = 0;

  /// Moves to the next row of the result: true, or past its end: false. A large result is never in
  /// memory as a whole.
  /// Errors: kRejected, a constraint or trigger of the schema refused the row, the transaction goes
  /// on; all others (kDiskFull, kLocked, kCorrupt, kIo) are about the database itself; kClosed, the
  /// connection is lost, and with it what was not committed.
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
/// One thread at a time, but for interrupt(); readers in other threads or processes take
/// connections of their own.
class Database {
 public:
  /// `sqlite:PATH` or a plain path (made if there is none), `:memory:` for one that dies with the
  /// connection; `postgres://` or `postgresql://` as libpq reads it (`?host=/folder` is a Unix
  /// socket), waiting 5 s unless it says `connect_timeout`.
  /// Throws base::InputError naming the URL without its password: not a database, no permission, a
  /// kind of URL this build cannot serve; Unavailable where the server does not answer.
  [[nodiscard]] static std::unique_ptr<Database> open(const std::string& url);
  virtual ~Database() = default;

  [[nodiscard]] virtual Dialect dialect() const = 0;
  /// As given to open() but without a password, for messages.
  [[nodiscard]] virtual const std::string& url() const = 0;

  [[nodiscard]] virtual base::Result<std::unique_ptr<Statement>> prepare(std::string_view sql) = 0;
  /// Runs statements separated by `;`, without results. After an error the transaction can only be
  /// rolled back, whole or to a savepoint.
  [[nodiscard]] virtual base::Result<void> execute(std::string_view script) = 0;
  /// Begins a transaction that may write.
  [[nodiscard]] virtual base::Result<void> begin() = 0;
  [[nodiscard]] virtual base::Result<void> commit() = 0;
  virtual void rollback() = 0;
  /// Rows changed by the last statement.
  [[nodiscard]] virtual std::int64_t changes() const = 0;
  /// What the database said of the last error, one line.
  [[nodiscard]] virtual std::string last_error() const = 0;

  /// The tables of the schema; none of the backend's own, no partition.
  [[nodiscard]] virtual base::Result<std::vector<std::string>> table_names() = 0;
  /// Whether copy_in is how many rows are best written.
  [[nodiscard]] virtual bool takes_copies() const noexcept = 0;
  /// Adds rows in bulk: `next` appends the next one to `line` in COPY's text form, without the end
  /// of line, or returns false. Errors: kRejected, a row was refused, and the transaction can only
  /// be rolled back; as Statement::step.
  [[nodiscard]] virtual base::Result<void> copy_in(
      std::string_view table, std::string_view columns,
      const std::function<bool(std::string& line)>& next) = 0;

  /// Until the transaction ends no other connection passes this.
  [[nodiscard]] virtual base::Result<void> lock_schema() = 0;

  /// Ends what another thread is waiting for in this database, which then fails; after it the
  /// connection may be of no use. [any thread]
  virtual void interrupt() noexcept = 0;
};

/// Whether `url` names a server, not a file.
[[nodiscard]] bool is_server_url(std::string_view url) noexcept;

/// The highest N of the parameters `$N` in a statement, 0 without any.
[[nodiscard]] int parameter_count(std::string_view sql) noexcept;

/// The shortest decimal text that reads back to the same double: how every backend spells one.
[[nodiscard]] std::string real_text(double value);
/// The same, at the end of `out`.
void append_real(std::string& out, double value);

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
