#include "host/storage/table_catalogue.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace writ::storage {
namespace {

constexpr std::string_view kPostgresColumns =
    "SELECT c.relname::text, a.attname::text, "
    "CASE WHEN t.typtype = 'e' THEN 'enum' ELSE t.typname::text END, "
    "CASE WHEN a.attgenerated = '' THEN 0 ELSE 1 END "
    "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = "
    "a.atttypid "
    "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') "
    "AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped";

// One row a column of each constraint: table, kind, constraint, column, table and column it refers
// to.
constexpr std::string_view kPostgresConstraints =
    "SELECT c.relname::text, k.contype::text, k.conname::text, a.attname::text, "
    "COALESCE(r.relname::text, ''), COALESCE(b.attname::text, '') "
    "FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
    "CROSS JOIN LATERAL generate_subscripts(k.conkey, 1) AS n "
    "JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[n] "
    "LEFT JOIN pg_class r ON k.contype = 'f' AND r.oid = k.confrelid "
    "LEFT JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[n] "
    "WHERE c.relnamespace = current_schema()::regnamespace AND NOT c.relispartition "
    "AND k.contype IN ('p', 'u', 'f') ORDER BY 1, 2, 3, n";

constexpr std::string_view kSqliteColumns =
    "SELECT m.name, x.name, x.type, x.hidden, x.pk, m.sql FROM sqlite_master m "
    "JOIN pragma_table_xinfo(m.name) x WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' "
    "ORDER BY m.name, x.pk";

constexpr std::string_view kSqliteUniques =
    "SELECT m.name, 'u', l.name, i.name, '', '' FROM sqlite_master m "
    "JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i "
    "WHERE m.type = 'table' AND l.origin = 'u' ORDER BY 1, 3, i.seqno";

constexpr std::string_view kSqliteForeignKeys =
    "SELECT m.name, 'f', f.id, f.\"from\", f.\"table\", f.\"to\" FROM sqlite_master m "
    "JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY 1, 3, f.seq";

ColumnKind postgres_kind(std::string_view type) {
  if (type == "int2" || type == "int4" || type == "int8") return ColumnKind::kInteger;
  if (type == "bool") return ColumnKind::kBoolean;
  if (type == "float8" || type == "float4") return ColumnKind::kReal;
  if (type == "dec18" || type == "numeric") return ColumnKind::kDecimal;
  if (type == "jsonb") return ColumnKind::kJson;
  if (type == "bytea") return ColumnKind::kBytes;
  return ColumnKind::kText;
}

// SQLite has fewer types: the translation of the schema leaves the others in the table's text.
ColumnKind sqlite_kind(std::string_view type, const std::string& column, std::string_view table) {
  if (type == "INTEGER") return ColumnKind::kInteger;
  if (type == "REAL") return ColumnKind::kReal;
  if (type == "BLOB") return ColumnKind::kBytes;
  const auto says = [&](const std::string& text) { return table.find(text) != table.npos; };
  if (says("\n  " + column + " TEXT /* JSONB */")) return ColumnKind::kJson;
  if (says("(" + column + " NOT GLOB '*[^-0-9.]*'")) return ColumnKind::kDecimal;
  return ColumnKind::kText;
}

// Calls `take` for each row of a query.
template <class Take>
base::Result<void> each_row(Database& database, std::string_view sql, Take take) {
  auto rows = database.prepare(sql);
  if (!rows) return rows.error();
  while (true) {
    const auto row = (*rows)->step();
    if (!row) return row.error();
    if (!*row) return {};
    take(**rows);
  }
}

using Tables = std::map<std::string, Table, std::less<>>;

base::Result<void> read_columns(Database& database, Tables& tables) {
  const bool sqlite = database.dialect() == Dialect::kSqlite;
  return each_row(database, sqlite ? kSqliteColumns : kPostgresColumns, [&](Statement& row) {
    const std::string name(row.text(0));
    Table& table = tables[name];
    table.name = name;
    Column column;
    column.name = row.text(1);
    const std::string type(row.text(2));
    column.kind = sqlite ? sqlite_kind(type, column.name, row.text(5)) : postgres_kind(type);
    column.generated = row.integer(3) != 0;
    if (sqlite && row.integer(4) > 0) table.key.push_back(column.name);
    table.columns.push_back(std::move(column));
  });
}

base::Result<void> read_constraints(Database& database, std::string_view sql, Tables& tables) {
  std::string last;
  return each_row(database, sql, [&](Statement& row) {
    const auto found = tables.find(row.text(0));
    if (found == tables.end()) return;
    Table& table = found->second;
    const char kind = row.text(1).front();
    const std::string constraint = table.name + "." + std::string(row.text(2)) + kind;
    const bool begins = std::exchange(last, constraint) != constraint;
    const std::string column(row.text(3));
    if (kind == 'p') {
      table.key.push_back(column);
    } else if (kind == 'u') {
      if (begins) table.uniques.emplace_back();
      table.uniques.back().push_back(column);
    } else {
      if (begins) table.foreign_keys.push_back({{}, std::string(row.text(4)), {}});
      table.foreign_keys.back().columns.push_back(column);
      table.foreign_keys.back().references.emplace_back(row.text(5));
    }
  });
}

void find_natural_key(Table& table) {
  if (table.of_runs() || table.key.size() != 1) return;
  if (table.column(table.key[0])->kind != ColumnKind::kInteger) return;
  for (const auto& unique : table.uniques) {
    if (unique.size() > 1) table.natural_key = unique;
  }
}

}  // namespace

