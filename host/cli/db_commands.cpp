// writ db: the list of its commands, and migrate, status, verify, rebuild.
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/db_arguments.hpp"
#include "host/cli/db_command_list.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_folders.hpp"
#include "host/storage/database.hpp"
#include "host/storage/migration.hpp"
#include "host/storage/projection.hpp"
#include "host/storage/verify.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <string>

namespace writ::cli {
namespace {

namespace json = boost::json;

json::array migrations_json(const std::vector<storage::Migration>& migrations) {
  json::array result;
  for (const auto& migration : migrations) {
    result.push_back({{"name", migration.name},
                      {"sha256", migration.sha256},
                      {"applied", migration.applied},
                      {"applied_ts", migration.applied_ts}});
  }
  return result;
}

ExitStatus migrate(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_database_options(arguments);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto database = storage::Database::open(url_of(arguments));
  const auto applied = storage::migrate(*database);
  if (arguments.json()) {
    print_json({{"url", database->url()}, {"applied", migrations_json(applied)}});
  } else {
    for (const auto& migration : applied) std::cout << "applied " << migration.name << "\n";
    std::cout << database->url() << ": " << applied.size() << " migrations applied\n";
  }
  return ExitStatus::kOk;
}

json::array runs_json(storage::Database& database) {
  auto query = database.prepare(
      "SELECT r.run_number, r.run_id, r.run_mode, r.status, COALESCE(p.journal_seq, 0) FROM run r "
      "LEFT JOIN projection_checkpoint p ON p.run_id = r.run_id ORDER BY r.run_number");
  if (!query) throw base::InputError(database.url(), database.last_error());
  json::array result;
  for (;;) {
    const auto row = (*query)->step();
    if (!row) throw base::InputError(database.url(), database.last_error());
    if (!*row) return result;
    result.push_back({{"run", (*query)->integer(0)},
                      {"run_id", (*query)->text(1)},
                      {"mode", (*query)->text(2)},
                      {"status", (*query)->text(3)},
                      {"journal_seq", (*query)->integer(4)}});
  }
}

ExitStatus status(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_database_options(arguments);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto database = open_existing(url_of(arguments));
  const auto migrations = storage::migration_status(*database);
  const auto missing = std::count_if(migrations.begin(), migrations.end(),
                                     [](const auto& migration) { return !migration.applied; });
  const auto runs = missing == 0 ? runs_json(*database) : json::array();
  if (arguments.json()) {
    print_json({{"url", database->url()},
                {"current", missing == 0},
                {"migrations", migrations_json(migrations)},
                {"runs", runs}});
    return ExitStatus::kOk;
  }
  std::cout << database->url() << ": "
            << (missing == 0 ? "current" : std::to_string(missing) + " migrations missing") << "\n";
  for (const auto& run : runs) {
    const auto& object = run.as_object();
    std::cout << "  run " << object.at("run").as_int64() << "  "
              << std::string(object.at("run_id").as_string()) << "  "
              << std::string(object.at("mode").as_string()) << "  "
              << std::string(object.at("status").as_string()) << "  to seq "
              << object.at("journal_seq").as_int64() << "\n";
  }
  return ExitStatus::kOk;
}

ExitStatus print_checks(const std::vector<storage::Check>& checks, bool as_json) {
  const bool passed =
      std::all_of(checks.begin(), checks.end(), [](const auto& check) { return check.passed(); });
  if (as_json) {
    json::array list;
    for (const auto& check : checks) {
      list.push_back({{"name", check.name},
                      {"what", check.what},
                      {"passed", check.passed()},
                      {"examined", check.examined},
                      {"violations", check.violations},
                      {"first", check.first}});
    }
    print_json({{"ok", passed}, {"checks", std::move(list)}});
  } else {
    std::vector<std::vector<std::string>> rows = {{"", "check", "examined", "violations", "rule"}};
    for (const auto& check : checks) {
      rows.push_back({check.passed() ? "ok" : "FAILED", check.name, grouped(check.examined),
                      grouped(check.violations), check.what});
    }
    print_table(rows);
    for (const auto& check : checks) {
      if (!check.first.empty()) std::cout << check.name << ": " << check.first << "\n";
    }
  }
  return passed ? ExitStatus::kOk : ExitStatus::kFailed;
}

ExitStatus verify(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_database_options(arguments);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto database = open_existing(url_of(arguments));
  auto checks = storage::verify(*database);
  if (!checks) throw base::InputError(database->url(), database->last_error());
  const auto records = storage::verify_records(*database);
  if (!records) throw base::InputError(database->url(), database->last_error());
  checks->insert(checks->end(), records->begin(), records->end());
  if (const auto folder = journal_folder(arguments)) {
    journal::PosixStorage files;
    const auto more = storage::verify_against_journal(*database, files, *folder);
    if (!more) throw base::InputError::from(folder->string(), more.error());
    checks->insert(checks->end(), more->begin(), more->end());
  }
  return print_checks(*checks, arguments.json());
}

ExitStatus rebuild(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_database_options(arguments);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto folder = required_journal_folder(arguments);
  const std::string url = url_of(arguments);
  const auto database = storage::Database::open(url);
  journal::PosixStorage files;
  std::string failed;
  const auto runs = storage::rebuild(*database, files, folder, {}, &failed);
  if (!runs) {
    throw base::InputError(url, failed.empty() ? to_string(runs.error()) : failed);
  }
  json::array list;
  for (const auto& run : *runs) {
    list.push_back({{"run", run.folder.string()},
                    {"journal_seq", run.progress.journal_seq},
                    {"rows", run.progress.rows},
                    {"rejected", run.progress.rejected}});
    if (arguments.json()) continue;
    std::cout << run.folder.string() << ": to seq " << run.progress.journal_seq << ", "
              << grouped(run.progress.rows) << " rows, " << run.progress.rejected << " refused\n";
  }
  if (arguments.json()) print_json({{"url", url}, {"runs", std::move(list)}});
  return ExitStatus::kOk;
}

}  // namespace

std::span<const Command> db_commands() {
  static constexpr std::array kCommands = {
      Command{"db migrate", "[FILE|URL]", "make or update the schema", migrate},
      Command{"db status", "[FILE|URL]", "which migrations and which runs it holds", status},
      Command{"db verify", "[FILE|URL] [--journal DIR]",
              "that what must hold holds, and that it is what the journal says", verify},
      Command{"db query", "[NAME [PARAMETER=VALUE]...]",
              "ask it by name: results, latencies, fills, vetoes; without a name: what there is",
              query_database},
      Command{"db rebuild", "[FILE|URL] --journal DIR",
              "project every run of a journal folder, from the start or the checkpoint", rebuild},
      Command{"db follow", "--db FILE|URL --journal DIR|--config FILE",
              "keep a database equal to the journal of a host, from a process of its own",
              follow_journal},
      Command{"db import", "FILE|URL --db FILE|URL [--run R]",
              "copy the runs of one database into another", import_database},
      Command{"db retention", "--keep-days N [--archive DIR] [--db FILE|URL]",
              "move raw frames older than N days into compressed archives", retain_frames},
      Command{"db archive", "list|verify|print|hash FILE|DIR",
              "read archives back: what they hold, whether they are whole, frames, replay hash",
              read_archives},
      Command{"db dump", "[FILE|URL] [--hash] [--table T] [--run R]",
              "print the contents in a form that every dialect shares, or its hashes",
              dump_database},
      Command{"db compare", "FILE|URL FILE|URL", "whether two databases hold the same",
              compare_databases},
  };
  return kCommands;
}

}  // namespace writ::cli
