#pragma once

#include "host/base/result.hpp"
#include "host/storage/database.hpp"
#include "host/storage/write_sql.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace writ::storage {

/// Rows of record tables on their way to a database: sent table by table, parents before children,
/// by COPY where the database takes it and else by one prepared statement a table. A change to a
/// row that is still here is made here. It knows no savepoints: what flush() cannot send as it is,
/// a row that is refused or a changed row that is not there, is kRejected as a whole, for the
/// caller to roll back and to write row by row.
class RowBatch {
 public:
  /// `database` outlives this.
  explicit RowBatch(Database& database) : database_(database) {}

  /// Whether such rows can wait: inserts into record tables, and changes by key of their rows.
  [[nodiscard]] static bool takes(const WriteSql& sql);

  /// A row begins; its values follow in order, then end().
  void begin(const WriteSql& sql);
  void null();
  void integer(std::int64_t value);
  void real(double value);
  void text(std::string_view value);
  void bytes(std::span<const std::byte> value);
  /// Rows this one adds or changes: 0 for one that `ON CONFLICT ... DO NOTHING` drops. Errors:
  /// kRejected, the schema might refuse it, and a later change would hide that.
  [[nodiscard]] base::Result<std::int64_t> end();

  [[nodiscard]] bool empty() const noexcept { return rows_ == 0; }
  /// Sends all, in the transaction that is open. Errors: kRejected as said above, the database's.
  [[nodiscard]] base::Result<void> flush();

 private:
  struct Cell {
    enum class Kind : std::uint8_t { kNull, kInteger, kReal, kText, kBytes };
    Kind kind = Kind::kNull;
    std::uint32_t size = 0;  // of a text or bytes, which begin at `begin` in the sheet's
    union {
      std::int64_t integer = 0;
      double real;
      std::size_t begin;
    };
  };
  // The waiting rows of one statement.
  struct Sheet {
    const WriteSql* sql = nullptr;
    std::vector<std::string_view> columns;
    std::vector<std::size_t> unique;  // columns of ON CONFLICT (...) DO NOTHING
    std::optional<std::size_t> key;   // the column that names a row to those who change it
    std::string bytes;
    std::vector<Cell> cells;  // row by row
    std::unordered_map<std::int64_t, std::size_t> row_of_key;
    std::unordered_set<std::string> taken;  // values of `unique`
    std::unique_ptr<Statement> one;         // these two made when rows first go by them
    std::unique_ptr<Statement> many;

    [[nodiscard]] std::size_t rows() const { return cells.size() / columns.size(); }
    [[nodiscard]] std::string_view text(const Cell& cell) const;
    void append_copy(std::string& line, const Cell& cell) const;
    void bind(Statement& to, int parameter, const Cell& cell) const;
    void clear();
  };

  Sheet& sheet_of(const WriteSql& sql);
  void add(Cell::Kind kind, std::string_view bytes);
  bool is_taken(std::size_t row);
  base::Result<std::int64_t> end_merge();
  Sheet* waiting(std::string_view table, std::int64_t key, std::size_t& row);
  void merge_into(Sheet& target, std::size_t row);
  base::Result<void> send(Sheet& sheet);
  base::Result<void> copy(const Sheet& sheet, std::string_view table, std::string_view columns);
  base::Result<void> update(const Sheet& sheet);
  base::Result<void> step_each(Sheet& sheet);
  base::Result<void> step(Sheet& sheet, std::unique_ptr<Statement>& statement, std::size_t row,
                          std::size_t rows);

  Database& database_;
  std::vector<std::unique_ptr<Sheet>> sheets_;
  std::unordered_map<const WriteSql*, Sheet*> by_sql_;
  Sheet* current_ = nullptr;
  std::size_t row_begin_ = 0;    // of the row being made, in current_->cells
  std::size_t bytes_begin_ = 0;  // and in current_->bytes
  std::size_t rows_ = 0;
};

}  // namespace writ::storage
