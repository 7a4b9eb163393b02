// writ plugin: list, schema, check, fuzz, new.
#include "host/base/file.hpp"
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/output.hpp"
#include "host/cli/plugin_source.hpp"
#include "host/cli/plugin_template.hpp"
#include "host/cli/program_files.hpp"
#include "host/config/json_schema.hpp"
#include "host/plugin/check.hpp"
#include "host/plugin/parameters.hpp"
#include "host/sandbox/sandbox.hpp"

#include <boost/json/array.hpp>

#include <array>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

namespace writ::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr int kFuzzEvents = 20'000;
constexpr std::uint64_t kFuzzSeeds = 100;

json::object as_json(const plugin::Module& module) {
  json::object result;
  result["file"] = module.file().string();
  result["object_hash"] = module.object_hash_hex();
  result["vendor"] = module.vendor();
  auto& plugins = result["plugins"].emplace_array();
  for (const auto& descriptor : module.descriptors()) {
    auto described = plugin::describe(descriptor);
    described["parameter_schema"] = plugin::parameter_schema(descriptor);
    plugins.push_back(std::move(described));
  }
  return result;
}

ExitStatus list(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.repeated("dir", "DIR", "folder of plugins; those of the program are always listed")
      .option("config", "FILE", "folders of this configuration");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const TemporaryFolder copies;
  const auto catalogue = describe_folders(plugin_folders(arguments), copies.path());
  if (arguments.json()) {
    json::object result;
    auto& modules = result["modules"].emplace_array();
    for (const auto& module : catalogue.modules()) modules.push_back(as_json(*module));
    auto& refused = result["refused"].emplace_array();
    for (const auto& refusal : catalogue.refusals()) {
      refused.push_back({{"file", refusal.file.string()}, {"reason", refusal.reason}});
    }
    print_json(result);
    return ExitStatus::kOk;
  }
  std::vector<std::vector<std::string>> rows = {{"plugin", "kind", "version", "about"}};
  for (const auto& module : catalogue.modules()) {
    for (const auto& descriptor : module->descriptors()) {
      rows.push_back({descriptor.id,
                      descriptor.kind == plugin::PluginKind::kStrategy ? "strategy" : "signal",
                      descriptor.version, descriptor.doc});
    }
  }
  print_table(rows);
  for (const auto& refusal : catalogue.refusals()) std::cerr << "writ: " << refusal.reason << "\n";
  return ExitStatus::kOk;
}

ExitStatus schema(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.option("plugin", "ID", "which one, of a file that offers several").plain(1, 1);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const std::string& file = arguments.words()[0];
  const TemporaryFolder copies;
  const auto module = describe_plugin(plugin::PluginFile(file), copies.path());
  const auto wanted = arguments.text("plugin");
  std::string ids;
  for (const auto& descriptor : module->descriptors()) ids += " " + descriptor.id;
  const bool one = module->descriptors().size() == 1;
  const auto* found = wanted.empty() && one ? &module->descriptors().front() : module->find(wanted);
  if (found == nullptr) throw base::InputError(file, "--plugin is one of" + ids);
  std::cout << config::indented(plugin::parameter_schema(*found));
  return ExitStatus::kOk;
}

plugin::CheckOptions check_options(const Arguments& arguments) {
  plugin::CheckOptions options;
  if (const auto seed = arguments.number("seed", UINT32_MAX)) options.seed = *seed;
  if (const auto limit = arguments.duration("time-limit")) {
    options.time_limit = std::chrono::milliseconds(*limit / 1'000'000);
  }
  auto sandboxed = sandbox_options();
  sandboxed.deadline_ns = options.time_limit.count() * 1'000'000;
  options.isolate = sandbox::isolate(sandboxed);
  return options;
}

ExitStatus tell(const Arguments& arguments, const plugin::CheckReport& report) {
  if (const auto file = arguments.path("junit")) {
    if (const auto written = base::write_file_atomically(*file, report.junit()); !written) {
      throw base::InputError(file->string(), to_string(written.error()));
    }
  }
  if (arguments.json()) {
    print_json(report.json());
  } else {
    std::cout << report.text();
  }
  return report.passed() ? ExitStatus::kOk : ExitStatus::kFailed;
}

ExitStatus check(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.option("seed", "N", "of the made-up events")
      .option("time-limit", "DURATION", "for each test")
      .option("junit", "FILE", "the results as JUnit's XML, too")
      .plain(1, 1);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  return tell(arguments, plugin::check_plugin(arguments.words()[0], check_options(arguments)));
}

ExitStatus fuzz(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.option("seed", "N", "the first; what it prints reproduces a failure")
      .option("seeds", "N", "how many, 100 without it")
      .option("time-limit", "DURATION", "for each seed")
      .option("junit", "FILE", "the results as JUnit's XML, too")
      .plain(1, 1);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  auto options = check_options(arguments);
  options.events = kFuzzEvents;
  const auto seeds = arguments.number("seeds", UINT32_MAX).value_or(kFuzzSeeds);
  return tell(arguments, plugin::fuzz_plugin(arguments.words()[0],
                                             static_cast<std::uint32_t>(seeds), options));
}

ExitStatus make_new(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.option("into", "DIR", "the folder to make; without it one of the plugin's name")
      .plain(2, 2);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const std::string& kind = arguments.words()[0];
  const std::string& name = arguments.words()[1];
  if (kind != "strategy" && kind != "signal") {
    throw base::InputError("", "\"" + kind + "\" is neither strategy nor signal");
  }
  const fs::path target = arguments.path("into").value_or(fs::path(name));
  const auto made =
      make_from_template({template_folder("common"), template_folder(kind)}, name, target);
  if (arguments.json()) {
    json::array files;
    for (const auto& file : made) files.push_back(json::value(file.string()));
    print_json({{"folder", target.string()}, {"files", std::move(files)}});
  } else {
    for (const auto& file : made) std::cout << file.string() << "\n";
    std::cout << "next: cmake -S " << target.string() << " -B " << (target / "build").string()
              << " && cmake --build " << (target / "build").string() << "\n";
  }
  return ExitStatus::kOk;
}

}  // namespace

std::span<const Command> plugin_commands() {
  static constexpr std::array kCommands = {
      Command{"plugin list", "[--dir DIR]... [--config FILE]",
              "plugins found, their parameters and ports (--json: with schema)", list},
      Command{"plugin schema", "FILE.so [--plugin ID]",
              "JSON Schema of a plugin's parameters, for editors", schema},
      Command{"plugin check", "FILE.so", "test one plugin, each test in a process of its own",
              check},
      Command{"plugin fuzz", "FILE.so",
              "random events, errors and states, one seed after the other", fuzz},
      Command{"plugin new", "strategy|signal NAME",
              "a plugin to begin with, in a folder of its own", make_new},
  };
  return kCommands;
}

}  // namespace writ::cli
