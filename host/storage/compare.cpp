#include "host/storage/compare.hpp"

#include "host/base/canonical_json.hpp"
#include "host/base/hex.hpp"
#include "host/base/sha256.hpp"

#include <boost/json/parse.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace writ::storage {
namespace {

struct Content {
  std::uint64_t rows = 0;
  std::string hash;
};

// PostgreSQL keeps a JSONB value, not its text.
using JsonColumns = std::set<std::string>;  // table.column

base::Result<JsonColumns> jsonb_columns(Database& database) {
  JsonColumns columns;
  if (database.dialect() != Dialect::kPostgres) return columns;
  auto found = database.prepare(
      "SELECT table_name || '.' || column_name FROM information_schema.columns "
      "WHERE table_schema = current_schema() AND data_type = 'jsonb'");
  if (!found) return found.error();
  while (true) {
    const auto row = (*found)->step();
    if (!row) return row.error();
    if (!*row) return columns;
    columns.emplace((*found)->text(0));
  }
}

std::string canonical(std::string_view text) {
  boost::system::error_code bad;
  const auto value = boost::json::parse(text, bad);
  if (bad) return std::string(text);
  const auto spelled = base::canonical_json(value);
  return spelled ? *spelled : std::string(text);
}

// The sum of the hashes of the rows, so that their order, which is the backend's, does not matter.
class RowSum {
 public:
  void add(const base::Sha256Digest& row) {
    unsigned carry = 0;
    for (std::size_t i = row.size(); i-- > 0;) {
      carry += sum_[i] + unsigned{row[i]};
      sum_[i] = static_cast<std::uint8_t>(carry & 0xffU);
      carry >>= 8U;
    }
  }
  [[nodiscard]] std::string hex() const { return base::to_hex(sum_); }

 private:
  base::Sha256Digest sum_{};
};

base::Result<Content> content_of(Database& database, const std::string& table,
                                 const JsonColumns& json) {
  auto rows = database.prepare("SELECT * FROM " + table);
  if (!rows) return rows.error();
  RowSum sum;
  Content content;
  std::vector<bool> is_json;
  while (true) {
    const auto row = (*rows)->step();
    if (!row) return row.error();
    if (!*row) break;
    const int columns = (*rows)->column_count();
    if (content.rows++ == 0) {
      for (int i = 0; i < columns; ++i) {
        is_json.push_back(json.contains(table + "." + (*rows)->column_name(i)));
      }
    }
    base::Sha256 hash;
    for (int i = 0; i < columns; ++i) {
      if ((*rows)->is_null(i)) {
        hash.update("n;");
        continue;
      }
      std::string_view value = (*rows)->text(i);
      std::string kept;
      if (is_json[static_cast<std::size_t>(i)]) value = kept = canonical(value);
      // The length keeps "a","bc" apart from "ab","c".
      hash.update(std::to_string(value.size()) + ";").update(value);
    }
    sum.add(hash.digest());
  }
  content.hash = sum.hex();
  return content;
}

base::Result<std::map<std::string, Content>> contents_of(Database& database,
                                                         const JsonColumns& json) {
  const auto tables = database.table_names();
  if (!tables) return tables.error();
  std::map<std::string, Content> contents;
  for (const std::string& table : *tables) {
    if (table == "schema_migration") continue;
    auto content = content_of(database, table, json);
    if (!content) return content.error();
    contents[table] = std::move(*content);
  }
  return contents;
}

}  // namespace

base::Result<std::vector<TableComparison>> compare_content(Database& a, Database& b) {
  auto json = jsonb_columns(a);
  if (!json) return json.error();
  auto more_json = jsonb_columns(b);
  if (!more_json) return more_json.error();
  json->merge(*more_json);
  const auto in_a = contents_of(a, *json);
  if (!in_a) return in_a.error();
  const auto in_b = contents_of(b, *json);
  if (!in_b) return in_b.error();
  std::map<std::string, TableComparison> compared;
  for (const auto& [table, content] : *in_a) {
    compared[table].rows_a = content.rows;
    compared[table].hash_a = content.hash;
  }
  for (const auto& [table, content] : *in_b) {
    compared[table].rows_b = content.rows;
    compared[table].hash_b = content.hash;
  }
  std::vector<TableComparison> result;
  for (auto& [table, entry] : compared) {
    entry.table = table;
    result.push_back(std::move(entry));
  }
  return result;
}

}  // namespace writ::storage
