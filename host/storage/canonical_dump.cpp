#include "host/storage/canonical_dump.hpp"

#include "host/base/canonical_json.hpp"
#include "host/base/hex.hpp"
#include "host/base/sha256.hpp"
#include "host/storage/canonical_value.hpp"
#include "host/storage/table_catalogue.hpp"
#include "host/storage/table_rows.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

namespace writ::storage {
namespace {

struct LeftOut {
  std::string_view table;
  std::string_view column;
};

constexpr LeftOut kLeftOut[] = {
    {"schema_migration", "*"},               // when which files were applied
    {"projection_checkpoint", "rows_made"},  // statements, not contents
    {"projection_number", "row_id"},         // the database's own number of what `name` says
};

bool is_left_out(const Table& table, const Column& column) {
  if (column.generated) return true;  // as exact as the dialect
  if (table.numbered() && column.name == table.key[0]) return true;
  const auto names = left_out_of_dump(table.name);
  return std::find(names.begin(), names.end(), column.name) != names.end();
}

RowQuery query_of(const Table& table, const DumpScope& scope) {
  RowQuery query;
  for (const Column& column : table.columns) {
    if (!is_left_out(table, column)) query.columns.push_back(column.name);
  }
  query.order = table.numbered() ? table.natural_key : table.key;
  if (query.order.empty()) query.order = query.columns;
  query.numbers_as_names = true;
  if (!scope.run.empty()) query.where = "t.run_id = " + sql_literal(scope.run);
  return query;
}

void append_value(std::string& out, const Value& value) {
  switch (value.type) {
    case Value::Type::kNull:
      out += "null";
      return;
    case Value::Type::kInteger:
      out += std::to_string(value.integer);
      return;
    case Value::Type::kReal: {
      const auto text = base::float_py_repr(value.real);
      out += text ? *text : std::isnan(value.real) ? "NaN" : value.real > 0 ? "Inf" : "-Inf";
      return;
    }
    case Value::Type::kText:
      append_json_text(out, value.text);
      return;
    case Value::Type::kBytes: {
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(value.text.data());
      out += '"' + base::to_hex(std::span(bytes, value.text.size())) + '"';
      return;
    }
  }
}

std::string heading(const Table& table, const RowQuery& query) {
  std::string line = "{\"columns\":[";
  for (const auto& column : query.columns) {
    if (line.back() != '[') line += ',';
    append_json_text(line, column);
  }
  line += "],\"table\":";
  append_json_text(line, table.name);
  return line + "}\n";
}

base::Result<TableHash> dump_table(Database& database, const TableCatalogue& catalogue,
                                   const Table& table, const DumpScope& scope,
                                   const DumpLine& take) {
  const RowQuery query = query_of(table, scope);
  auto rows = TableRows::open(database, catalogue, table, query);
  if (!rows) return rows.error();
  std::vector<bool> json;
  for (const auto& name : query.columns) {
    json.push_back(table.column(name)->kind == ColumnKind::kJson);
  }
  TableHash result{table.name, 0, {}};
  base::Sha256 hash;
  std::string line = heading(table, query);
  while (true) {
    hash.update(line);
    take(line);
    const auto row = rows->next();
    if (!row) return row.error();
    if (!*row) break;
    ++result.rows;
    line = "[";
    const auto& values = rows->values();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) line += ',';
      if (json[i] && !values[i].null()) {
        line += values[i].text;
      } else {
        append_value(line, values[i]);
      }
    }
    line += "]\n";
  }
  result.sha256 = hash.hex();
  return result;
}

bool in_scope(const Table& table, const DumpScope& scope) {
  const auto left_out = left_out_of_dump(table.name);
  if (!left_out.empty() && left_out[0] == "*") return false;
  if (!scope.table.empty() && table.name != scope.table) return false;
  return scope.run.empty() || table.of_runs();
}

}  // namespace

std::vector<std::string_view> left_out_of_dump(std::string_view table) {
  std::vector<std::string_view> names;
  for (const auto& left_out : kLeftOut) {
    if (left_out.table == table) names.push_back(left_out.column);
  }
  return names;
}

base::Result<std::vector<TableHash>> canonical_dump(Database& database, const DumpScope& scope,
                                                    const DumpLine& line) {
  auto snapshot = ReadSnapshot::begin(database);
  if (!snapshot) return snapshot.error();
  const auto catalogue = TableCatalogue::load(database);
  if (!catalogue) return catalogue.error();
  std::vector<TableHash> hashes;
  for (const Table& table : catalogue->tables()) {
    if (!in_scope(table, scope)) continue;
    auto hash = dump_table(database, *catalogue, table, scope, line);
    if (!hash) return hash.error();
    hashes.push_back(std::move(*hash));
  }
  if (hashes.empty()) return base::Error(base::Errc::kNotFound, "table to dump");
  return hashes;
}

std::string hash_of(const std::vector<TableHash>& tables) {
  base::Sha256 hash;
  for (const auto& table : tables) {
    hash.update(table.table).update(std::string_view(" "));
    hash.update(table.sha256).update(std::string_view("\n"));
  }
  return hash.hex();
}

base::Result<std::string> find_run_id(Database& database, std::string_view run) {
  const bool number =
      !run.empty() && run.size() < 19 && run.find_first_not_of("0123456789") == run.npos;
  const std::string column = database.dialect() == Dialect::kSqlite ? "run_id" : "run_id::text";
  auto query =
      database.prepare("SELECT " + column + " FROM run WHERE " + (number ? "run_number" : column) +
                       " = " + (number ? std::string(run) : sql_literal(run)));
  if (!query) return query.error();
  const auto found = (*query)->step();
  if (!found) return found.error();
  return *found ? std::string((*query)->text(0)) : std::string();
}

}  // namespace writ::storage
