#include "host/storage/table_rows.hpp"

#include "host/storage/canonical_value.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace writ::storage {
namespace {

std::string quoted(const std::string& name) { return '"' + name + '"'; }

// A column as the SELECT list names it, of a type both dialects hand out alike.
std::string value_sql(Dialect dialect, const Column& column, const std::string& alias) {
  const std::string place = alias + "." + quoted(column.name);
  if (dialect == Dialect::kSqlite) return place;
  switch (column.kind) {
    case ColumnKind::kBoolean:
      return place + "::int";
    case ColumnKind::kDecimal:
    case ColumnKind::kText:
    case ColumnKind::kJson:
      return place + "::text";
    default:
      return place;
  }
}

// What the row with that number is.
std::string name_sql(Dialect dialect, const TableCatalogue& catalogue, const Table& table,
                     const std::string& number) {
  std::string names;
  for (const auto& part : table.natural_key) {
    if (!names.empty()) names += " || '/' || ";
    const Table* further = catalogue.numbered_by(table, part);
    names += further != nullptr ? name_sql(dialect, catalogue, *further, "n." + quoted(part))
             : dialect == Dialect::kPostgres ? "n." + quoted(part) + "::text"
                                             : "n." + quoted(part);
  }
  return "(SELECT " + names + " FROM " + quoted(table.name) + " n WHERE n." + quoted(table.key[0]) +
         " = " + number + ")";
}

bool is_text(const Column& column) {
  return column.kind == ColumnKind::kText || column.kind == ColumnKind::kDecimal ||
         column.kind == ColumnKind::kJson;
}

class SelectText {
 public:
  SelectText(Dialect dialect, const TableCatalogue& catalogue, const Table& table,
             const RowQuery& query)
      : dialect_(dialect), catalogue_(catalogue), table_(table), query_(query) {}

  std::string text() const {
    std::string sql = "SELECT ";
    for (std::size_t i = 0; i < query_.columns.size(); ++i) {
      if (i > 0) sql += ", ";
      sql += value(*table_.column(query_.columns[i]));
    }
    sql += " FROM " + quoted(table_.name) + " t";
    if (!query_.where.empty()) sql += " WHERE " + query_.where;
    for (std::size_t i = 0; i < query_.order.size(); ++i) {
      sql += (i == 0 ? " ORDER BY " : ", ") + order(*table_.column(query_.order[i]));
    }
    return sql;
  }

  const Table* named(const Column& column) const {
    return query_.numbers_as_names ? catalogue_.numbered_by(table_, column.name) : nullptr;
  }

 private:
  std::string value(const Column& column) const {
    const Table* numbered = named(column);
    if (numbered == nullptr) return value_sql(dialect_, column, "t");
    return name_sql(dialect_, catalogue_, *numbered, "t." + quoted(column.name));
  }
  // SQLite compares texts by bytes and puts null first already.
  std::string order(const Column& column) const {
    const std::string place = value(column);
    if (dialect_ == Dialect::kSqlite) return place;
    const bool text = is_text(column) || named(column) != nullptr;
    return "(" + place + ")" + (text ? " COLLATE \"C\"" : "") + " NULLS FIRST";
  }

  Dialect dialect_;
  const TableCatalogue& catalogue_;
  const Table& table_;
  const RowQuery& query_;
};

}  // namespace

base::Result<ReadSnapshot> ReadSnapshot::begin(Database& database) {
  if (database.dialect() == Dialect::kSqlite) {
    // A sort must not grow the memory; and SQLite's own way to begin would keep writers out.
    auto begun = database.execute("PRAGMA temp_store = FILE; BEGIN");
    if (!begun) return begun.error();
    return ReadSnapshot(database);
  }
  if (auto begun = database.begin(); !begun) return begun.error();
  ReadSnapshot snapshot(database);
  // Else each statement would see the state of its own beginning.
  auto set = database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  if (!set) return set.error();
  return snapshot;
}

