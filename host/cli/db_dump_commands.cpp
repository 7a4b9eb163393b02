// writ db dump, writ db compare: what a database holds, in a form every dialect shares.
#include "host/base/input_error.hpp"
#include "host/cli/db_arguments.hpp"
#include "host/cli/db_command_list.hpp"
#include "host/cli/output.hpp"
#include "host/storage/canonical_dump.hpp"
#include "host/storage/compare.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <iostream>

namespace writ::cli {
namespace {

namespace json = boost::json;

constexpr const char* kLeftOut =
    "left out: schema_migration, projection_checkpoint.rows_made, projection_number.row_id, "
    "generated columns; account_id and instrument_id are written as what they name";

void add_scope_options(Arguments& arguments) {
  arguments.option("table", "NAME", "only this table")
      .option("run", "NUMBER|ID", "only the rows of this run");
}

storage::DumpScope scope_of(const Arguments& arguments, storage::Database& database) {
  storage::DumpScope scope;
  scope.table = arguments.text("table");
  if (!arguments.has("run")) return scope;
  const std::string run = arguments.text("run");
  const auto id = storage::find_run_id(database, run);
  if (!id) throw base::InputError(database.url(), database.last_error());
  if (id->empty()) throw base::InputError(database.url(), "holds no run " + run);
  scope.run = *id;
  return scope;
}

[[noreturn]] void fail(const storage::Database& database, const storage::DumpScope& scope,
                       const base::Error& error) {
  if (error.code() == base::Errc::kNotFound) {
    throw base::InputError(database.url(), "no table " + scope.table + " to dump");
  }
  if (error.code() == base::Errc::kInvalid) {
    throw base::InputError(database.url(), to_string(error));
  }
  throw base::InputError(database.url(), database.last_error());
}

void print_hashes(const std::vector<storage::TableHash>& tables, bool as_json) {
  if (!as_json) {
    for (const auto& table : tables) {
      std::cout << table.sha256 << "  " << table.table << "  " << table.rows << " rows\n";
    }
    std::cout << storage::hash_of(tables) << "  (all)\n" << kLeftOut << "\n";
    return;
  }
  json::array list;
  for (const auto& table : tables) {
    list.push_back({{"table", table.table}, {"rows", table.rows}, {"sha256", table.sha256}});
  }
  print_json(
      {{"sha256", storage::hash_of(tables)}, {"left_out", kLeftOut}, {"tables", std::move(list)}});
}

}  // namespace

ExitStatus dump_database(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_database_options(arguments);
  add_scope_options(arguments);
  arguments.flag("hash", "only how many rows each table has, and the SHA-256 of its dump");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto database = open_current(url_of(arguments));
  const auto scope = scope_of(arguments, *database);
  const bool only_hash = arguments.has("hash");
  const auto tables = storage::canonical_dump(*database, scope, [&](std::string_view line) {
    if (!only_hash) std::cout << line;
  });
  if (!tables) fail(*database, scope, tables.error());
  if (only_hash) print_hashes(*tables, arguments.json());
  return ExitStatus::kOk;
}

ExitStatus compare_databases(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_scope_options(arguments);
  arguments.plain(2, 2);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto a = open_current(arguments.words()[0]);
  const auto b = open_current(arguments.words()[1]);
  const auto scope = scope_of(arguments, *a);
  const auto tables = storage::compare_content(*a, *b, scope);
  if (!tables) fail(a->last_error().empty() ? *b : *a, scope, tables.error());
  const auto different = std::count_if(tables->begin(), tables->end(),
                                       [](const auto& table) { return !table.equal(); });
  if (arguments.json()) {
    json::array list;
    for (const auto& table : *tables) {
      list.push_back({{"table", table.table},
                      {"equal", table.equal()},
                      {"rows_a", table.rows_a},
                      {"rows_b", table.rows_b},
                      {"sha256_a", table.hash_a},
                      {"sha256_b", table.hash_b}});
    }
    print_json({{"equal", different == 0}, {"tables", std::move(list)}});
  } else {
    std::vector<std::vector<std::string>> rows = {{"", "table", "rows", "rows"}};
    for (const auto& table : *tables) {
      rows.push_back({table.equal() ? "same" : "DIFFERENT", table.table, grouped(table.rows_a),
                      grouped(table.rows_b)});
    }
    print_table(rows);
  }
  return different == 0 ? ExitStatus::kOk : ExitStatus::kFailed;
}

}  // namespace writ::cli
