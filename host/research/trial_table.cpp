#include "host/research/trial_table.hpp"

#include "host/base/canonical_json.hpp"

#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::research {
namespace {

namespace json = boost::json;

// The trial first, its parameters next.
struct Column {
  int group;
  std::string name;
  auto operator<=>(const Column&) const = default;
};

Column column_of(std::string name) {
  const int group = name == "trial" ? 0 : name.starts_with("parameters.") ? 1 : 2;
  return {group, std::move(name)};
}

void flatten(const json::value& value, const std::string& path,
             std::map<Column, std::string>& out) {
  if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object) {
      flatten(member, path.empty() ? std::string(key) : path + "." + std::string(key), out);
    }
    return;
  }
  const auto* text = value.if_string();
  out[column_of(path)] = text != nullptr ? std::string(*text) : base::canonical_json(value).value();
}

std::string cell(std::string_view text) {
  if (text.find_first_of("\",\r\n") == text.npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

}  // namespace

std::string json_lines(const TrialRows::Rows& rows) {
  std::string text;
  for (const auto& [trial, row] : rows) text += base::canonical_json(row).value() + "\n";
  return text;
}

std::string csv_table(const TrialRows::Rows& rows) {
  std::set<Column> columns;
  std::vector<std::map<Column, std::string>> flat;
  for (const auto& [trial, row] : rows) {
    flatten(row, "", flat.emplace_back());
    for (const auto& [column, text] : flat.back()) columns.insert(column);
  }
  std::string text;
  const auto end_line = [&text] { text.back() = '\n'; };  // over the last comma
  for (const auto& column : columns) text += cell(column.name) + ",";
  end_line();
  for (const auto& row : flat) {
    for (const auto& column : columns) {
      const auto found = row.find(column);
      text += (found == row.end() ? "" : cell(found->second)) + ",";
    }
    end_line();
  }
  return text;
}

}  // namespace writ::research
