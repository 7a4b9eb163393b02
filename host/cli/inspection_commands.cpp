// writ trace, writ diff: what happened, and whether it was the same.
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_comparison.hpp"
#include "host/cli/run_folders.hpp"
#include "host/cli/trace.hpp"

#include <array>
#include <iostream>
#include <string>

namespace writ::cli {
namespace {

ExitStatus trace_id(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_run_options(arguments);
  arguments.option("run", "DIR", "any run of the journal").plain(1, 1);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  journal::PosixStorage storage;
  const auto run = arguments.has("run") ? find_run(arguments.text("run"), arguments)
                                        : last_run(storage, required_journal_folder(arguments));
  const auto found = trace(storage, run, arguments.words()[0]);
  if (arguments.json()) {
    print_json(found);
  } else {
    std::cout << trace_text(found);
  }
  return ExitStatus::kOk;
}

boost::json::object side_json(const RunSide& side) {
  return {{"run", side.folder.string()},       {"run_id", side.run_id},
          {"config_hash", side.config_hash},   {"intents", side.intents},
          {"verdicts", side.verdicts},         {"ledger", side.ledger},
          {"intents_hash", side.intents_hash}, {"verdicts_hash", side.verdicts_hash},
          {"ledger_hash", side.ledger_hash}};
}

ExitStatus diff(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_run_options(arguments);
  arguments.plain(2, 2);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  journal::PosixStorage storage;
  const auto found = compare_runs(storage, find_run(arguments.words()[0], arguments),
                                  find_run(arguments.words()[1], arguments));
  if (arguments.json()) {
    print_json({{"equal", found.equal()},
                {"a", side_json(found.a)},
                {"b", side_json(found.b)},
                {"first_difference", found.first_difference}});
  } else {
    const auto line = [](const char* what, const std::string& a, const std::string& b) {
      std::cout << what << (a == b ? "  equal      " : "  DIFFERENT  ") << a.substr(0, 16) << "  "
                << b.substr(0, 16) << "\n";
    };
    line("config  ", found.a.config_hash, found.b.config_hash);
    line("intents ", found.a.intents_hash, found.b.intents_hash);
    line("verdicts", found.a.verdicts_hash, found.b.verdicts_hash);
    line("ledger  ", found.a.ledger_hash, found.b.ledger_hash);
    if (!found.first_difference.empty()) std::cout << "first: " << found.first_difference << "\n";
  }
  return found.equal() ? ExitStatus::kOk : ExitStatus::kFailed;
}

}  // namespace

std::span<const Command> inspection_commands() {
  static constexpr std::array kCommands = {
      Command{"trace", "ID [--journal DIR | --config FILE | --run RUN]",
              "the golden chain of one intent, order or fill", trace_id},
      Command{"diff", "RUN RUN", "whether two runs decided the same, and where first not", diff},
  };
  return kCommands;
}

}  // namespace writ::cli
