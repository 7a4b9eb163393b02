#pragma once

#include "host/base/result.hpp"
#include "host/storage/database.hpp"
#include "host/storage/table_catalogue.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::storage {

/// A value of a row as every database means it.
struct Value {
  enum class Type : std::uint8_t { kNull, kInteger, kReal, kText, kBytes };
  Type type = Type::kNull;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text;  ///< of a text or bytes; decimals and JSON in their canonical spelling

  [[nodiscard]] bool null() const noexcept { return type == Type::kNull; }
};

/// One state of a database for several reads. Ends, without a trace, when destroyed.
class ReadSnapshot {
 public:
  [[nodiscard]] static base::Result<ReadSnapshot> begin(Database& database);
  ReadSnapshot(ReadSnapshot&& other) noexcept;
  ReadSnapshot& operator=(ReadSnapshot&&) = delete;
  ~ReadSnapshot();

 private:
  explicit ReadSnapshot(Database& database) : database_(&database) {}
  Database* database_;
};

/// What to read of a table, and how.
struct RowQuery {
  std::vector<std::string> columns;  ///< names, in this order
  std::string where;                 ///< SQL over `t.column`, "" = every row
  std::vector<std::string> order;    ///< names; by value, texts by bytes
  /// Where a column has the number of a row of a numbered table: what that row is, its natural key
  /// joined by `/`, instead of the number.
  bool numbers_as_names = false;
};

/// Reads rows one by one, in a memory that does not grow with the table, inside a transaction or
/// ReadSnapshot. The catalogue outlives it.
class TableRows {
 public:
  [[nodiscard]] static base::Result<TableRows> open(Database& database,
                                                    const TableCatalogue& catalogue,
                                                    const Table& table, const RowQuery& query);
  ~TableRows();
  TableRows(TableRows&&) noexcept;
  TableRows& operator=(TableRows&&) = delete;

  /// Moves to the next row, or past the last: false. Errors: the database's; kInvalid for a JSON
  /// column that holds none.
  [[nodiscard]] base::Result<bool> next();
  /// Of the row, in the order of RowQuery::columns; valid until next().
  [[nodiscard]] const std::vector<Value>& values() const noexcept;

 private:
  class Core;
  explicit TableRows(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

/// Binds a value that TableRows gave.
void bind(Statement& statement, int parameter, const Value& value);

}  // namespace writ::storage
