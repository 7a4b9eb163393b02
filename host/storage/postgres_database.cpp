#include "host/storage/postgres_database.hpp"

#include "host/base/unique_fd.hpp"
#include "host/storage/postgres_text.hpp"
#include "host/storage/postgres_url.hpp"

#include <pqxx/connection>
#include <pqxx/errorhandler>
#include <pqxx/except>
#include <pqxx/nontransaction>
#include <pqxx/prepared_statement>
#include <pqxx/result>
#include <pqxx/stream_to>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace writ::storage {
namespace {

struct Parameter {
  std::string text;
  bool null = true;
};

// Whole rows as COPY's text form spells them.
struct CopyLine {
  const std::string* text;
};

}  // namespace
}  // namespace writ::storage

namespace pqxx {

// Parameters of one statement have many types; as text the server makes of each what it needs.
template <>
struct string_traits<writ::storage::Parameter> {
  static constexpr const char* name() noexcept { return "parameter"; }
  static constexpr bool has_null() noexcept { return true; }
  static bool is_null(const writ::storage::Parameter& value) { return value.null; }
  static std::string to_string(const writ::storage::Parameter& value) { return value.text; }
};

// The library would make and escape a string for each value; a row is escaped as it is collected.
template <>
inline std::string internal::TypedCopyEscaper::operator()(
    const writ::storage::CopyLine* line) const {
  return *line->text;
}

}  // namespace pqxx

namespace writ::storage {
namespace {

constexpr int kFetchRows = 500;
constexpr std::size_t kCopyBytes = 32 * 1024;
constexpr std::size_t kPreparedMax = 256;
constexpr int kServerVersionMin = 140000;  // CREATE OR REPLACE TRIGGER
constexpr std::string_view kSettings =
    "SET client_encoding = 'UTF8'; SET client_min_messages = warning; SET bytea_output = hex; "
    "SET extra_float_digits = 1; SET standard_conforming_strings = on; SET timezone = 'UTC'";

// What its statements and the database itself share: the connection and where its transaction is.
class Session {
 public:
  explicit Session(const std::string& url)
      : url_(parse_postgres_url(url)), connection_(connect(url_)), quiet_(connection_) {
    // The library would reconnect by itself, in the middle of a transaction that is lost.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection_->inhibit_reactivation(true);
#pragma GCC diagnostic pop
    socket_ = base::UniqueFd(::dup(connection_->sock()));
    connection_->set_verbosity(pqxx::connection_base::terse);  // one line, no data of other rows
    work_.emplace(*connection_);
    if (connection_->server_version() < kServerVersionMin) {
      throw base::InputError(url_.shown, "needs PostgreSQL 14 or later");
    }
    if (!run("database settings", kSettings)) throw Unavailable(url_.shown, last_error_);
  }

  const std::string& url() const { return url_.shown; }
  const std::string& last_error() const { return last_error_; }
  std::int64_t changes() const { return changes_; }
  bool in_transaction() const { return transaction_ != Transaction::kNone; }
  std::uint64_t transactions() const { return transactions_; }
  void interrupt() const noexcept { ::shutdown(socket_.get(), SHUT_RDWR); }

  base::Result<pqxx::result> run(const char* step, std::string_view sql) {
    return call(step, [&] { return work_->exec(std::string(sql)); });
  }
  base::Result<pqxx::result> run(const char* step, const std::string& sql,
                                 const std::vector<Parameter>& parameters) {
    return call(step, [&] {
      return work_->exec_params(sql, pqxx::prepare::make_dynamic_params(parameters));
    });
  }
  base::Result<pqxx::result> run_write(const std::string& name, const std::string& sql,
                                       const std::vector<Parameter>& parameters) {
    return call("database statement", [&] {
      const auto values = pqxx::prepare::make_dynamic_params(parameters);
      auto made =
          name.empty() ? work_->exec_params(sql, values) : work_->exec_prepared(name, values);
      changes_ = static_cast<std::int64_t>(made.affected_rows());
      return made;
    });
  }

