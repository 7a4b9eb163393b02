#include "host/storage/import.hpp"

#include "host/storage/postgres_text.hpp"
#include "host/storage/table_catalogue.hpp"
#include "host/storage/table_rows.hpp"
#include "host/storage/writer_lease.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace writ::storage {
namespace {

using base::Errc;
using base::Error;
using base::Result;

// projection_number.row_id is the number of a row in the table that `kind` names.
struct NumberKind {
  std::string_view kind;
  std::string_view table;
};
constexpr NumberKind kNumberKinds[] = {{"ACCOUNT", "account"}, {"INSTRUMENT", "instrument"}};

struct RunRow {
  std::string run_id;
  std::int64_t number = 0;
  std::string kind;
  std::string hash;
  std::string status;
};

std::vector<std::string> stored_columns(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) {
    if (!column.generated) names.push_back(column.name);
  }
  return names;
}

std::string insert_sql(const Table& table, const std::vector<std::string>& columns) {
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    names += (i > 0 ? ", " : "") + columns[i];
    values += (i > 0 ? ", $" : "$") + std::to_string(i + 1);
  }
  return "INSERT INTO " + table.name + " (" + names + ") VALUES (" + values + ")";
}

// `a = $1 AND b = $2 ...`
std::string match_sql(const std::vector<std::string>& columns) {
  std::string sql;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    sql += (i > 0 ? " AND " : "") + columns[i] + " = $" + std::to_string(i + 1);
  }
  return sql;
}

void append_copy_line(std::string& line, const std::vector<Value>& row) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Value& value = row[i];
    if (i > 0) line += '\t';
    switch (value.type) {
      case Value::Type::kNull:
        line += "\\N";
        break;
      case Value::Type::kInteger:
        line += std::to_string(value.integer);
        break;
      case Value::Type::kReal:
        line += value.real == value.real ? real_text(value.real) : std::string("\\N");
        break;
      case Value::Type::kText:
        append_copy_text(line, value.text);
        break;
      case Value::Type::kBytes:
        append_copy_text(line, bytes_text(value.text));
        break;
    }
  }
}

class Import {
 public:
  Import(Database& from, Database& to) : from_(from), to_(to) {}

  Result<std::vector<ImportedRun>> run(const std::vector<std::string>& wanted) {
    auto snapshot = ReadSnapshot::begin(from_);
    if (!snapshot) return at(from_, snapshot.error());
    if (auto loaded = load_catalogues(); !loaded) return loaded.error();
    const auto runs = runs_to_copy(wanted);
    if (!runs) return runs.error();
    for (const RunRow& run : *runs) {
      if (auto absent = check_absent(run); !absent) return absent.error();
    }
    std::vector<ImportedRun> done;
    for (const RunRow& run : *runs) {
      auto transaction = begin_alone(to_);
      if (!transaction) return at(to_, transaction.error());
      // Asked again: from here on nobody else projects.
      if (auto absent = check_absent(run); !absent) return absent.error();
      const auto rows = copy_run(run);
      if (!rows) return rows.error();
      if (auto committed = transaction->commit(); !committed) return at(to_, committed.error());
      done.push_back({run.run_id, run.number, *rows});
    }
    return done;
  }

  const std::string& why() const { return why_; }

 private:
  using Numbers = std::map<std::int64_t, std::int64_t>;  // there -> here

  Result<void> load_catalogues() {
    auto source = TableCatalogue::load(from_);
    if (!source) return at(from_, source.error());
    const auto target = TableCatalogue::load(to_);
    if (!target) return at(to_, target.error());
    catalogue_ = std::move(*source);
    for (const Table& table : catalogue_.tables()) {
      const Table* same = target->table(table.name);
      if (same == nullptr || stored_columns(*same) != stored_columns(table)) {
        return say(to_, Error(Errc::kMismatch, "schema"), "table " + table.name + " is another");
      }
    }
    return {};
  }

  Result<std::vector<RunRow>> runs_to_copy(const std::vector<std::string>& wanted) {
    auto rows = from_.prepare(
        "SELECT run_id, run_number, run_kind, COALESCE(run_hash, ''), status FROM run "
        "ORDER BY run_number");
    if (!rows) return at(from_, rows.error());
    std::vector<RunRow> runs;
    while (true) {
      const auto row = (*rows)->step();
      if (!row) return at(from_, row.error());
      if (!*row) return runs;
      RunRow run{std::string((*rows)->text(0)), (*rows)->integer(1), std::string((*rows)->text(2)),
                 std::string((*rows)->text(3)), std::string((*rows)->text(4))};
      const bool named = std::find(wanted.begin(), wanted.end(), run.run_id) != wanted.end();
      if (wanted.empty() || named) runs.push_back(std::move(run));
    }
  }

