// writ backtest: a configuration on tapes, as fast as they are read.
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/clock_pacer.hpp"
#include "host/cli/feeds.hpp"
#include "host/cli/host_session.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_commands.hpp"
#include "host/cli/run_report.hpp"
#include "host/cli/signal_watch.hpp"
#include "host/engine/run.hpp"
#include "host/ops/run_status.hpp"
#include "host/storage/database.hpp"
#include "host/storage/migration.hpp"
#include "host/storage/projection.hpp"

#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace writ::cli {
namespace {

// Nobody operates a backtest: it shows how far it is, and a signal ends it.
class BacktestWatch final : public engine::OperatorPort {
 public:
  BacktestWatch(SignalWatch& signals, std::uint64_t events) : signals_(signals), events_(events) {}

  std::optional<Request> poll() override {
    constexpr std::uint64_t kLookEvery = 16'384;
    if (++polls_ % kLookEvery != 0) return std::nullopt;
    if (signals_.take_stop()) {
      return [](engine::Run& run) { run.stop(WRIT_STOP_OPERATOR); };
    }
    if (!progress_.visible()) return std::nullopt;
    return [this](engine::Run& run) { show(run); };
  }

 private:
  void show(const engine::Run& run) {
    const std::uint64_t done = run.summary().events;
    std::string line = grouped(done) + " events";
    if (events_ > 0)
      line += " of " + grouped(events_) + " (" + std::to_string(100 * done / events_) + " %)";
    line += ", " + grouped(run.summary().fills) + " fills, " + time_text(run.summary().last_ts);
    progress_.show(line);
  }

  SignalWatch& signals_;
  std::uint64_t events_;
  std::uint64_t polls_ = 0;
  Progress progress_;
};

config::Loaded load_for_backtest(const Arguments& arguments) {
  config::Overrides overrides;
  overrides.mode = config::Mode::kBacktest;
  for (const auto& tape : arguments.texts("tape")) overrides.tapes.emplace_back(tape);
  overrides.only = arguments.texts("instrument");
  if (arguments.has("from")) overrides.from = arguments.text("from");
  if (arguments.has("to")) overrides.to = arguments.text("to");
  const bool part = overrides.from || overrides.to || !overrides.only.empty();
  if (part && overrides.tapes.empty()) {
    throw base::InputError("", "--from, --to and --instrument say what of --tape is read");
  }
  if (arguments.has("db")) overrides.storage_url = arguments.text("db");
  overrides.journal_dir = arguments.path("journal");
  return config::load_config(arguments.required("config"), overrides);
}

// The database, migrated; nothing without one. A run it holds is not made again, unless as a replay
// of it, and one it does not hold cannot be.
std::unique_ptr<storage::Database> open_database(const HostSession& session) {
  const std::string& url = session.loaded().config.storage.url;
  if (url.empty()) return nullptr;
  auto database = storage::Database::open(url);
  static_cast<void>(storage::migrate(*database));
  const bool again = !session.origin_run_id().empty();
  const auto held =
      storage::holds_run(*database, again ? session.origin_run_id() : session.run_id());
  if (!held) throw base::InputError(url, to_string(held.error()));
  if (again && !*held) {
    throw base::InputError("", "--again: " + session.origin_run_id() +
                                   " is not in the database; without it this run is stored");
  }
  if (*held && !again) {
    throw base::InputError("", "exists: " + session.run_id() +
                                   " (the same backtest is in the database; --again stores it as a "
                                   "replay)");
  }
  return database;
}

void project(storage::Database& database, journal::Storage& storage, const engine::Run& run) {
  auto projection = storage::Projection::open(database, storage, run.run_folder());
  if (!projection) throw base::Failure(projection.error());
  if (const auto done = projection->catch_up(); !done) {
    throw base::InputError("", projection->describe(done.error()));
  }
}

// Never in the way: what keeps the second database behind is said, and `writ db rebuild` mends it.
void project_secondary(const std::string& url, journal::Storage& storage, const engine::Run& run) {
  try {
    const auto database = storage::Database::open(url);
    static_cast<void>(storage::migrate(*database));
    project(*database, storage, run);
  } catch (const std::runtime_error& error) {
    std::cerr << "writ: WARN: secondary database: " << error.what() << "\n";
  }
}

}  // namespace

ExitStatus run_backtest(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.option("config", "FILE", "the configuration")
      .repeated("tape", "FILE", "tape instead of the configuration's feeds; may be repeated")
      .option("from", "TIME", "of the tape only what came then or later: YYYY-MM-DD HH:MM:SS, UTC")
      .option("to", "TIME", "of the tape only what came before")
      .repeated("instrument", "NAME", "of the tape only this one; may be repeated")
      .option("db", "FILE|URL", "database instead of the configuration's")
      .option("journal", "DIR", "journal folder instead of the configuration's")
      .option("for", "DURATION", "end after this much market time")
      .flag("trace-latency", "measure each stage of an input's way through the host")
      .flag("again", "store a run the database holds already as a replay of it");
  if (!arguments.parse(words)) return ExitStatus::kOk;

  auto loaded = load_for_backtest(arguments);
  refuse_endless(loaded.config, arguments.duration("for"));
  ops::Attention attention;
  SignalWatch signals(attention);
  journal::PosixStorage storage;
  auto lock = lock_journal(storage, loaded.config);
  SessionOptions options;
  options.duration_ns = arguments.duration("for");
  options.again = arguments.has("again");
  options.trace_latency = arguments.has("trace-latency");
  HostSession session(std::move(loaded), storage, std::move(lock), nullptr, options);
  const auto database = open_database(session);

  std::optional<BacktestWatch> watch;
  watch.emplace(signals, session.feeds().events());
  TapePacer pacer;
  auto begun = engine::Run::start(session.setup(), storage, nullptr, session.feeds().source(),
                                  session.venue(), pacer, *watch);
  if (!begun) throw base::Failure(begun.error());
  engine::Run& run = **begun;
  warn_of_missing_guards(run);
  const auto started = std::chrono::steady_clock::now();
  const std::uint32_t reason = run.go();
  const double elapsed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  watch.reset();  // its line of progress

  if (run.journal_failure()) {
    std::cerr << "writ: halted: the journal cannot be written: "
              << to_string(*run.journal_failure()) << "\n";
    return ExitStatus::kHalted;
  }
  if (const auto trouble = session.feeds().trouble(); !trouble.empty()) {
    throw base::InputError("", trouble);
  }
  if (database) {
    project(*database, storage, run);
    const auto& secondary = session.loaded().config.storage.secondary_url;
    if (!secondary.empty()) project_secondary(secondary, storage, run);
  }
  if (arguments.json()) {
    print_json(run_result(run, elapsed));
  } else {
    std::cout << run_report(run, elapsed);
    if (const auto& times = run.setup().core.stage_times) {
      print_stages(ops::stage_times(*times));
    }
  }
  return reason == WRIT_STOP_HALT ? ExitStatus::kHalted : ExitStatus::kOk;
}

}  // namespace writ::cli
