#include "host/storage/compare.hpp"

#include "host/base/sha256.hpp"

#include <map>
#include <string_view>
#include <utility>

namespace writ::storage {
namespace {

struct Content {
  std::uint64_t rows = 0;
  std::string hash;
};

// Text forms are exact here: decimals are text, and a double prints with 17 digits.
base::Result<Content> content_of(Database& database, const std::string& table, int columns) {
  std::string order;
  for (int i = 1; i <= columns; ++i) order += (i > 1 ? ", " : "") + std::to_string(i);
  auto rows = database.prepare("SELECT * FROM " + table + " ORDER BY " + order);
  if (!rows) return rows.error();
  base::Sha256 hash;
  Content content;
  while (true) {
    const auto row = (*rows)->step();
    if (!row) return row.error();
    if (!*row) break;
    ++content.rows;
    for (int i = 0; i < columns; ++i) {
      const bool null = (*rows)->is_null(i);
      const std::string_view value = null ? std::string_view() : (*rows)->text(i);
      // The length keeps "a","bc" apart from "ab","c", and null from empty.
      hash.update(null ? std::string("n;") : std::to_string(value.size()) + ";").update(value);
    }
  }
  content.hash = hash.hex();
  return content;
}

base::Result<std::map<std::string, int>> tables_of(Database& database) {
  auto names = database.prepare(
      "SELECT m.name, (SELECT count(*) FROM pragma_table_info(m.name)) FROM sqlite_master m "
      "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'schema_migration'");
  if (!names) return names.error();
  std::map<std::string, int> tables;
  while (true) {
    const auto row = (*names)->step();
    if (!row) return row.error();
    if (!*row) return tables;
    tables[std::string((*names)->text(0))] = static_cast<int>((*names)->integer(1));
  }
}

}  // namespace

base::Result<std::vector<TableComparison>> compare_content(Database& a, Database& b) {
  const auto in_a = tables_of(a);
  if (!in_a) return in_a.error();
  const auto in_b = tables_of(b);
  if (!in_b) return in_b.error();
  std::map<std::string, TableComparison> compared;
  for (const auto& [table, columns] : *in_a) {
    auto content = content_of(a, table, columns);
    if (!content) return content.error();
    auto& entry = compared[table];
    entry.rows_a = content->rows;
    entry.hash_a = std::move(content->hash);
  }
  for (const auto& [table, columns] : *in_b) {
    auto content = content_of(b, table, columns);
    if (!content) return content.error();
    auto& entry = compared[table];
    entry.rows_b = content->rows;
    entry.hash_b = std::move(content->hash);
  }
  std::vector<TableComparison> result;
  for (auto& [table, entry] : compared) {
    entry.table = table;
    result.push_back(std::move(entry));
  }
  return result;
}

}  // namespace writ::storage