  Result<void> check_absent(const RunRow& run) {
    std::string sql = "SELECT count(*) FROM run WHERE run_id = " + sql_literal(run.run_id) +
                      " OR run_number = " + std::to_string(run.number);
    if (run.kind == "BACKTEST") {
      sql += " OR (run_kind = 'BACKTEST' AND run_hash = " + sql_literal(run.hash) + ")";
    }
    const auto found = query_integer(to_, sql);
    if (!found) return at(to_, found.error());
    if (*found == 0) return {};
    why_ = "exists: " + run.run_id;
    return Error(Errc::kExists, "run to import", run.number);
  }

  Result<std::uint64_t> copy_run(const RunRow& run) {
    rows_ = 0;
    const auto ordered = catalogue_.in_order_of_references();
    const auto referenced = referenced_tables();
    for (const Table* table : ordered) {
      if (table->name == "schema_migration") continue;
      Result<void> copied;
      if (table->of_runs()) {
        copied = copy_rows(*table, run);
      } else if (referenced.contains(table->name)) {
        copied = copy_referenced(*table, run);
      }
      if (!copied) return copied.error();
    }
    // Last: a killed run takes no orders.
    if (run.status == "KILLED") {
      auto done =
          to_.execute("UPDATE run SET status = 'KILLED' WHERE run_id = " + sql_literal(run.run_id));
      if (!done) return at(to_, done.error());
    }
    return rows_;
  }

  // What the rows of runs refer to and is itself of no run.
  std::set<std::string> referenced_tables() const {
    std::set<std::string> names;
    for (bool more = true; more;) {
      more = false;
      for (const Table& table : catalogue_.tables()) {
        if (!table.of_runs() && !names.contains(table.name)) continue;
        for (const ForeignKey& key : table.foreign_keys) {
          const Table* referenced = catalogue_.table(key.table);
          if (referenced != nullptr && !referenced->of_runs()) {
            more = names.insert(key.table).second || more;
          }
        }
      }
    }
    return names;
  }

  // The numbers of a table's rows that the run's rows name.
  std::string named_by_run(const Table& table, const RunRow& run) const {
    const std::string of_run = " WHERE r.run_id = " + sql_literal(run.run_id);
    std::string sql;
    const auto add = [&sql](const std::string& select) {
      sql += (sql.empty() ? "" : " UNION ") + select;
    };
    for (const Table& other : catalogue_.tables()) {
      if (!other.of_runs()) continue;
      for (const ForeignKey& key : other.foreign_keys) {
        if (key.table != table.name || key.columns.size() != 1) continue;
        add("SELECT r." + key.columns[0] + " FROM " + other.name + " r" + of_run);
      }
    }
    for (const auto& number : kNumberKinds) {
      if (number.table != table.name) continue;
      add("SELECT r.row_id FROM projection_number r" + of_run +
          " AND r.kind = " + sql_literal(number.kind));
    }
    return sql;
  }

  Result<void> copy_referenced(const Table& table, const RunRow& run) {
    if (table.key.size() != 1) {
      return say(from_, Error(Errc::kUnsupported, "import"),
                 "table " + table.name + " is referred to and has no single key");
    }
    RowQuery query;
    query.columns = stored_columns(table);
    query.where = "t." + table.key[0] + " IN (" + named_by_run(table, run) + ")";
    query.order = table.key;
    auto rows = TableRows::open(from_, catalogue_, table, query);
    if (!rows) return at(from_, rows.error());
    std::vector<std::pair<std::int64_t, Value>> selves;  // number here, what it refers to there
    const std::optional<std::string> self = self_reference(table);
    while (true) {
      const auto row = rows->next();
      if (!row) return at(from_, row.error());
      if (!*row) break;
      std::vector<Value> values = rows->values();
      Value other;
      if (self) other = std::exchange(values[index_of(query.columns, *self)], Value{});
      const auto made = place(table, query.columns, values);
      if (!made) return made.error();
      if (*made && !other.null()) {
        selves.emplace_back(values[index_of(query.columns, table.key[0])].integer, other);
      }
    }
    return self ? refer_to_selves(table, *self, selves) : Result<void>();
  }

  // A column in which rows of a table name others of it, whichever comes first.
  static std::optional<std::string> self_reference(const Table& table) {
    for (const ForeignKey& key : table.foreign_keys) {
      if (key.table == table.name && key.columns.size() == 1) return key.columns[0];
    }
    return std::nullopt;
  }

