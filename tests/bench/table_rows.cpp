#include "tests/bench/table_rows.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

namespace writ::bench {
namespace {

class Sqlite {
 public:
  explicit Sqlite(const std::string& path) {
    check(sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                          nullptr));
  }
  ~Sqlite() { sqlite3_close_v2(handle_); }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  void execute(const std::string& sql) {
    check(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr));
  }
  [[nodiscard]] sqlite3_stmt* prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v3(handle_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement,
                             nullptr));
    return statement;
  }
  std::vector<std::vector<Value>> query(const std::string& sql) {
    sqlite3_stmt* statement = prepare(sql);
    std::vector<std::vector<Value>> rows;
    while (step(statement)) {
      auto& row = rows.emplace_back();
      for (int i = 0; i < sqlite3_column_count(statement); ++i) row.push_back(value(statement, i));
    }
    sqlite3_finalize(statement);
    return rows;
  }
  bool step(sqlite3_stmt* statement) {
    const int code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) check(code);
    return code == SQLITE_ROW;
  }

 private:
  static Value value(sqlite3_stmt* statement, int column) {
    const auto bytes = [&](const void* at) {
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      return std::string(static_cast<const char*>(at), size);
    };
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_INTEGER:
        return std::int64_t{sqlite3_column_int64(statement, column)};
      case SQLITE_FLOAT:
        return sqlite3_column_double(statement, column);
      case SQLITE_TEXT:
        return bytes(sqlite3_column_text(statement, column));
      case SQLITE_BLOB:
        return Blob{bytes(sqlite3_column_blob(statement, column))};
      default:
        return std::monostate{};
    }
  }
  void check(int code) const {
    if (code == SQLITE_OK) return;
    std::fprintf(stderr, "bench: SQLite: %s\n", sqlite3_errmsg(handle_));
    std::exit(1);
  }

  sqlite3* handle_ = nullptr;
};

const std::string& text(const Value& value) { return std::get<std::string>(value); }

// What a foreign key points to comes before the table it is in.
void place(Sqlite& database, const std::string& table, std::vector<std::string>& order,
           std::set<std::string>& placed) {
  if (!placed.insert(table).second) return;
  for (const auto& key : database.query("PRAGMA foreign_key_list(" + table + ")")) {
    place(database, text(key[2]), order, placed);
  }
  order.push_back(table);
}

std::vector<std::string> tables_in_order(Sqlite& database) {
  std::vector<std::string> order;
  std::set<std::string> placed{"schema_migration", "projection_checkpoint"};
  for (const auto& row : database.query("SELECT name FROM sqlite_master WHERE type = 'table' AND "
                                        "name NOT LIKE 'sqlite_%' ORDER BY name")) {
    place(database, text(row[0]), order, placed);
  }
  return order;
}

std::string joined(const std::vector<std::string>& names, const std::string& between = ", ") {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : between) + name;
  return all;
}

void bind(sqlite3_stmt* statement, int parameter, const Value& value) {
  const auto size = [](const std::string& bytes) { return static_cast<int>(bytes.size()); };
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    sqlite3_bind_int64(statement, parameter, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    sqlite3_bind_double(statement, parameter, *real);
  } else if (const auto* word = std::get_if<std::string>(&value)) {
    sqlite3_bind_text(statement, parameter, word->data(), size(*word), SQLITE_STATIC);
  } else if (const auto* blob = std::get_if<Blob>(&value)) {
    sqlite3_bind_blob(statement, parameter, blob->bytes.data(), size(blob->bytes), SQLITE_STATIC);
  } else {
    sqlite3_bind_null(statement, parameter);
  }
}

}  // namespace

std::vector<Batch> read_rows(const std::string& filled, const std::string& fresh,
                             std::uint64_t batch_records) {
  Sqlite database(filled);
  database.execute("ATTACH '" + fresh + "' AS fresh");
  std::vector<Batch> batches;
  for (const auto& table : tables_in_order(database)) {
    std::vector<std::string> columns;
    std::string seq = "0";
    for (const auto& column : database.query("PRAGMA table_xinfo(" + table + ")")) {
      if (std::get<std::int64_t>(column[6]) != 0) continue;  // generated
      columns.push_back(text(column[1]));
      if (columns.back() == "journal_seq") seq = "journal_seq";
    }
    const std::string names = joined(columns);
    auto rows =
        database.query("SELECT " + seq + ", " + names + " FROM main." + table + " EXCEPT SELECT " +
                       seq + ", " + names + " FROM fresh." + table + " ORDER BY 1");
    for (auto& row : rows) {
      const auto at = static_cast<std::uint64_t>(std::get<std::int64_t>(row[0])) / batch_records;
      if (batches.size() <= at) batches.resize(at + 1);
      auto& batch = batches[at];
      if (batch.empty() || batch.back().table != table) batch.push_back({table, columns, {}});
      row.erase(row.begin());
      batch.back().rows.push_back(std::move(row));
    }
  }
  return batches;
}

std::uint64_t count(const std::vector<Batch>& batches) {
  std::uint64_t rows = 0;
  for (const auto& batch : batches) {
    for (const auto& table : batch) rows += table.rows.size();
  }
  return rows;
}

void insert_prepared(const std::string& path, const std::vector<Batch>& batches) {
  Sqlite database(path);
  database.execute(
      "PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; PRAGMA journal_mode = WAL; "
      "PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY");
  std::map<std::string, sqlite3_stmt*> statements;
  for (const auto& batch : batches) {
    database.execute("BEGIN IMMEDIATE");
    for (const auto& table : batch) {
      auto& statement = statements[table.table];
      if (statement == nullptr) {
        const std::vector<std::string> marks(table.columns.size(), "?");
        statement = database.prepare("INSERT INTO " + table.table + " (" + joined(table.columns) +
                                     ") VALUES (" + joined(marks) + ")");
      }
      for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
          bind(statement, static_cast<int>(i) + 1, row[i]);
        database.step(statement);
        sqlite3_reset(statement);
      }
    }
    database.execute("COMMIT");
  }
  for (const auto& [table, statement] : statements) sqlite3_finalize(statement);
}

}  // namespace writ::bench
