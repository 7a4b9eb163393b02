// writ replay: a run recomputed from its journal through the real plugins, and compared.
#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/build_facts.hpp"
#include "host/cli/core_options.hpp"
#include "host/cli/host_session.hpp"
#include "host/cli/output.hpp"
#include "host/cli/plugin_source.hpp"
#include "host/cli/program_files.hpp"
#include "host/cli/recorded_recipe.hpp"
#include "host/cli/recorded_run.hpp"
#include "host/cli/replay_frames.hpp"
#include "host/cli/run_commands.hpp"
#include "host/cli/run_folders.hpp"
#include "host/engine/verifier.hpp"
#include "host/model/catalogue.hpp"
#include "host/model/record_view.hpp"
#include "host/storage/journal_frames.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace writ::cli {
namespace {

// The modules a run is recomputed with: those it ran with, or those of other folders.
class ReplayModules {
 public:
  ReplayModules(const RecordedRun& run, const Arguments& arguments)
      : run_(run), recorded_(run.folder.parent_path() / "objects") {
    std::vector<std::filesystem::path> folders;
    for (const auto& folder : arguments.texts("plugins")) folders.emplace_back(folder);
    if (folders.empty()) return;
    // Nothing is traded: whose hash is named nowhere is taken as well.
    other_.emplace(folders, copies_.path(), config::Mode::kBacktest, [this](const std::string&) {
      return config::Place{run_.folder.string(), 0, 0};
    });
  }
  ReplayModules(const ReplayModules&) = delete;
  ReplayModules& operator=(const ReplayModules&) = delete;

  std::shared_ptr<const plugin::Module> find(const config::InstanceConfig& instance,
                                             const model::InstrumentTable& tables) {
    if (other_) return other_->find(instance);
    if (const auto number = tables.find_instance(instance.name)) {
      const auto recorded =
          recorded_.open(base::to_hex(tables.instance(*number)->object_hash), instance.isolation);
      if (recorded->find(instance.plugin) != nullptr) return recorded;
    }
    const auto ran = run_.objects.find(instance.plugin);
    if (ran == run_.objects.end()) {
      throw base::InputError(run_.folder.string(),
                             "the run had no plugin \"" + instance.plugin + "\"; give --plugins");
    }
    return recorded_.open(*ran->second.begin(), instance.isolation);
  }