  Result<void> refer_to_selves(const Table& table, const std::string& column,
                               const std::vector<std::pair<std::int64_t, Value>>& selves) {
    const Numbers& numbers = numbers_[table.name];
    for (const auto& [number, other] : selves) {
      const auto here = numbers.find(other.integer);
      if (here == numbers.end()) continue;  // the run does not know the other
      auto done = to_.execute("UPDATE " + table.name + " SET " + column + " = " +
                              std::to_string(here->second) + " WHERE " + table.key[0] + " = " +
                              std::to_string(number));
      if (!done) return at(to_, done.error());
    }
    return {};
  }

  // Finds the row in the target or makes it, with a free number if it has one; true if it was made.
  Result<bool> place(const Table& table, const std::vector<std::string>& columns,
                     std::vector<Value>& values) {
    Value& number = values[index_of(columns, table.key[0])];
    const std::int64_t there = number.integer;
    const auto& identity = table.numbered() ? table.natural_key : table.key;
    const auto found = find(table, identity, columns, values);
    if (!found) return found.error();
    if (found->has_value()) {
      if (table.numbered()) numbers_[table.name][there] = **found;
      return table.numbered() ? Result<bool>(false) : same_meaning(table, columns, values);
    }
    if (table.numbered()) {
      const auto taken = find(table, table.key, columns, values);
      if (!taken) return taken.error();
      if (taken->has_value()) {
        const auto free =
            query_integer(to_, "SELECT MAX(" + table.key[0] + ") + 1 FROM " + table.name);
        if (!free) return at(to_, free.error());
        number.integer = *free;
      }
      numbers_[table.name][there] = number.integer;
    }
    auto insert = to_.prepare(insert_sql(table, columns));
    if (!insert) return at(to_, insert.error());
    if (auto done = insert_row(**insert, table, columns, values); !done) return done.error();
    return true;
  }

  // The key of the target's row with these values; nothing if there is none.
  Result<std::optional<std::int64_t>> find(const Table& table,
                                           const std::vector<std::string>& identity,
                                           const std::vector<std::string>& columns,
                                           const std::vector<Value>& values) {
    auto query = to_.prepare("SELECT " + table.key[0] + " FROM " + table.name + " WHERE " +
                             match_sql(identity));
    if (!query) return at(to_, query.error());
    for (std::size_t i = 0; i < identity.size(); ++i) {
      bind(**query, static_cast<int>(i + 1), values[index_of(columns, identity[i])]);
    }
    const auto row = (*query)->step();
    if (!row) return at(to_, row.error());
    if (!*row) return std::optional<std::int64_t>();
    return std::optional((*query)->integer(0));
  }

  // A row with the same key must be the same thing.
  Result<bool> same_meaning(const Table& table, const std::vector<std::string>& columns,
                            const std::vector<Value>& values) {
    for (const auto& unique : table.uniques) {
      auto identity = table.key;
      identity.insert(identity.end(), unique.begin(), unique.end());
      const auto found = find(table, identity, columns, values);
      if (!found) return found.error();
      if (!found->has_value()) {
        return say(to_, Error(Errc::kMismatch, "import"),
                   table.name + " has another row with " + table.key[0] + " " +
                       std::to_string(values[index_of(columns, table.key[0])].integer));
      }
    }
    return false;
  }

  Result<void> copy_rows(const Table& table, const RunRow& run) {
    if (table.name == "agg_trade") {
      if (auto made = make_partitions(run); !made) return made;
    }
    RowQuery query;
    query.columns = stored_columns(table);
    query.where = "t.run_id = " + sql_literal(run.run_id);
    query.order = table.key;
    auto rows = TableRows::open(from_, catalogue_, table, query);
    if (!rows) return at(from_, rows.error());
    return to_.takes_copies() ? copy_in(table, run, query.columns, *rows)
                              : insert_all(table, run, query.columns, *rows);
  }

  // The next row as the target is to have it; false past the last.
  Result<bool> next_row(const Table& table, const RunRow& run,
                        const std::vector<std::string>& columns, TableRows& rows) {
    const auto row = rows.next();
    if (!row) return at(from_, row.error());
    if (!*row) return false;
    values_ = rows.values();
    if (auto mapped = map_numbers(table, columns, values_); !mapped) return mapped.error();
    if (table.name == "run" && run.status == "KILLED") {
      values_[index_of(columns, "status")].text = "STARTED";  // until its orders are here
    }
    return true;
  }