  // The name the server knows `sql` by; "" when it knows enough of them.
  base::Result<std::string> prepare(const std::string& sql) {
    if (const auto found = prepared_.find(sql); found != prepared_.end()) return found->second;
    if (prepared_.size() >= kPreparedMax) return std::string();
    std::string name = "writ_" + std::to_string(prepared_.size());
    const auto made = call("database prepare", [&] {
      connection_->prepare(name, sql);
      try {
        connection_->prepare_now(name);
      } catch (...) {
        connection_->unprepare(name);
        throw;
      }
      return pqxx::result();
    });
    if (!made) return made.error();
    return prepared_.emplace(sql, std::move(name)).first->second;
  }

  base::Result<void> begin() {
    if (transaction_ == Transaction::kOwn) return refused("a transaction is open");
    if (transaction_ == Transaction::kNone) {
      if (auto begun = run("database begin", "BEGIN"); !begun) return begun.error();
      ++transactions_;
    }
    transaction_ = Transaction::kOwn;
    return {};
  }
  base::Result<void> commit() {
    // The server would answer COMMIT of a failed transaction with ROLLBACK, which is no error.
    if (failed_ || transaction_ != Transaction::kOwn) {
      rollback();
      return refused("no transaction that could be committed");
    }
    return end("COMMIT");
  }
  void rollback() {
    if (in_transaction()) static_cast<void>(end("ROLLBACK"));
  }

  // A cursor needs a transaction: the one that is open, or one that ends with the last cursor.
  base::Result<std::string> open_cursor() {
    if (transaction_ == Transaction::kNone) {
      if (auto begun = run("database begin", "BEGIN"); !begun) return begun.error();
      transaction_ = Transaction::kForCursors;
      ++transactions_;
    }
    ++cursors_;
    return "writ_cursor_" + std::to_string(++cursor_names_);
  }
  void close_cursor(const std::string& name) {
    if (!failed_) static_cast<void>(run("database close", "CLOSE " + name));
    if (--cursors_ > 0 || transaction_ != Transaction::kForCursors) return;
    static_cast<void>(end(failed_ ? "ROLLBACK" : "COMMIT"));
  }

  base::Error refused(const char* why) {
    last_error_ = why;
    return {base::Errc::kState, "database transaction"};
  }
  base::Error rejected(const char* why) {
    last_error_ = why;
    return {base::Errc::kRejected, "database statement"};
  }

  template <class Call>
  base::Result<pqxx::result> call(const char* step, Call call) {
    failed_ = in_transaction();
    try {
      pqxx::result made = call();
      failed_ = false;
      return made;
    } catch (const pqxx::sql_error& error) {
      return error_of(error, errc_of_sqlstate(error.sqlstate()), step);
    } catch (const pqxx::transaction_rollback& error) {
      return error_of(error, base::Errc::kLocked, step);
    } catch (const pqxx::broken_connection& error) {
      return error_of(error, base::Errc::kClosed, step);
    } catch (const std::exception& error) {
      return error_of(error, base::Errc::kIo, step);
    }
  }

  pqxx::nontransaction& work() { return *work_; }

 private:
  enum class Transaction : std::uint8_t { kNone, kOwn, kForCursors };

  static std::unique_ptr<pqxx::connection> connect(const PostgresUrl& url) {
    try {
      return std::make_unique<pqxx::connection>(url.connection);
    } catch (const pqxx::broken_connection& error) {
      const std::string why = url.hidden(error.what());
      if (may_answer_later(why)) throw Unavailable(url.shown, "cannot connect: " + why);
      throw base::InputError(url.shown, "cannot connect: " + why);
    } catch (const std::exception& error) {
      throw base::InputError(url.shown, "cannot connect: " + url.hidden(error.what()));
    }
  }

