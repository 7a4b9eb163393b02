// writ db import: the runs of one database into another.
#include "host/base/input_error.hpp"
#include "host/cli/db_arguments.hpp"
#include "host/cli/db_command_list.hpp"
#include "host/cli/output.hpp"
#include "host/storage/canonical_dump.hpp"
#include "host/storage/import.hpp"
#include "host/storage/migration.hpp"

#include <boost/json/array.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace writ::cli {

ExitStatus import_database(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.plain(1, 1)
      .option("db", "FILE|URL", "the database to import into, made if need be")
      .repeated("run", "NUMBER|ID", "only this run; any number of times");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto from = open_current(arguments.words()[0]);
  std::vector<std::string> runs;
  for (const auto& run : arguments.texts("run")) {
    const auto id = storage::find_run_id(*from, run);
    if (!id) throw base::InputError(from->url(), from->last_error());
    if (id->empty()) throw base::InputError(from->url(), "holds no run " + run);
    runs.push_back(*id);
  }
  const auto to = storage::Database::open(arguments.required("db"));
  static_cast<void>(storage::migrate(*to));

  std::string failed;
  const auto imported = storage::import_runs(*from, *to, runs, &failed);
  if (!imported) {
    const bool wrong = imported.error().code() == base::Errc::kExists ||
                       imported.error().code() == base::Errc::kMismatch;
    std::cerr << "writ: " << failed << "\n";
    return wrong ? ExitStatus::kWrongInput : ExitStatus::kFailed;
  }
  boost::json::array list;
  for (const auto& run : *imported) {
    list.push_back({{"run", run.run_number}, {"run_id", run.run_id}, {"rows", run.rows}});
    if (arguments.json()) continue;
    std::cout << "run " << run.run_number << "  " << run.run_id << "  " << grouped(run.rows)
              << " rows\n";
  }
  if (arguments.json()) {
    print_json({{"from", from->url()}, {"to", to->url()}, {"runs", std::move(list)}});
  }
  return ExitStatus::kOk;
}

}  // namespace writ::cli
