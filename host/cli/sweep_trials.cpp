#include "host/cli/sweep_trials.hpp"

#include "host/base/input_error.hpp"
#include "host/base/sha256.hpp"
#include "host/cli/clock_pacer.hpp"
#include "host/cli/run_report.hpp"
#include "host/engine/run.hpp"
#include "host/model/names.hpp"

#include <map>
#include <system_error>
#include <utility>

namespace writ::cli {
namespace {

namespace json = boost::json;

config::Overrides overrides_of(const SweepOptions& options) {
  config::Overrides overrides;
  overrides.mode = config::Mode::kBacktest;
  overrides.tapes = options.tapes;
  overrides.journal_dir = options.journals;
  return overrides;
}

// Ends a trial between two inputs when the sweep is to end.
class TrialWatch final : public engine::OperatorPort {
 public:
  explicit TrialWatch(const std::function<bool()>& stopped) : stopped_(stopped) {}

  std::optional<Request> poll() override {
    constexpr std::uint64_t kLookEvery = 4'096;
    if (++polls_ % kLookEvery != 0 || !stopped_()) return std::nullopt;
    return [](engine::Run& run) { run.stop(WRIT_STOP_OPERATOR); };
  }

 private:
  const std::function<bool()>& stopped_;
  std::uint64_t polls_ = 0;
};

// As the configuration spells them once they are checked.
json::object parameters_of(const research::TrialParameters& given, const config::Loaded& loaded) {
  json::object result;
  for (const auto& parameter : given) {
    for (const char* list : {"signals", "strategies"}) {
      for (const auto& instance : loaded.document.values().at(list).as_array()) {
        if (instance.at("name").as_string() != parameter.instance) continue;
        auto& mine = result[parameter.instance];
        if (mine.is_null()) mine.emplace_object();
        mine.as_object()[parameter.parameter] = instance.at("params").at(parameter.parameter);
      }
    }
  }
  return result;
}

// Each instance's plugin, found once: trials ask from several threads.
FindPlugin find_once(const config::Loaded& loaded) {
  const auto find = find_in_folders(loaded, loaded.config.journal.dir / "objects");
  std::map<std::string, FoundPlugin> found;
  for (const auto& instance : loaded.config.instances) found[instance.name] = find(instance);
  return [found = std::move(found)](const auto& instance) { return found.at(instance.name); };
}

config::Place place_of(const research::TrialParameters& trial, const std::filesystem::path& grid) {
  return trial.empty() ? config::Place{grid.string(), 0, 0} : trial.back().value.place;
}

}  // namespace

SweepTrials::SweepTrials(SweepOptions options, journal::Storage& storage)
    : options_(std::move(options)),
      storage_(storage),
      text_(options_.config_file, overrides_of(options_)),
      base_(text_.check()),
      grid_(research::read_parameter_grid(options_.grid_file)) {
  refuse_endless(base_.config, options_.duration_ns);
  if (options_.journals) lock_ = lock_journal(storage_, base_.config);
  find_ = find_once(base_);
  feeds_.emplace(base_, storage_, backtest_time(options_.duration_ns), numbering_);
  check_all();
  market_ = research::DecodedMarket::take_from(feeds_->source(), options_.decoded_bytes_max);
  if (const auto trouble = feeds_->trouble(); !trouble.empty()) {
    throw base::InputError("", trouble);
  }
}

void SweepTrials::check_all() {
  const research::DecodedMarket never_run;
  std::map<std::string, std::size_t> by_config;
  base::Sha256 hash;
  hash.update("sweep " + std::to_string(options_.duration_ns.value_or(0)) + "\n");
  for (std::size_t i = 0; i < grid_.size(); ++i) {
    const auto session = session_of(i, engine::Keep::kNothing, &never_run);
    const auto [same, is_new] = by_config.emplace(session.loaded().document.hash(), i);
    if (!is_new) {
      const auto place = place_of(grid_[i], options_.grid_file);
      throw base::InputError(place.file, place.line, place.column,
                             "trial " + std::to_string(i + 1) + " is the same as trial " +
                                 std::to_string(same->second + 1));
    }
    hash.update(session.manifest().run_hash + "\n");
  }
  identity_ = hash.hex();
}

RunNumber SweepTrials::run_number_of(std::size_t index) const {
  return RunNumber{base_.config.host.run_number_base + static_cast<std::uint32_t>(index) + 1};
}

HostSession SweepTrials::session_of(std::size_t index, engine::Keep keep,
                                    const research::DecodedMarket* market) {
  const SharedParts shared{find_, &*feeds_, market, &numbering_.tables()};
  SessionOptions options;
  options.duration_ns = options_.duration_ns;
  options.keep = keep;
  options.shared = &shared;
  options.run_number = run_number_of(index);
  return {text_.check(grid_[index]), storage_, lock_, nullptr, options};
}

void SweepTrials::clear_journals(const std::vector<std::size_t>& left, bool first) {
  if (!options_.journals) return;
  const auto runs = journal::list_runs(storage_, base_.config.journal.dir);
  if (!runs) throw base::Failure(runs.error());
  for (const auto& run : *runs) {
    const bool ours = run.number >= run_number_of(0) && run.number < run_number_of(count());
    if (!ours || first) {
      throw base::InputError(run.folder.string(), "is no journal of this sweep: name a new folder");
    }
  }
  for (const auto index : left) {
    const auto folder = journal::run_folder(base_.config.journal.dir, run_number_of(index));
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    if (error) throw base::InputError(folder.string(), error.message());
  }
}

std::optional<json::object> SweepTrials::run(std::size_t index,
                                             const std::function<bool()>& stopped) {
  const auto keep = options_.journals ? engine::Keep::kJournal : engine::Keep::kNothing;
  auto session = session_of(index, keep, market_ ? &*market_ : nullptr);
  json::object row;
  row["parameters"] = parameters_of(grid_[index], session.loaded());
  row["config_hash"] = session.loaded().document.hash();

  TrialWatch watch(stopped);
  TapePacer pacer;
  std::unique_ptr<engine::Run> run;
  try {
    auto begun = engine::Run::start(session.setup(), storage_, nullptr, session.feeds().source(),
                                    session.venue(), pacer, watch);
    if (!begun) throw base::Failure(begun.error());
    run = std::move(*begun);
  } catch (const base::InputError& refusal) {
    row["refused"] = refusal.message();
    return row;
  }
  const auto reason = run->go();
  if (run->journal_failure()) throw base::Failure(*run->journal_failure());
  if (const auto trouble = session.feeds().trouble(); !trouble.empty()) {
    throw base::InputError("", trouble);
  }
  if (reason == WRIT_STOP_OPERATOR) return std::nullopt;
  row["ended"] = model::kStopReasonWords.text(static_cast<std::uint16_t>(reason));
  for (const auto& [name, value] : run_outcome(*run)) row[name] = value;
  return row;
}

}  // namespace writ::cli
