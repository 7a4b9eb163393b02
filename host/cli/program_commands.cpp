// writ doctor, writ version; and the table of the commands that make runs.
#include "host/cli/arguments.hpp"
#include "host/cli/build_facts.hpp"
#include "host/cli/doctor.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_commands.hpp"
#include "host/cli/run_folders.hpp"

#include <writ/abi/plugin.h>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <string>

namespace writ::cli {
namespace {

ExitStatus doctor(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_run_options(arguments);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto findings = examine_machine(journal_folder(arguments).value_or("."));
  const bool well = std::all_of(findings.begin(), findings.end(),
                                [](const Finding& finding) { return finding.well; });
  if (arguments.json()) {
    boost::json::array list;
    for (const auto& finding : findings) {
      list.push_back({{"what", finding.what}, {"found", finding.found}, {"well", finding.well}});
    }
    print_json({{"ok", well}, {"findings", std::move(list)}});
  } else {
    std::vector<std::vector<std::string>> rows;
    for (const auto& finding : findings) {
      rows.push_back({finding.well ? "ok" : "POOR", finding.what, finding.found});
    }
    print_table(rows);
  }
  return well ? ExitStatus::kOk : ExitStatus::kFailed;
}

ExitStatus version(const Command& command, const Words& words) {
  Arguments arguments(command);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto& facts = build_facts();
  const std::string abi = std::to_string(WRIT_ABI_MAJOR) + "." + std::to_string(WRIT_ABI_MINOR);
  if (arguments.json()) {
    print_json({{"version", facts.version},
                {"git_sha", facts.git_sha},
                {"changed", facts.changed},
                {"compiler", facts.compiler},
                {"build_type", facts.build_type},
                {"abi", abi},
                {"cpu_class", cpu_class()}});
  } else {
    std::cout << "writ " << facts.version;
    if (!facts.git_sha.empty()) {
      std::cout << " (" << facts.git_sha.substr(0, 12) << (facts.changed ? ", changed" : "") << ")";
    }
    std::cout << ", plugin ABI " << abi << ", " << facts.compiler << "\n";
  }
  return ExitStatus::kOk;
}

}  // namespace

std::span<const Command> run_commands() {
  static constexpr std::array kCommands = {
      Command{"run", "--config FILE [--live] [--for 60s] [--report]",
              "the host: feeds, strategies, risk, execution, until it is stopped", run_host},
      Command{"reconcile", "--config FILE [--adopt]",
              "bring the journal and the venues together, and trade nothing", reconcile},
      Command{"backtest", "--config FILE [--tape TAPE]... [--db FILE]",
              "a configuration on recorded data, as fast as they are read", run_backtest},
      Command{"replay", "RUN --verify | --hash | --frames",
              "recompute a run and compare it byte for byte; its hashes, its frames", replay_run},
      Command{"record", "--venue VENUE --symbol S... -o FILE",
              "what a venue says of its markets, as it was received: a capture", record_market},
      Command{"rearbitrate", "RUN --risk FILE",
              "a run's intents judged under another rule book, and what that would have made",
              rearbitrate},
  };
  return kCommands;
}

std::span<const Command> program_commands() {
  static constexpr std::array kCommands = {
      Command{"doctor", "[--journal DIR | --config FILE]", "what this machine offers a host",
              doctor},
      Command{"version", "", "what this program was built from", version},
  };
  return kCommands;
}

}  // namespace writ::cli
