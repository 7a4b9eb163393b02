#pragma once

#include "host/base/result.hpp"
#include "host/storage/database.hpp"
#include "host/storage/row_batch.hpp"
#include "host/storage/write_sql.hpp"

#include <writ/abi/record.h>
#include <writ/int128.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace writ::storage {

/// Writes rows: begin(), one value for each column in order, write(). Through prepared statements,
/// or, after collect(), in bulk. Not thread-safe. Decimals are
/// written as canonical text and never pass through a double.
class RowWriter {
 public:
  /// Gets the database ready: begins the transaction.
  using Open = std::function<base::Result<void>()>;

  explicit RowWriter(Database& database)
      : database_(database), batch_(std::make_unique<RowBatch>(database)) {}

  /// From here on rows of record tables may wait until flush(), or until something else is written
  /// or read; before that `open` is called, and its error returned. A refusal, then or at once, is
  /// of no single row: the transaction must be rolled back, and this writer is not to be used
  /// again.
  void collect(Open open);
  [[nodiscard]] bool collects() const noexcept { return collects_; }
  [[nodiscard]] base::Result<void> flush();
  /// Exchanges the rows that wait for an empty batch of the same database.
  void exchange(std::unique_ptr<RowBatch>& batch) noexcept { batch_.swap(batch); }

  // What is written between save() and undo() is as if it never was. While rows are collected the
  // first two do nothing, and there is no undoing.
  [[nodiscard]] base::Result<void> save();
  [[nodiscard]] base::Result<void> release();
  [[nodiscard]] base::Result<void> undo();

  RowWriter& begin(const WriteSql& sql);
  RowWriter& null();
  RowWriter& integer(std::int64_t value);
  /// Two's complement of what an unsigned column holds.
  RowWriter& id(std::uint64_t value) { return integer(static_cast<std::int64_t>(value)); }
  RowWriter& boolean(bool value) { return integer(value ? 1 : 0); }
  RowWriter& real(double value);
  /// The bytes must stay where they are until write(). What is no UTF-8, or NUL, becomes U+FFFD:
  /// a backend would refuse it.
  RowWriter& text(std::string_view value);
  RowWriter& text_or_null(std::string_view value);  ///< null if empty
  RowWriter& bytes(std::span<const std::byte> value);
  /// value × 10^-scale, or the nearest that 38 digits with 18 decimals hold: no sum of money the
  /// host makes is past it, what an author or a foreign record says may be.
  RowWriter& decimal(Int128 value, int scale);
  RowWriter& money(writ_money value);
  /// A price, quantity or rate at 1e-9; WRIT_NONE is null.
  RowWriter& nano(std::int64_t value);
  /// The same, none is zero.
  RowWriter& nano_or_zero(std::int64_t value);
  /// A time; WRIT_NONE is null.
  RowWriter& time(std::int64_t ns);

  /// Runs it; the number of rows changed. Errors: kRejected, with table() and why() set; any other
  /// ends the transaction.
  [[nodiscard]] base::Result<std::int64_t> write();

  /// Of the last failed write().
  [[nodiscard]] std::string_view table() const noexcept { return table_; }
  [[nodiscard]] const std::string& why() const noexcept { return why_; }
  /// Reports a row that could not even be made.
  [[nodiscard]] base::Error refuse(std::string_view table, std::string why);

  /// Prepares a statement that reads; it sees what was written.
  [[nodiscard]] base::Result<std::unique_ptr<Statement>> query(std::string_view sql);

 private:
  struct Prepared {
    std::unique_ptr<Statement> statement;
    int parameters = 0;
  };
  Prepared* prepared(const WriteSql& sql);
  base::Result<void> open();
  base::Result<std::int64_t> execute();

  static constexpr std::size_t kDecimals = 32;  // at most so many in one row
  Database& database_;
  std::unique_ptr<RowBatch> batch_;
  Open open_;
  base::Result<void> opened_;
  bool collects_ = false;
  bool waits_ = false;  // the row being made goes to the batch
  std::unordered_map<const WriteSql*, Prepared> statements_;
  Prepared* current_ = nullptr;
  int next_ = 0;
  std::array<std::array<char, 48>, kDecimals> decimals_;  // texts of the row being made
  std::size_t decimal_count_ = 0;
  std::deque<std::string> cleaned_;  // texts of the row being made that had to be
  std::string table_;
  std::string why_;
};

/// Canonical decimal text of value × 10^-scale, written to the end of `buffer`: no exponent, no
/// trailing zeros, zero is `0`. scale is 0, 9 or 18.
[[nodiscard]] std::string_view decimal_text(std::array<char, 48>& buffer, Int128 value, int scale);

}  // namespace writ::storage
