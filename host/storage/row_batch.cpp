#include "host/storage/row_batch.hpp"

#include "host/base/assert.hpp"
#include "host/storage/postgres_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

namespace writ::storage {
namespace {

// Every table a record's rows go to and nothing else writes, parents before children.
constexpr std::string_view kTables[] = {
    "raw_event",          "market_event",     "book_level",         "order_book_snapshot",
    "agg_trade",          "funding_snapshot", "plugin_signal",      "signal_indicator",
    "state_snapshot",     "trade_signal",     "strategy_intent",    "arbiter_decision",
    "veto_mark",          "order_request",    "order_fill",         "executed_trade",
    "ledger_event",       "clv_mark",         "portfolio_snapshot", "portfolio_balance",
    "portfolio_position", "ops_event",        "plugin_stat",
};

// Of the tables whose rows change.
struct Key {
  std::string_view table;
  std::string_view column;
};
constexpr Key kKeys[] = {{"order_request", "order_id"}};

constexpr std::size_t kRowsAtOnce = 16;  // SQLite sets up its checks once a statement

constexpr std::string_view kConflict = "ON CONFLICT (";
constexpr std::string_view kNothing = ") DO NOTHING";

void append_integer(std::string& out, std::int64_t value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

bool is_waiting_table(std::string_view table) {
  return std::find(std::begin(kTables), std::end(kTables), table) != std::end(kTables);
}

// Columns between the brackets of ON CONFLICT (...) DO NOTHING; nothing for another text.
std::optional<std::string_view> conflict_columns(std::string_view text) {
  if (text.empty()) return text;
  if (text.substr(0, kConflict.size()) != kConflict) return std::nullopt;
  text.remove_prefix(kConflict.size());
  const auto end = text.find(')');
  if (end == std::string_view::npos || text.substr(end) != kNothing) return std::nullopt;
  return text.substr(0, end);
}

std::vector<std::string_view> names_of(std::string_view list) {
  std::vector<std::string_view> names;
  while (!list.empty()) {
    std::string_view name = list.substr(0, list.find(','));
    list.remove_prefix(std::min(name.size() + 1, list.size()));
    name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
    names.push_back(name);
  }
  return names;
}

std::size_t index_of(const std::vector<std::string_view>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  WRIT_ASSERT(found != names.end());
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace

std::string_view RowBatch::Sheet::text(const Cell& cell) const {
  const bool is_here = cell.kind == Cell::Kind::kText || cell.kind == Cell::Kind::kBytes;
  return is_here ? std::string_view(bytes).substr(cell.begin, cell.size) : std::string_view();
}

void RowBatch::Sheet::append_copy(std::string& line, const Cell& cell) const {
  switch (cell.kind) {
    case Cell::Kind::kNull:
      line += "\\N";
      return;
    case Cell::Kind::kInteger:
      append_integer(line, cell.integer);
      return;
    case Cell::Kind::kReal:
      append_real(line, cell.real);
      return;
    case Cell::Kind::kText:
      append_copy_text(line, text(cell));
      return;
    case Cell::Kind::kBytes:
      append_copy_text(line, bytes_text(text(cell)));
  }
}

// The statement's values are null as reset() left them.
void RowBatch::Sheet::bind(Statement& to, int parameter, const Cell& cell) const {
  switch (cell.kind) {
    case Cell::Kind::kNull:
      return;
    case Cell::Kind::kInteger:
      return to.bind_integer(parameter, cell.integer);
    case Cell::Kind::kReal:
      return to.bind_real(parameter, cell.real);
    case Cell::Kind::kText:
      return to.bind_text(parameter, text(cell));
    case Cell::Kind::kBytes:
      return to.bind_bytes(parameter, std::as_bytes(std::span(text(cell))));
  }
}

void RowBatch::Sheet::clear() {
  bytes.clear();
  cells.clear();
  row_of_key.clear();
  taken.clear();
}

bool RowBatch::takes(const WriteSql& sql) {
  if (!is_waiting_table(sql.table)) return false;
  return !sql.merge.empty() || (!sql.columns.empty() && conflict_columns(sql.text).has_value());
}

RowBatch::Sheet& RowBatch::sheet_of(const WriteSql& sql) {
  if (const auto found = by_sql_.find(&sql); found != by_sql_.end()) return *found->second;
  auto sheet = std::make_unique<Sheet>();
  sheet->sql = &sql;
  if (sql.merge.empty()) {
    sheet->columns = names_of(sql.columns);
    for (const auto name : names_of(*conflict_columns(sql.text))) {
      sheet->unique.push_back(index_of(sheet->columns, name));
    }
    for (const Key& key : kKeys) {
      if (key.table == sql.table) sheet->key = index_of(sheet->columns, key.column);
    }
  } else {
    for (const MergeColumn& column : sql.merge) {
      if (column.how == Merge::kKey) sheet->key = sheet->columns.size();
      sheet->columns.push_back(column.column);
    }
  }
  by_sql_.emplace(&sql, sheet.get());
  return *sheets_.emplace_back(std::move(sheet));
}

void RowBatch::begin(const WriteSql& sql) {
  current_ = &sheet_of(sql);
  row_begin_ = current_->cells.size();
  bytes_begin_ = current_->bytes.size();
}

void RowBatch::null() { current_->cells.push_back({}); }

void RowBatch::add(Cell::Kind kind, std::string_view bytes) {
  Cell& cell = current_->cells.emplace_back();
  cell.kind = kind;
  cell.size = static_cast<std::uint32_t>(bytes.size());
  cell.begin = current_->bytes.size();
  current_->bytes += bytes;
}

void RowBatch::integer(std::int64_t value) {
  Cell& cell = current_->cells.emplace_back();
  cell.kind = Cell::Kind::kInteger;
  cell.integer = value;
}

void RowBatch::real(double value) {
  Cell& cell = current_->cells.emplace_back();
  if (value != value) return;
  cell.kind = Cell::Kind::kReal;
  cell.real = value;
}

void RowBatch::text(std::string_view value) { add(Cell::Kind::kText, value); }

void RowBatch::bytes(std::span<const std::byte> value) {
  add(Cell::Kind::kBytes, {reinterpret_cast<const char*>(value.data()), value.size()});
}

base::Result<std::int64_t> RowBatch::end() {
  WRIT_ASSERT(current_->cells.size() - row_begin_ == current_->columns.size());
  if (!current_->sql->merge.empty()) return end_merge();
  const std::size_t row = row_begin_ / current_->columns.size();
  if (is_taken(row)) {
    current_->cells.resize(row_begin_);
    current_->bytes.resize(bytes_begin_);
    return 0;
  }
  if (current_->key) {
    current_->row_of_key.emplace(current_->cells[row_begin_ + *current_->key].integer, row);
  }
  ++rows_;
  return 1;
}

bool RowBatch::is_taken(std::size_t row) {
  if (current_->unique.empty()) return false;
  std::string values;
  for (const std::size_t column : current_->unique) {
    const Cell& cell = current_->cells[row * current_->columns.size() + column];
    values += cell.kind == Cell::Kind::kInteger ? std::to_string(cell.integer)
                                                : std::string(current_->text(cell));
    values += '\0';  // no text holds one
  }
  return !current_->taken.insert(std::move(values)).second;
}

base::Result<std::int64_t> RowBatch::end_merge() {
  for (std::size_t i = 0; i < current_->columns.size(); ++i) {
    const Cell& cell = current_->cells[row_begin_ + i];
    if (current_->sql->merge[i].how != Merge::kSet || cell.kind != Cell::Kind::kText) continue;
    const auto value = current_->text(cell);
    // No known state, a negative price: refused if it stands, unseen if it is changed again.
    if (value.empty() || value.front() == '-') {
      return base::Error(base::Errc::kRejected, "row batch");
    }
  }
  const std::int64_t key = current_->cells[row_begin_ + *current_->key].integer;
  std::size_t row = 0;
  if (Sheet* target = waiting(current_->sql->table, key, row)) {
    merge_into(*target, row);
    current_->cells.resize(row_begin_);
    if (target != current_) current_->bytes.resize(bytes_begin_);
    return 1;
  }
  current_->row_of_key.emplace(key, row_begin_ / current_->columns.size());
  ++rows_;
  return 1;
}

RowBatch::Sheet* RowBatch::waiting(std::string_view table, std::int64_t key, std::size_t& row) {
  for (const auto& sheet : sheets_) {
    if (sheet->sql->table != table || !sheet->key) continue;
    if (!sheet->sql->merge.empty() && sheet.get() != current_) continue;
    if (const auto found = sheet->row_of_key.find(key); found != sheet->row_of_key.end()) {
      row = found->second;
      return sheet.get();
    }
  }
  return nullptr;
}

void RowBatch::merge_into(Sheet& target, std::size_t row) {
  for (std::size_t i = 0; i < current_->columns.size(); ++i) {
    const MergeColumn& column = current_->sql->merge[i];
    const Cell value = current_->cells[row_begin_ + i];
    const std::size_t at = index_of(target.columns, column.column);
    Cell& cell = target.cells[row * target.columns.size() + at];
    const bool keeps = column.how == Merge::kKey ||
                       (column.how == Merge::kSetUnlessNull && value.kind == Cell::Kind::kNull) ||
                       (column.how == Merge::kSetUnlessEmpty && value.size == 0) ||
                       (column.how == Merge::kSetOnce && cell.kind != Cell::Kind::kNull);
    if (keeps) continue;
    cell = value;
    if (&target != current_ && value.kind == Cell::Kind::kText) {
      cell.begin = target.bytes.size();
      target.bytes += current_->text(value);
    }
  }
}

base::Result<void> RowBatch::flush() {
  if (rows_ == 0) return {};
  for (const std::string_view table : kTables) {
    for (const bool changes : {false, true}) {
      for (const auto& sheet : sheets_) {
        if (sheet->sql->table != table || sheet->cells.empty()) continue;
        if (sheet->sql->merge.empty() == changes) continue;
        if (auto sent = send(*sheet); !sent) return sent;
      }
    }
  }
  for (const auto& sheet : sheets_) sheet->clear();
  rows_ = 0;
  return {};
}

base::Result<void> RowBatch::send(Sheet& sheet) {
  if (!database_.takes_copies()) return step_each(sheet);
  return sheet.sql->merge.empty() ? copy(sheet, sheet.sql->table, sheet.sql->columns)
                                  : update(sheet);
}

base::Result<void> RowBatch::step_each(Sheet& sheet) {
  const std::size_t many = sheet.sql->merge.empty() ? kRowsAtOnce : 1;
  std::size_t row = 0;
  for (; row + many <= sheet.rows(); row += many) {
    if (auto done = step(sheet, sheet.many, row, many); !done) return done;
  }
  for (; row < sheet.rows(); ++row) {
    if (auto done = step(sheet, sheet.one, row, 1); !done) return done;
  }
  return {};
}

base::Result<void> RowBatch::step(Sheet& sheet, std::unique_ptr<Statement>& statement,
                                  std::size_t row, std::size_t rows) {
  if (!statement) {
    auto prepared = database_.prepare(statement_text(*sheet.sql, rows));
    if (!prepared) return prepared.error();
    statement = std::move(*prepared);
  }
  const auto cells =
      std::span(sheet.cells).subspan(row * sheet.columns.size(), rows * sheet.columns.size());
  int parameter = 0;
  for (const Cell& cell : cells) sheet.bind(*statement, ++parameter, cell);
  const auto stepped = statement->step();
  const bool changed = stepped && database_.changes() == static_cast<std::int64_t>(rows);
  statement->reset();
  if (!stepped) return stepped.error();
  if (!changed) return base::Error(base::Errc::kRejected, "row batch");
  return {};
}

base::Result<void> RowBatch::copy(const Sheet& sheet, std::string_view table,
                                  std::string_view columns) {
  std::size_t at = 0;
  return database_.copy_in(table, columns, [&](std::string& line) {
    if (at == sheet.cells.size()) return false;
    for (std::size_t i = 0; i < sheet.columns.size(); ++i, ++at) {
      if (i > 0) line += '\t';
      sheet.append_copy(line, sheet.cells[at]);
    }
    return true;
  });
}

base::Result<void> RowBatch::update(const Sheet& sheet) {
  std::string columns;
  for (const auto column : sheet.columns) {
    columns += (columns.empty() ? "" : ", ") + std::string(column);
  }
  const std::string table(sheet.sql->table);
  const std::string staged = "merged_" + table;
  auto done = database_.execute("CREATE TEMP TABLE IF NOT EXISTS " + staged +
                                " ON COMMIT DELETE ROWS AS SELECT " + columns + " FROM " + table +
                                " WITH NO DATA");
  if (done) done = database_.execute("DELETE FROM " + staged);
  if (done) done = copy(sheet, staged, columns);
  if (!done) return done;
  auto statement = database_.prepare(merge_text(*sheet.sql, staged));
  if (!statement) return statement.error();
  if (const auto stepped = (*statement)->step(); !stepped) return stepped.error();
  if (database_.changes() != static_cast<std::int64_t>(sheet.rows())) {
    return base::Error(base::Errc::kRejected, "row batch");
  }
  return {};
}

}  // namespace writ::storage
