#pragma once

#include "host/base/result.hpp"
#include "host/storage/database.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace writ::storage {

/// What a column holds, whichever type a dialect gives it.
enum class ColumnKind : std::uint8_t { kInteger, kBoolean, kReal, kDecimal, kText, kJson, kBytes };

struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::kText;
  bool generated = false;  ///< computed by the database from the others

  friend bool operator==(const Column&, const Column&) = default;
};

struct ForeignKey {
  std::vector<std::string> columns;
  std::string table;
  std::vector<std::string> references;
};

/// One table as the database itself describes it; views and partitions are no tables.
struct Table {
  std::string name;
  std::vector<Column> columns;           ///< by name
  std::vector<std::string> key;          ///< the primary key's, in its order
  std::vector<std::string> natural_key;  ///< of a numbered table, else empty
  std::vector<ForeignKey> foreign_keys;  ///< by their columns
  std::vector<std::vector<std::string>> uniques;

  [[nodiscard]] const Column* column(std::string_view name) const;
  [[nodiscard]] bool of_runs() const { return column("run_id") != nullptr; }
  /// Its rows get their number from the database, so that the same thing has another number in
  /// another one: no column run_id, one integer as the key, and a unique constraint of several
  /// columns that says which thing it is (`instrument`, `account`, ...).
  [[nodiscard]] bool numbered() const { return !natural_key.empty(); }
};

/// The tables of a database by name.
class TableCatalogue {
 public:
  /// Errors: the database's.
  [[nodiscard]] static base::Result<TableCatalogue> load(Database& database);

  [[nodiscard]] const std::vector<Table>& tables() const noexcept { return tables_; }
  [[nodiscard]] const Table* table(std::string_view name) const;
  /// The numbered table whose number is in this column; nullptr if it holds no such number.
  [[nodiscard]] const Table* numbered_by(const Table& table, std::string_view column) const;
  /// Referenced tables before those that refer to them, by name where that leaves a choice.
  [[nodiscard]] std::vector<const Table*> in_order_of_references() const;

 private:
  std::vector<Table> tables_;
};

/// A text as a literal of SQL.
[[nodiscard]] std::string sql_literal(std::string_view text);

}  // namespace writ::storage