 private:
  const RecordedRun& run_;
  RecordedModules recorded_;
  TemporaryFolder copies_;
  std::optional<PluginSource> other_;
};

std::uint32_t recorded_seed(const RecordedRun& run) {
  const auto* seed = run.manifest.if_contains("seed_root");
  boost::json::error_code error;
  return seed == nullptr ? 0 : seed->to_number<std::uint32_t>(error);
}

// What of the manifest is not as it is here and now.
std::vector<std::string> differences_of_build(const RecordedRun& run,
                                              const std::vector<engine::InstanceSetup>& instances) {
  std::vector<std::string> found;
  const auto compare = [&](const char* key, const std::string& here) {
    const auto* there = run.manifest.if_contains(key);
    if (there != nullptr && there->is_string() && there->get_string() != here) found.push_back(key);
  };
  compare("program_hash", program_hash());
  compare("cpu_class", cpu_class());
  std::set<std::string> plugins;
  for (const auto& instance : instances) {
    const auto* recorded = run.tables.instance(instance.number);
    if (recorded == nullptr) continue;
    const auto& here = instance.module->object_hash();
    if (std::equal(here.begin(), here.end(), std::begin(recorded->object_hash))) continue;
    plugins.insert("plugin " + instance.plugin);
  }
  found.insert(found.end(), plugins.begin(), plugins.end());
  return found;
}

boost::json::object counts_by_name(const std::map<std::uint16_t, std::uint64_t>& counts) {
  boost::json::object result;
  for (const auto& [type, count] : counts) result[model::type_name(type)] = count;
  return result;
}

void print_verified(const engine::Verified& verified, const RecordedRun& run,
                    const std::vector<std::string>& other_build, bool json) {
  std::uint64_t compared = 0;
  for (const auto& [type, count] : verified.compared) compared += count;
  if (json) {
    boost::json::object result;
    result["run_id"] = base::to_string(run.identity.run_id);
    result["equal"] = !verified.difference.has_value();
    result["inputs"] = verified.inputs;
    result["compared"] = counts_by_name(verified.compared);
    boost::json::array build;
    for (const auto& key : other_build) build.push_back(boost::json::value(key));
    result["different_build"] = std::move(build);
    if (verified.difference) {
      result["first_difference"] = {{"seq", std::to_string(verified.difference->seq.raw())},
                                    {"text", verified.difference->text}};
    }
    result["intents_hash"] = verified.intents_hash;
    result["verdicts_hash"] = verified.verdicts_hash;
    result["ledger_hash"] = verified.ledger_hash;
    print_json(result);
    return;
  }
  for (const auto& key : other_build) std::cout << "different build: " << key << "\n";
  std::cout << grouped(verified.inputs) << " inputs replayed, " << grouped(compared)
            << " derived records equal byte for byte\n";
  for (const auto& [type, count] : verified.compared) {
    std::cout << "  " << model::type_name(type) << " " << grouped(count) << "\n";
  }
  if (verified.difference) {
    std::cout << "DIFFERENT at seq " << verified.difference->seq.raw() << ": "
              << verified.difference->text << "\n";
  } else {
    std::cout << "EQUAL intents " << verified.intents_hash.substr(0, 16) << " ledger "
              << verified.ledger_hash.substr(0, 16) << "\n";
  }
}

// The configuration the recomputation uses: the run's, or another one.
config::Loaded verified_config(const RecordedRun& run, const Arguments& arguments) {
  if (const auto file = arguments.path("with-config")) {
    config::Overrides overrides;
    const auto* mode = run.manifest.if_contains("mode");
    if (mode != nullptr && mode->is_string() && mode->get_string() == "backtest") {
      overrides.mode = config::Mode::kBacktest;
    }
    return config::load_config(*file, overrides);
  }
  auto loaded = recorded_config(run.configs.front(), run.folder);
  loaded.config.paper.latency_file = kept_latencies(run);
  return loaded;
}

ExitStatus verify(journal::Storage& storage, const RecordedRun& run, const Arguments& arguments) {
  ReplayModules modules(run, arguments);
  auto loaded = verified_config(run, arguments);
  engine::VerifySetup setup;
  static_cast<engine::Recipe&>(setup) = recorded_recipe(
      loaded, run.folder, run.tables, recorded_seed(run),
      [&](const config::InstanceConfig& instance, const model::InstrumentTable& tables) {
        return modules.find(instance, tables);
      });
  setup.resimulate = arguments.has("resimulate");
  const auto other_build = differences_of_build(run, setup.instances);
  const auto venue = gateway_without_venues(loaded.config);
  const auto verified = engine::verify_run(storage, run.folder, setup, *venue);
  if (!verified) throw base::Failure(verified.error());
  print_verified(*verified, run, other_build, arguments.json());
  return verified->difference ? ExitStatus::kFailed : ExitStatus::kOk;
}

ExitStatus print_hashes(journal::Storage& storage, const RecordedRun& run, bool json) {
  const auto frames = storage::journal_frames(storage, run.folder);
  if (!frames) throw base::InputError::from(run.folder.string(), frames.error());
  const auto replay = storage::replay_hash_of(**frames);
  if (!replay) throw base::InputError::from(run.folder.string(), replay.error());
  if (json) {
    boost::json::object result;
    result["run_id"] = base::to_string(run.identity.run_id);
    result["intents_hash"] = run.hashes.intents();
    result["verdicts_hash"] = run.hashes.verdicts();
    result["ledger_hash"] = run.hashes.ledger();
    result["replay_hash"] = *replay;
    print_json(result);
  } else {
    std::cout << "intents  " << run.hashes.intents() << "\nverdicts " << run.hashes.verdicts()
              << "\nledger   " << run.hashes.ledger() << "\nreplay   " << *replay << "\n";
  }
  return ExitStatus::kOk;
}

}  // namespace

ExitStatus replay_run(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_run_options(arguments);
  arguments.flag("verify", "recompute everything derived and compare it, byte for byte")
      .flag("hash", "only the hashes of what is on record: decisions, ledger, raw frames")
      .flag("frames", "only the raw frames by source and seq, payloads in hexadecimal")
      .option("source", "NAME", "with --frames: those of one source")
      .option("db", "FILE|URL", "with --hash or --frames: of a database instead of the journal")
      .flag("resimulate", "with --verify: make the simulated venue's answers again, too")
      .option("with-config", "FILE", "with --verify: another configuration than the run's")
      .repeated("plugins", "DIR", "with --verify: builds of this folder instead of the run's")
      .plain(1, 1);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  if (arguments.has("verify") + arguments.has("hash") + arguments.has("frames") != 1) {
    throw base::InputError("", "replay needs one of --verify, --hash and --frames");
  }
  if (arguments.has("db") && arguments.has("verify")) {
    throw base::InputError("", "--verify recomputes a journal, not a database");
  }
  journal::PosixStorage storage;
  if (arguments.has("frames")) return print_frames(storage, arguments);
  if (arguments.has("db")) return print_database_hash(arguments);
  const auto run = read_run(storage, find_run(arguments.words()[0], arguments));
  return arguments.has("hash") ? print_hashes(storage, run, arguments.json())
                               : verify(storage, run, arguments);
}

}  // namespace writ::cli