  // libpq tells a URL it cannot read, a server that is not there and one that says no by the text.
  static bool may_answer_later(const std::string& why) {
    const auto says = [&why](const char* text) { return why.find(text) != std::string::npos; };
    if (says("FATAL:")) {
      return says("starting up") || says("shutting down") || says("recovery") || says("too many") ||
             says("remaining connection slots") || says("not yet accepting");
    }
    return says("connection to server") || says("could not translate host name") ||
           says("timeout expired");
  }

  base::Error error_of(const std::exception& error, base::Errc code, const char* step) {
    last_error_ = url_.hidden(error.what());
    if (!connection_->is_open()) code = base::Errc::kClosed;
    return {code, step};
  }

  base::Result<void> end(std::string_view how) {
    transaction_ = Transaction::kNone;
    cursors_ = 0;
    auto ended = run("database transaction", how);
    if (!ended) return ended.error();
    return {};
  }

  // Keeps the library from printing what it also throws.
  class Quiet {
   public:
    explicit Quiet(const std::unique_ptr<pqxx::connection>& connection) : handler_(*connection) {}

   private:
    pqxx::quiet_errorhandler handler_;
  };

  PostgresUrl url_;
  std::unique_ptr<pqxx::connection> connection_;
  Quiet quiet_;
  std::optional<pqxx::nontransaction> work_;  // the library's word for "I say BEGIN myself"
  base::UniqueFd socket_;                     // a second descriptor: the library may close its own
  std::map<std::string, std::string> prepared_;
  Transaction transaction_ = Transaction::kNone;
  bool failed_ = false;  // the open transaction can only be rolled back
  int cursors_ = 0;
  std::uint64_t cursor_names_ = 0;
  std::uint64_t transactions_ = 0;
  std::int64_t changes_ = 0;
  std::string last_error_;
};

// The rows of a result or of a part of it.
class ResultStatement : public Statement {
 public:
  ResultStatement(Session& session, std::string_view sql)
      : session_(session), parameters_(static_cast<std::size_t>(parameter_count(sql))) {}

  void bind_null(int parameter) override { at(parameter) = {}; }
  void bind_integer(int parameter, std::int64_t value) override {
    at(parameter) = {std::to_string(value), false};
  }
  void bind_real(int parameter, double value) override {
    at(parameter) = {value == value ? real_text(value) : std::string(), value != value};
  }
  void bind_text(int parameter, std::string_view value) override {
    if (value.find('\0') != std::string_view::npos) unstorable_ = true;
    at(parameter) = {std::string(value), false};
  }
  void bind_bytes(int parameter, std::span<const std::byte> value) override {
    const auto* bytes = reinterpret_cast<const char*>(value.data());
    at(parameter) = {bytes_text({bytes, value.size()}), false};
  }

  int column_count() const override { return static_cast<int>(rows_.columns()); }
  std::string column_name(int column) const override { return rows_.column_name(column); }
  bool is_null(int column) const override { return field(column).is_null(); }
  std::int64_t integer(int column) const override {
    const std::string_view value = text(column);
    std::int64_t number = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
    if (read.ec == std::errc() && read.ptr != value.data() + value.size()) {
      return static_cast<std::int64_t>(real(column));
    }
    return number;
  }
  double real(int column) const override { return std::strtod(field(column).c_str(), nullptr); }
  std::string_view text(int column) const override {
    const auto value = field(column);
    if (value.is_null()) return {};
    const auto index = static_cast<std::size_t>(column);
    return value_text(types_[index], {value.c_str(), value.size()}, kept_[index]);
  }