  Result<void> insert_all(const Table& table, const RunRow& run,
                          const std::vector<std::string>& columns, TableRows& rows) {
    auto insert = to_.prepare(insert_sql(table, columns));
    if (!insert) return at(to_, insert.error());
    while (true) {
      const auto row = next_row(table, run, columns, rows);
      if (!row) return row.error();
      if (!*row) return {};
      if (auto done = insert_row(**insert, table, columns, values_); !done) return done;
    }
  }

  Result<void> copy_in(const Table& table, const RunRow& run,
                       const std::vector<std::string>& columns, TableRows& rows) {
    std::string names;
    for (const auto& column : columns) names += (names.empty() ? "" : ", ") + column;
    std::optional<Error> stopped;
    const auto copied = to_.copy_in(table.name, names, [&](std::string& line) {
      const auto row = next_row(table, run, columns, rows);
      if (!row) {
        stopped = row.error();
        return false;
      }
      if (!*row) return false;
      append_copy_line(line, values_);
      ++rows_;
      return true;
    });
    if (stopped) return *stopped;
    if (!copied) return say(to_, copied.error(), table.name + ": " + to_.last_error());
    return {};
  }

  // Rows of a month need the partition of the month.
  Result<void> make_partitions(const RunRow& run) {
    if (to_.dialect() != Dialect::kPostgres) return {};
    constexpr std::int64_t kShortMonthNs = std::int64_t{28} * 86'400'000'000'000;
    const std::string of_run = " FROM agg_trade WHERE run_id = " + sql_literal(run.run_id);
    const auto first = query_integer(from_, "SELECT COALESCE(MIN(event_ts), 0)" + of_run);
    if (!first) return at(from_, first.error());
    const auto last = query_integer(from_, "SELECT COALESCE(MAX(event_ts), 0)" + of_run);
    if (!last) return at(from_, last.error());
    if (*last == 0) return {};
    const auto made =
        query_integer(to_, "SELECT ensure_partitions(" + std::to_string(*first) + ", " +
                               std::to_string((*last - *first) / kShortMonthNs + 1) + ")");
    if (!made) return at(to_, made.error());
    return {};
  }

  Result<void> map_numbers(const Table& table, const std::vector<std::string>& columns,
                           std::vector<Value>& values) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Table* numbered = numbered_by(table, columns, columns[i], values);
      if (numbered == nullptr || values[i].null()) continue;
      const Numbers& numbers = numbers_[numbered->name];
      const auto here = numbers.find(values[i].integer);
      if (here == numbers.end()) {
        return say(from_, Error(Errc::kNotFound, "import"),
                   table.name + "." + columns[i] + ": no " + numbered->name + " " +
                       std::to_string(values[i].integer));
      }
      values[i].integer = here->second;
    }
    return {};
  }

  const Table* numbered_by(const Table& table, const std::vector<std::string>& columns,
                           const std::string& column, const std::vector<Value>& values) const {
    if (table.name != "projection_number" || column != "row_id") {
      return catalogue_.numbered_by(table, column);
    }
    const auto& kind = values[index_of(columns, "kind")].text;
    for (const auto& number : kNumberKinds) {
      if (number.kind == kind) return catalogue_.table(number.table);
    }
    return nullptr;
  }

  Result<void> insert_row(Statement& insert, const Table& table,
                          const std::vector<std::string>& columns,
                          const std::vector<Value>& values) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      bind(insert, static_cast<int>(i + 1), values[i]);
    }
    if (auto done = insert.step(); !done) {
      return say(to_, done.error(), table.name + ": " + to_.last_error());
    }
    insert.reset();
    ++rows_;
    return {};
  }

  static std::size_t index_of(const std::vector<std::string>& columns, std::string_view name) {
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) -
                                    columns.begin());
  }

  Error at(Database& database, const Error& error) {
    return say(database, error, database.last_error());
  }
  Error say(Database& database, const Error& error, const std::string& what) {
    why_ = database.url() + ": " + what;
    return error;
  }

  Database& from_;
  Database& to_;
  TableCatalogue catalogue_;
  std::map<std::string, Numbers> numbers_;  // by table
  std::vector<Value> values_;               // of the row on its way
  std::uint64_t rows_ = 0;
  std::string why_;
};

}  // namespace

Result<std::vector<ImportedRun>> import_runs(Database& from, Database& to,
                                             const std::vector<std::string>& runs,
                                             std::string* failed) {
  Import import(from, to);
  auto done = import.run(runs);
  if (!done && failed != nullptr) *failed = import.why();
  return done;
}

}  // namespace writ::storage