const Column* Table::column(std::string_view wanted) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const Column& column) { return column.name == wanted; });
  return found == columns.end() ? nullptr : &*found;
}

base::Result<TableCatalogue> TableCatalogue::load(Database& database) {
  Tables tables;
  if (auto read = read_columns(database, tables); !read) return read.error();
  const bool sqlite = database.dialect() == Dialect::kSqlite;
  if (sqlite) {
    if (auto read = read_constraints(database, kSqliteUniques, tables); !read) return read.error();
  }
  auto read =
      read_constraints(database, sqlite ? kSqliteForeignKeys : kPostgresConstraints, tables);
  if (!read) return read.error();

  TableCatalogue catalogue;
  for (auto& [name, table] : tables) {
    std::sort(table.columns.begin(), table.columns.end(),
              [](const Column& a, const Column& b) { return a.name < b.name; });
    std::sort(table.foreign_keys.begin(), table.foreign_keys.end(),
              [](const ForeignKey& a, const ForeignKey& b) { return a.columns < b.columns; });
    find_natural_key(table);
    catalogue.tables_.push_back(std::move(table));
  }
  return catalogue;
}

const Table* TableCatalogue::table(std::string_view name) const {
  const auto found = std::find_if(tables_.begin(), tables_.end(),
                                  [&](const Table& table) { return table.name == name; });
  return found == tables_.end() ? nullptr : &*found;
}

const Table* TableCatalogue::numbered_by(const Table& from, std::string_view column) const {
  for (const ForeignKey& key : from.foreign_keys) {
    if (key.columns.size() != 1 || key.columns[0] != column) continue;
    const Table* referenced = table(key.table);
    if (referenced != nullptr && referenced->numbered()) return referenced;
  }
  return nullptr;
}

std::vector<const Table*> TableCatalogue::in_order_of_references() const {
  std::vector<const Table*> ordered;
  std::set<std::string_view> placed;
  while (ordered.size() < tables_.size()) {
    const std::size_t before = ordered.size();
    for (const Table& table : tables_) {
      if (placed.contains(table.name)) continue;
      const bool ready = std::all_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                                     [&](const ForeignKey& key) {
                                       return key.table == table.name || placed.contains(key.table);
                                     });
      if (!ready) continue;
      placed.insert(table.name);
      ordered.push_back(&table);
    }
    if (ordered.size() == before) break;  // a circle: the schema has none
  }
  return ordered;
}

std::string sql_literal(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) literal += c == '\'' ? std::string("''") : std::string(1, c);
  return literal + "'";
}

}  // namespace writ::storage