 protected:
  Parameter& at(int parameter) { return parameters_.at(static_cast<std::size_t>(parameter - 1)); }
  void take(pqxx::result rows) {
    rows_ = std::move(rows);
    row_ = -1;
    const auto columns = static_cast<std::size_t>(rows_.columns());
    if (types_.size() == columns) return;
    kept_.assign(columns, {});
    types_.clear();
    for (std::size_t i = 0; i < columns; ++i) {
      types_.push_back(postgres_type(rows_.column_type(static_cast<int>(i))));
    }
  }
  bool next_row() { return ++row_ < static_cast<int>(rows_.size()); }
  void clear() {
    rows_ = {};
    parameters_.assign(parameters_.size(), {});
    unstorable_ = false;
  }
  // A text cannot hold a zero byte here, wherever it came from.
  bool is_unstorable() const { return unstorable_; }

  Session& session_;
  std::vector<Parameter> parameters_;
  pqxx::result rows_;

 private:
  pqxx::field field(int column) const { return rows_[row_][column]; }

  int row_ = -1;
  bool unstorable_ = false;
  std::vector<PostgresType> types_;
  mutable std::vector<std::string> kept_;  // by column, of the present row
};

std::string_view first_word(std::string_view sql) {
  sql.remove_prefix(std::min(sql.find_first_not_of(" \n"), sql.size()));
  return sql.substr(0, sql.find_first_of(" \n"));
}

bool is_read(std::string_view sql) {
  const std::string_view word = first_word(sql);
  return word == "SELECT" || word == "WITH" || word == "VALUES";
}

constexpr const char* kZeroByte = "a text holds a zero byte";

class ReadStatement final : public ResultStatement {
 public:
  ReadStatement(Session& session, std::string sql)
      : ResultStatement(session, sql), sql_(std::move(sql)) {}
  ~ReadStatement() override { close(); }
  ReadStatement(const ReadStatement&) = delete;
  ReadStatement& operator=(const ReadStatement&) = delete;

  base::Result<bool> step() override {
    if (!begun_) {
      if (is_unstorable()) return session_.rejected(kZeroByte);
      if (auto opened = open(); !opened) return opened.error();
    }
    if (next_row()) return true;
    if (cursor_.empty()) return false;
    if (transaction_ != session_.transactions() || !session_.in_transaction()) {
      return session_.refused("the transaction of this result has ended");
    }
    if (auto fetched = fetch(); !fetched) return fetched.error();
    return next_row();
  }
  void reset() override {
    close();
    clear();
    begun_ = false;
  }

 private:
  base::Result<void> open() {
    begun_ = true;
    auto name = session_.open_cursor();
    if (!name) return name.error();
    cursor_ = std::move(*name);
    transaction_ = session_.transactions();
    const auto declared = session_.run(
        "database statement", "DECLARE " + cursor_ + " NO SCROLL CURSOR FOR " + sql_, parameters_);
    if (!declared) {
      close();
      return declared.error();
    }
    return fetch();
  }
  base::Result<void> fetch() {
    auto rows = session_.run("database statement",
                             "FETCH " + std::to_string(kFetchRows) + " FROM " + cursor_);
    if (!rows) {
      close();
      return rows.error();
    }
    take(std::move(*rows));
    if (rows_.size() < kFetchRows) close();
    return {};
  }
  void close() {
    if (cursor_.empty()) return;
    if (transaction_ == session_.transactions() && session_.in_transaction()) {
      session_.close_cursor(cursor_);
    }
    cursor_.clear();
  }

  std::string sql_;
  std::string cursor_;  // "" once all rows are here
  std::uint64_t transaction_ = 0;
  bool begun_ = false;
};

class WriteStatement final : public ResultStatement {
 public:
  WriteStatement(Session& session, std::string name, std::string sql)
      : ResultStatement(session, sql),
        name_(std::move(name)),
        sql_(std::move(sql)),
        changes_rows_(first_word(sql_) != "SAVEPOINT" && first_word(sql_) != "RELEASE") {}

