#include "host/storage/compare.hpp"

#include <map>
#include <utility>

namespace writ::storage {

base::Result<std::vector<TableComparison>> compare_content(Database& a, Database& b,
                                                           const DumpScope& scope) {
  const auto nowhere = [](std::string_view) {};
  std::map<std::string, TableComparison> compared;
  auto in_a = canonical_dump(a, scope, nowhere);
  if (!in_a) return in_a.error();
  for (auto& table : *in_a) {
    auto& entry = compared[table.table];
    entry.rows_a = table.rows;
    entry.hash_a = std::move(table.sha256);
  }
  auto in_b = canonical_dump(b, scope, nowhere);
  if (!in_b) return in_b.error();
  for (auto& table : *in_b) {
    auto& entry = compared[table.table];
    entry.rows_b = table.rows;
    entry.hash_b = std::move(table.sha256);
  }
  std::vector<TableComparison> result;
  for (auto& [table, entry] : compared) {
    entry.table = table;
    result.push_back(std::move(entry));
  }
  return result;
}

}  // namespace writ::storage
