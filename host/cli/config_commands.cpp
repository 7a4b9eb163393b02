// writ config: check, diff, schema.
#include "host/base/file.hpp"
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/assemble.hpp"
#include "host/cli/core_options.hpp"
#include "host/cli/editor_schema.hpp"
#include "host/cli/feeds.hpp"
#include "host/cli/host_session.hpp"
#include "host/cli/output.hpp"
#include "host/cli/plugin_source.hpp"
#include "host/cli/program_files.hpp"
#include "host/cli/venue_accounts.hpp"
#include "host/config/difference.hpp"
#include "host/config/json_schema.hpp"
#include "host/journal/storage.hpp"

#include <boost/json/array.hpp>

#include <array>
#include <iostream>
#include <string>

namespace writ::cli {
namespace {

config::Overrides tapes_of(const Arguments& arguments) {
  config::Overrides overrides;
  for (const auto& tape : arguments.texts("tape")) overrides.tapes.emplace_back(tape);
  return overrides;
}

// Everything a start checks, with nothing written but into a folder that is removed.
void assemble_for_check(config::Loaded& loaded, const TemporaryFolder& copies) {
  const FindPlugin find = find_in_folders(loaded, copies.path());
  const auto isolations = isolation_in(loaded.config.mode, nullptr);
  journal::PosixStorage storage;
  Numbering numbering;
  static_cast<void>(assemble_accounts(loaded.config, numbering));
  if (loaded.config.feeds.empty()) {
    // A backtest's tape may come with the command line: then `*` stands for nothing yet.
    for (const auto& instance : loaded.config.instances) static_cast<void>(find(instance));
    for (auto& instance : loaded.config.instances) instance.instruments = {"*"};
    static_cast<void>(assemble_instances(loaded, find, isolations, {}, numbering));
    return;
  }
  SimulatedTime time;
  time.start_ts = 1;
  Feeds feeds(loaded, storage, time, numbering);
  const auto instances =
      assemble_instances(loaded, find, isolations, feeds.instruments(), numbering);
  refuse_unknown_markets(loaded, numbering.tables());
  refuse_foreign_instruments(loaded, instances, numbering.tables());
}

ExitStatus check(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.repeated("tape", "FILE", "tape instead of the configuration's feeds").plain(1, 1);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  auto loaded = config::load_config(arguments.words()[0], tapes_of(arguments));
  const TemporaryFolder copies;
  assemble_for_check(loaded, copies);
  const std::string hash = loaded.document.hash();
  if (arguments.json()) {
    boost::json::object result;
    result["ok"] = true;
    result["config_hash"] = hash;
    result["config"] = loaded.document.shown_values();
    print_json(result);
  } else {
    std::cout << arguments.words()[0] << ": well, " << loaded.config.instances.size()
              << " instances, config_hash " << hash << "\n";
  }
  return ExitStatus::kOk;
}

ExitStatus diff(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.plain(2, 2);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto before = config::load_config(arguments.words()[0]);
  const auto after = config::load_config(arguments.words()[1]);
  const auto found =
      config::difference(before.document.shown_values(), after.document.shown_values());
  if (arguments.json()) {
    boost::json::array lines;
    for (const auto& one : found) {
      lines.push_back({{"path", one.path}, {"before", one.before}, {"after", one.after}});
    }
    print_json({{"equal", found.empty()}, {"differences", std::move(lines)}});
  } else {
    for (const auto& one : found) std::cout << config::to_string(one) << "\n";
  }
  return found.empty() ? ExitStatus::kOk : ExitStatus::kFailed;
}

ExitStatus schema(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.repeated("dir", "DIR", "with the plugins of this folder and the program's")
      .option("config", "FILE", "with those of this configuration's folders")
      .option("into", "FILE", "written there instead of to standard output");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const bool plain = arguments.texts("dir").empty() && !arguments.has("config");
  const TemporaryFolder copies;
  const auto text = config::indented(
      plain ? config::json_schema()
            : editor_schema(describe_folders(plugin_folders(arguments), copies.path())));
  const auto into = arguments.path("into");
  if (!into) {
    std::cout << text;
  } else if (const auto written = base::write_file_atomically(*into, text); !written) {
    throw base::InputError(into->string(), to_string(written.error()));
  }
  return ExitStatus::kOk;
}

}  // namespace

std::span<const Command> config_commands() {
  static constexpr std::array kCommands = {
      Command{"config check", "FILE [--tape T]...",
              "everything a start checks, without starting anything", check},
      Command{"config diff", "FILE FILE", "where two configurations differ, defaults filled in",
              diff},
      Command{
          "config schema", "[--dir DIR]... [--config FILE] [--into FILE]",
          "JSON Schema of writ.yaml, for editors; with folders, of their plugins' parameters too",
          schema},
  };
  return kCommands;
}

}  // namespace writ::cli
