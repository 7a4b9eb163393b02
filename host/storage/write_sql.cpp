#include "host/storage/write_sql.hpp"

#include <algorithm>
#include <cstddef>

namespace writ::storage {
namespace {

std::string insert_text(const WriteSql& sql, std::size_t rows) {
  const auto count = 1 + std::count(sql.columns.begin(), sql.columns.end(), ',');
  std::string text = "INSERT INTO " + std::string(sql.table) + " (" + std::string(sql.columns);
  text += ") VALUES ";
  std::size_t number = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    text += row > 0 ? ", (" : "(";
    for (std::ptrdiff_t i = 0; i < count; ++i) {
      text += (i > 0 ? ", $" : "$") + std::to_string(++number);
    }
    text += ')';
  }
  return text + ' ' + std::string(sql.text);
}

std::string merged(Merge how, const std::string& old, const std::string& value) {
  switch (how) {
    case Merge::kSetUnlessNull:
      return "COALESCE(" + value + ", " + old + ")";
    case Merge::kSetUnlessEmpty:
      return "CASE WHEN " + value + " = '' THEN " + old + " ELSE " + value + " END";
    case Merge::kSetOnce:
      return "COALESCE(" + old + ", " + value + ")";
    case Merge::kKey:
    case Merge::kSet:
      break;
  }
  return value;
}

}  // namespace

std::string merge_text(const WriteSql& sql, std::string_view from) {
  const std::string table(sql.table);
  std::string sets;
  std::string where;
  for (std::size_t i = 0; i < sql.merge.size(); ++i) {
    const std::string column(sql.merge[i].column);
    const std::string old = table + "." + column;
    const std::string value =
        from.empty() ? "$" + std::to_string(i + 1) : std::string(from) + "." + column;
    if (sql.merge[i].how == Merge::kKey) {
      where = old + " = " + value;
    } else {
      sets += (sets.empty() ? "" : ", ") + column + " = " + merged(sql.merge[i].how, old, value);
    }
  }
  std::string text = "UPDATE " + table + " SET " + sets;
  if (!from.empty()) text += " FROM " + std::string(from);
  return text + " WHERE " + where;
}

std::string statement_text(const WriteSql& sql, std::size_t rows) {
  if (!sql.merge.empty()) return merge_text(sql);
  return sql.columns.empty() ? std::string(sql.text) : insert_text(sql, rows);
}

}  // namespace writ::storage