  base::Result<bool> step() override {
    if (done_) return next_row();
    if (is_unstorable()) return session_.rejected(kZeroByte);
    const bool guarded = changes_rows_ && session_.in_transaction();
    if (guarded) {
      if (auto saved = session_.run("database savepoint", "SAVEPOINT writ_row"); !saved) {
        return saved.error();
      }
    }
    auto made = session_.run_write(name_, sql_, parameters_);
    if (!made) {
      if (guarded && made.error().code() == base::Errc::kRejected) undo();
      return made.error();
    }
    if (guarded) {
      if (auto kept = session_.run("database savepoint", "RELEASE writ_row"); !kept) {
        return kept.error();
      }
    }
    done_ = true;
    take(std::move(*made));
    return next_row();
  }
  void reset() override {
    clear();
    done_ = false;
  }

 private:
  void undo() {
    const std::string_view sql = "ROLLBACK TO writ_row; RELEASE writ_row";
    static_cast<void>(session_.run("database savepoint", sql));
  }

  std::string name_;  // "" if the server has not prepared it
  std::string sql_;
  bool changes_rows_;
  bool done_ = false;
};

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(const std::string& url) : session_(url) {}

  Dialect dialect() const override { return Dialect::kPostgres; }
  const std::string& url() const override { return session_.url(); }

  base::Result<std::unique_ptr<Statement>> prepare(std::string_view sql) override {
    std::string text(sql);
    if (is_read(sql)) {
      return std::unique_ptr<Statement>(std::make_unique<ReadStatement>(session_, std::move(text)));
    }
    auto name = session_.prepare(text);
    if (!name) return name.error();
    return std::unique_ptr<Statement>(
        std::make_unique<WriteStatement>(session_, std::move(*name), std::move(text)));
  }
  base::Result<void> execute(std::string_view script) override {
    auto done = session_.run("database execute", script);
    if (!done) return done.error();
    return {};
  }
  base::Result<void> begin() override { return session_.begin(); }
  base::Result<void> commit() override { return session_.commit(); }
  void rollback() override { session_.rollback(); }
  std::int64_t changes() const override { return session_.changes(); }
  std::string last_error() const override { return session_.last_error(); }

  base::Result<std::vector<std::string>> table_names() override {
    auto names = prepare(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
        "AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname COLLATE \"C\"");
    if (!names) return names.error();
    std::vector<std::string> tables;
    while (true) {
      const auto row = (*names)->step();
      if (!row) return row.error();
      if (!*row) return tables;
      tables.emplace_back((*names)->text(0));
    }
  }
  bool takes_copies() const noexcept override { return true; }
  base::Result<void> copy_in(std::string_view table, std::string_view columns,
                             const std::function<bool(std::string&)>& next) override {
    const auto copied = session_.call("database copy", [&] {
      const std::array<std::string, 1> list = {std::string(columns)};
      pqxx::stream_to stream(session_.work(), std::string(table), list);
      std::string lines;  // many a message: each costs both sides more than a row's bytes
      while (next(lines)) {
        if (lines.size() < kCopyBytes) {
          lines += '\n';
          continue;
        }
        stream << std::make_tuple(CopyLine{&lines});
        lines.clear();
      }
      if (!lines.empty()) {
        lines.pop_back();  // the library ends the last line itself
        stream << std::make_tuple(CopyLine{&lines});
      }
      stream.complete();
      return pqxx::result();
    });
    if (!copied) return copied.error();
    return {};
  }
  base::Result<void> lock_schema() override {
    constexpr std::int64_t kKey = 0x77726974;  // "writ"
    return execute("SELECT pg_advisory_xact_lock(" + std::to_string(kKey) + ")");
  }
  void interrupt() noexcept override { session_.interrupt(); }

 private:
  Session session_;
};

}  // namespace

}  // namespace writ::storage

extern "C" __attribute__((visibility("default"))) writ::storage::Database* writ_open_postgres(
    const std::string& url) {
  return std::make_unique<writ::storage::PostgresDatabase>(url).release();
}