ReadSnapshot::ReadSnapshot(ReadSnapshot&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

ReadSnapshot::~ReadSnapshot() {
  if (database_ == nullptr) return;
  database_->rollback();
  if (database_->dialect() == Dialect::kSqlite) {
    static_cast<void>(database_->execute("PRAGMA temp_store = MEMORY"));
  }
}

class TableRows::Core {
 public:
  Core(Database& database, std::vector<ColumnKind> kinds)
      : database_(database),
        kinds_(std::move(kinds)),
        values_(kinds_.size()),
        texts_(kinds_.size()) {}
  base::Result<void> open(const std::string& select) {
    auto rows = database_.prepare(select);
    if (!rows) return rows.error();
    rows_ = std::move(*rows);
    return {};
  }

  base::Result<bool> next() {
    auto row = rows_->step();
    if (!row || !*row) return row;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (auto taken = take(i); !taken) return taken.error();
    }
    return true;
  }

  const std::vector<Value>& values() const { return values_; }

 private:
  base::Result<void> take(std::size_t index) {
    const int column = static_cast<int>(index);
    Value& value = values_[index];
    value = {};
    if (rows_->is_null(column)) return {};
    value.type = Value::Type::kText;
    switch (kinds_[index]) {
      case ColumnKind::kInteger:
      case ColumnKind::kBoolean:
        value.type = Value::Type::kInteger;
        value.integer = rows_->integer(column);
        return {};
      case ColumnKind::kReal:
        value.type = Value::Type::kReal;
        value.real = rows_->real(column);
        return {};
      case ColumnKind::kDecimal:
        value.text = canonical_decimal(rows_->text(column));
        return {};
      case ColumnKind::kText:
        value.text = rows_->text(column);
        return {};
      case ColumnKind::kBytes:
        value.type = Value::Type::kBytes;
        value.text = rows_->text(column);
        return {};
      case ColumnKind::kJson:
        break;
    }
    auto json = canonical_json_text(rows_->text(column));
    if (!json) return json.error();
    texts_[index] = std::move(*json);
    value.text = texts_[index];
    return {};
  }

  Database& database_;
  std::vector<ColumnKind> kinds_;
  std::unique_ptr<Statement> rows_;
  std::vector<Value> values_;
  std::vector<std::string> texts_;  // where a value had to be made
};

TableRows::TableRows(std::unique_ptr<Core> core) : core_(std::move(core)) {}
TableRows::~TableRows() = default;
TableRows::TableRows(TableRows&&) noexcept = default;

base::Result<TableRows> TableRows::open(Database& database, const TableCatalogue& catalogue,
                                        const Table& table, const RowQuery& query) {
  const SelectText select(database.dialect(), catalogue, table, query);
  std::vector<ColumnKind> kinds;
  for (const auto& name : query.columns) {
    const Column& column = *table.column(name);
    kinds.push_back(select.named(column) != nullptr ? ColumnKind::kText : column.kind);
  }
  auto core = std::make_unique<Core>(database, std::move(kinds));
  if (auto opened = core->open(select.text()); !opened) return opened.error();
  return TableRows(std::move(core));
}

base::Result<bool> TableRows::next() { return core_->next(); }
const std::vector<Value>& TableRows::values() const noexcept { return core_->values(); }

void bind(Statement& statement, int parameter, const Value& value) {
  switch (value.type) {
    case Value::Type::kNull:
      return statement.bind_null(parameter);
    case Value::Type::kInteger:
      return statement.bind_integer(parameter, value.integer);
    case Value::Type::kReal:
      return statement.bind_real(parameter, value.real);
    case Value::Type::kText:
      return statement.bind_text(parameter, value.text);
    case Value::Type::kBytes:
      return statement.bind_bytes(parameter, std::as_bytes(std::span(value.text)));
  }
}

}  // namespace writ::storage
