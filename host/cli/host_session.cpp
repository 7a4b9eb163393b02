#include "host/cli/host_session.hpp"

#include "host/base/assert.hpp"
#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/base/run_hash.hpp"
#include "host/base/sha256.hpp"
#include "host/cli/clock_pacer.hpp"
#include "host/cli/core_options.hpp"
#include "host/cli/plugin_source.hpp"
#include "host/cli/program_files.hpp"
#include "host/cli/recorded_recipe.hpp"
#include "host/cli/venue_accounts.hpp"
#include "host/engine/operator_instance.hpp"
#include "host/journal/objects.hpp"
#include "host/ops/kill_mark.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <chrono>
#include <span>
#include <thread>
#include <utility>

namespace writ::cli {
namespace {

// A backtest on a simulated market happens at a fixed time, so that it is the same one each time.
constexpr std::int64_t kBacktestStart = 1'700'000'000'000'000'000;

const char* word_of(config::Mode mode) {
  switch (mode) {
    case config::Mode::kBacktest:
      return "backtest";
    case config::Mode::kPaper:
      return "paper";
    case config::Mode::kLive:
      break;
  }
  return "live";
}

std::uint32_t mode_number(config::Mode mode, const SessionOptions& options) {
  if (options.again) return WRIT_MODE_REPLAY;
  if (mode == config::Mode::kLive) return WRIT_MODE_LIVE;
  return mode == config::Mode::kBacktest ? WRIT_MODE_BACKTEST : WRIT_MODE_PAPER;
}

// A number the run before wrote into its manifest.
std::optional<std::int64_t> manifest_number(const engine::Past* past, std::string_view key) {
  if (past == nullptr) return std::nullopt;
  boost::json::error_code error;
  const auto manifest = boost::json::parse(past->manifest, error);
  const auto* object = error ? nullptr : manifest.if_object();
  const auto* value = object == nullptr ? nullptr : object->if_contains(key);
  if (value == nullptr) return std::nullopt;
  boost::json::error_code not_a_number;
  const auto number = value->to_number<std::int64_t>(not_a_number);
  if (not_a_number) return std::nullopt;
  return number;
}

// A replay finds the recorded latencies there, whatever became of the file.
std::string keep_latency(journal::Storage& storage, const config::Config& config) {
  const auto kept = journal::store_file(storage, config.journal.dir, *config.paper.latency_file);
  if (!kept) throw base::InputError::from(config.paper.latency_file->string(), kept.error());
  return base::to_hex(*kept);
}

// Whose the statistics of the stages are. A backtest puts none on record, so that it is the same
// with and without.
void enter_stages(Numbering& numbering) {
  for (const auto name : engine::kStageNames) {
    const auto number = numbering.instance_number(name);
    static_cast<void>(numbering.instance(engine::instance_without_plugin(number, name), {}));
  }
}

Numbering first_numbers(const engine::Past* past, const SessionOptions& options) {
  if (past != nullptr) return Numbering(past->tables);
  const bool numbered = options.shared != nullptr && options.shared->market != nullptr;
  return numbered ? Numbering(*options.shared->tables) : Numbering();
}

RunNumber next_run_number(journal::Storage& storage, const config::Config& config) {
  const auto number =
      journal::next_run_number(storage, config.journal.dir, config.host.run_number_base);
  if (!number) throw base::InputError(config.journal.dir.string(), to_string(number.error()));
  return *number;
}

// Positions of a simulated exchange are no positions at a venue.
void refuse_other_mode(const config::Loaded& loaded, const engine::Past* past) {
  const bool live = loaded.config.mode == config::Mode::kLive;
  if (past == nullptr || (past->mode == WRIT_MODE_LIVE) == live) return;
  const auto& place = loaded.document.place("journal.dir");
  throw base::InputError(place.file, place.line, place.column,
                         std::string("journal.dir: its last run was ") +
                             (live ? "not live: live begins" : "live: paper begins") +
                             " in a journal of its own");
}

std::unique_ptr<LiveVenues> live_venues(const config::Loaded& loaded,
                                        const SessionOptions& options) {
  const auto& feeds = loaded.config.feeds;
  const bool any = std::any_of(feeds.begin(), feeds.end(), [](const auto& feed) {
    return feed.type == config::FeedType::kBinance;
  });
  if (options.offline || (!any && loaded.config.mode != config::Mode::kLive)) return nullptr;
  return std::make_unique<LiveVenues>(loaded, options.wake, options.trace_latency);
}

}  // namespace

base::Sha256Digest digest_of(const std::string& hex) {
  const auto bytes = base::from_hex(hex);
  base::Sha256Digest digest{};
  WRIT_ASSERT(bytes && bytes->size() == digest.size());
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

SimulatedTime backtest_time(std::optional<std::int64_t> duration_ns) {
  return {kBacktestStart, duration_ns.value_or(0), std::nullopt};
}

FindPlugin find_in_folders(const config::Loaded& loaded, const std::filesystem::path& objects) {
  auto source = std::make_shared<PluginSource>(
      plugin_folders(loaded.config.plugins.dirs), objects, loaded.config.mode,
      [document = loaded.document](const std::string& path) { return document.place(path); });
  return [source](const config::InstanceConfig& instance) {
    return FoundPlugin{source->find(instance), std::nullopt};
  };
}

std::shared_ptr<journal::FolderLock> lock_journal(journal::Storage& storage,
                                                  const config::Config& config) {
  // A host that was killed holds its lock until the kernel has taken its memory apart.
  constexpr int kTries = 40;
  auto lock = journal::FolderLock::take(storage, config.journal.dir);
  for (int i = 1; i < kTries && !lock && lock.error().code() == base::Errc::kLocked; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    lock = journal::FolderLock::take(storage, config.journal.dir);
  }
  if (lock) return *lock;
  const bool locked = lock.error().code() == base::Errc::kLocked;
  throw base::InputError(config.journal.dir.string(),
                         locked ? "another host writes this journal" : to_string(lock.error()));
}

std::optional<engine::Past> past_of(journal::Storage& storage, const journal::FolderLock& lock) {
  journal::Place place;
  auto past = engine::open_past(storage, lock, &place);
  if (past) return std::move(*past);
  const auto& error = past.error();
  throw base::InputError::at_offset(
      place.file.string(), place.offset,
      std::string(error.step()) + ": " + base::to_string(error.code()));
}

std::optional<std::uint64_t> killed_run(const std::filesystem::path& journal_folder,
                                        const engine::Past* past) {
  const auto mark = ops::read_kill_mark(journal_folder);
  if (!mark) throw base::InputError(journal_folder.string(), to_string(mark.error()));
  if (past != nullptr && past->killed) return past->run.identity.run_number.raw();
  if (*mark) return (*mark)->run;
  return std::nullopt;
}

HostSession::HostSession(config::Loaded loaded, journal::Storage& storage,
                         std::shared_ptr<journal::FolderLock> lock, const engine::Past* past,
                         const SessionOptions& options)
    : loaded_(std::move(loaded)), numbering_(first_numbers(past, options)) {
  refuse_other_mode(loaded_, past);
  live_ = live_venues(loaded_, options);
  const auto& config = loaded_.config;
  const auto time = simulated_time(past, options);
  feeds_ = open_feeds(storage, time, options.shared);
  setup_.deposits = assemble_accounts(config, numbering_);
  setup_.instances = assemble_instances(
      loaded_,
      options.shared == nullptr ? find_in_folders(loaded_, config.journal.dir / "objects")
                                : options.shared->find,
      isolation_in(config.mode, &outside_), feeds_->instruments(), numbering_);

  refuse_unknown_markets(loaded_, numbering_.tables());
  refuse_foreign_instruments(loaded_, setup_.instances, numbering_.tables());

  const bool backtest = config.mode == config::Mode::kBacktest;
  const std::string config_hash = loaded_.document.hash();
  std::string data_hash = feeds_->data_hash();
  std::string latency_hash;
  if (config.paper.latency_file) {
    latency_hash = keep_latency(storage, config);
    data_hash = base::sha256_hex(data_hash + " latency " + latency_hash);
  }
  manifest_ = make_manifest({word_of(config.mode), config.host.name, config_hash,
                             backtest ? data_hash : std::string(), config.seed, setup_.instances});
  if (!latency_hash.empty()) manifest_.values["latency_hash"] = latency_hash;
  // An instance's random sequence goes on where it was.
  if (const auto seed = manifest_number(past, "seed_root"); seed && !config.seed) {
    manifest_.seed_root = static_cast<std::uint32_t>(*seed);
    manifest_.values["seed_root"] = manifest_.seed_root;
    manifest_.values["bootstrap_seed"] =
        base::bootstrap_seed(manifest_.run_hash, manifest_.seed_root);
  }
  manifest_.values["market_start_ts"] = time.start_ts;

  setup_.mode = mode_number(config.mode, options);
  setup_.keep = options.keep;
  setup_.identity.run_number =
      options.run_number ? *options.run_number : next_run_number(storage, config);
  setup_.identity.run_id = random_run_id();
  if (backtest) {
    const auto first = base::backtest_run_uuid(manifest_.run_hash);
    if (options.again) {
      origin_run_id_ = base::to_string(first);
      manifest_.values["origin_run_id"] = origin_run_id_;
    } else {
      setup_.identity.run_id = first;
    }
  }
  setup_.identity.config_hash = digest_of(config_hash);
  setup_.writer = writer_options(config);
  setup_.writer.lock = std::move(lock);
  setup_.writer.on_durable = options.wake;  // an order may have waited for it
  setup_.manifest = manifest_.text();
  setup_.config_text = loaded_.document.canonical();
  if (options.trace_latency && !backtest) enter_stages(numbering_);
  setup_.tables = numbering_.all();
  setup_.core = core_options(config, numbering_.tables(), manifest_.seed_root);
  if (options.trace_latency) setup_.core.stage_times = std::make_shared<engine::StageTimes>();
  // A simulated venue gets its orders at once: it could not repeat a disk's delays in a replay.
  const bool durable =
      config.mode == config::Mode::kLive && config.journal.promise == config::Promise::kDurable;
  setup_.promise = durable ? engine::OrderPromise::kDurable : engine::OrderPromise::kAppended;
  setup_.duration_ns = options.duration_ns;
  constexpr std::int64_t kStatisticsPeriodNs = 60'000'000'000;
  setup_.statistics_period_ns = backtest ? 0 : kStatisticsPeriodNs;
  outside_.sandboxed().set_seed(manifest_.seed_root);
  setup_.outside = &outside_;
  setup_.reconcile = reconcile_options(config);
  // The past is gone through as it was made, whatever has been changed since.
  if (past != nullptr) {
    setup_.past = recipe_of_past(*past, config.journal.dir, manifest_.seed_root);
  }

  venue_ = live_ != nullptr && config.mode == config::Mode::kLive
               ? live_->open_gateway(config, numbering_)
               : gateway_without_venues(config);

  if (options.keep == engine::Keep::kNothing) return;
  const auto* text = reinterpret_cast<const std::byte*>(setup_.config_text.data());
  const auto kept = journal::store_object(storage, config.journal.dir,
                                          std::span(text, setup_.config_text.size()));
  if (!kept) throw base::InputError(config.journal.dir.string(), to_string(kept.error()));
}

std::unique_ptr<Feeds> HostSession::open_feeds(journal::Storage& storage, const SimulatedTime& time,
                                               const SharedParts* shared) {
  if (shared == nullptr || shared->market == nullptr) {
    return std::make_unique<Feeds>(loaded_, storage, time, numbering_, live_.get());
  }
  return std::make_unique<Feeds>(*shared->feeds, *shared->market);
}

SimulatedTime HostSession::simulated_time(const engine::Past* past,
                                          const SessionOptions& options) const {
  if (loaded_.config.mode == config::Mode::kBacktest) {
    return backtest_time(options.duration_ns);
  }
  const std::int64_t now = wall_clock_ns();
  const auto begun = manifest_number(past, "market_start_ts");
  if (!begun) return {now, 0, std::nullopt};
  return {*begun, 0, now};
}

}  // namespace writ::cli
