// writ db query: what a database can be asked by name.
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/db_arguments.hpp"
#include "host/cli/db_command_list.hpp"
#include "host/cli/output.hpp"
#include "host/storage/named_queries.hpp"

#include <boost/json/array.hpp>

#include <charconv>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace writ::cli {
namespace {

namespace json = boost::json;
using storage::ColumnKind;

std::string parameters_text(const storage::NamedQuery& query) {
  std::string text;
  for (const auto& parameter : query.parameters) {
    text += text.empty() ? "" : "; ";
    text += std::string(parameter.name) + "=" +
            (parameter.preset.empty() ? "TEXT" : std::string(parameter.preset)) + ": " +
            std::string(parameter.doc);
  }
  return text;
}

ExitStatus list_queries(bool as_json) {
  json::array list;
  std::vector<std::vector<std::string>> table = {{"query", "what it answers", "parameters"}};
  for (const auto& query : storage::named_queries()) {
    const std::string parameters = parameters_text(query);
    table.push_back({std::string(query.name), std::string(query.summary), parameters});
    list.push_back({{"name", query.name}, {"summary", query.summary}, {"parameters", parameters}});
  }
  if (as_json) {
    print_json({{"queries", std::move(list)}});
  } else {
    print_table(table);
  }
  return ExitStatus::kOk;
}

// The words after the name, NAME=VALUE each.
std::map<std::string, std::string> values_given(const std::vector<std::string>& words) {
  std::map<std::string, std::string> values;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto equals = words[i].find('=');
    if (equals == std::string::npos || equals == 0) {
      throw base::InputError("", "\"" + words[i] + "\" is not PARAMETER=VALUE");
    }
    values[words[i].substr(0, equals)] = words[i].substr(equals + 1);
  }
  return values;
}

std::int64_t integer_of(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

json::value cell_json(const std::optional<std::string>& cell, ColumnKind kind) {
  if (!cell) return nullptr;
  if (kind == ColumnKind::kInteger || kind == ColumnKind::kTime) return integer_of(*cell);
  return json::value(*cell);
}

std::string cell_text(const std::optional<std::string>& cell, ColumnKind kind) {
  if (!cell) return "-";
  return kind == ColumnKind::kTime ? time_text(integer_of(*cell)) : *cell;
}

void print_rows(const storage::NamedQuery& query, const std::vector<storage::QueryRow>& rows,
                bool as_json) {
  json::array list;
  std::vector<std::vector<std::string>> table(1);
  for (const auto& column : query.columns) table[0].emplace_back(column.name);
  for (const auto& row : rows) {
    json::object object;
    auto& line = table.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto& [name, kind] = query.columns[i];
      if (as_json) object[name] = cell_json(row[i], kind);
      line.push_back(cell_text(row[i], kind));
    }
    list.push_back(std::move(object));
  }
  if (as_json) {
    print_json({{"query", query.name}, {"rows", std::move(list)}});
  } else {
    print_table(table);
  }
}

}  // namespace

ExitStatus query_database(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.option("db", "FILE|URL", "the database")
      .option("config", "FILE", "configuration whose database it is")
      .option("run", "RUN", "only this run, by number or id; left out: all")
      .plain(0, 16);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  if (arguments.words().empty()) return list_queries(arguments.json());
  const auto* query = storage::named_query(arguments.words()[0]);
  if (query == nullptr) {
    throw base::InputError(
        "", "no query \"" + arguments.words()[0] + "\" (`writ db query` lists them)");
  }
  const auto values = values_given(arguments.words());
  if (!arguments.has("db") && !arguments.has("config")) {
    throw base::InputError("", "which database? give --db FILE|URL or --config FILE");
  }
  const auto database = open_current(url_of(arguments));
  const auto rows = storage::ask(*database, *query, arguments.text("run"), values);
  if (!rows) throw base::InputError(database->url(), database->last_error());
  print_rows(*query, *rows, arguments.json());
  return ExitStatus::kOk;
}

}  // namespace writ::cli
