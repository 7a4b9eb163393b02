// writ run: the host itself.
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/clock_pacer.hpp"
#include "host/cli/host_session.hpp"
#include "host/cli/incident_receivers.hpp"
#include "host/cli/output.hpp"
#include "host/cli/projections.hpp"
#include "host/cli/reloader.hpp"
#include "host/cli/run_commands.hpp"
#include "host/cli/run_report.hpp"
#include "host/cli/signal_watch.hpp"
#include "host/cli/trace.hpp"
#include "host/cli/watched_start.hpp"
#include "host/engine/run.hpp"
#include "host/model/names.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"
#include "host/ops/control_queue.hpp"
#include "host/ops/control_server.hpp"
#include "host/ops/kill_switch.hpp"
#include "host/ops/run_operators.hpp"
#include "host/ops/run_status.hpp"

#include <chrono>
#include <iostream>
#include <optional>

namespace writ::cli {
namespace {

config::Overrides overrides_of(const Arguments& arguments) {
  config::Overrides overrides;
  if (arguments.has("mode")) {
    const std::string mode = arguments.text("mode");
    if (mode == "live") overrides.mode = config::Mode::kLive;
    if (mode == "paper") overrides.mode = config::Mode::kPaper;
    if (!overrides.mode)
      throw base::InputError("", "--mode: \"" + mode + "\" is not paper or live");
  }
  if (arguments.has("db")) overrides.storage_url = arguments.text("db");
  overrides.journal_dir = arguments.path("journal");
  return overrides;
}

// --mode may only lower live to paper.
config::Loaded load_for_run(const std::filesystem::path& file, const config::Overrides& overrides,
                            bool live) {
  auto loaded = config::load_config(file, overrides);
  const auto& place = loaded.document.place("mode");
  if (loaded.config.mode == config::Mode::kBacktest) {
    throw base::InputError(place.file, place.line, place.column,
                           "mode backtest is for `writ backtest`");
  }
  if (loaded.config.mode == config::Mode::kLive) {
    auto without = overrides;
    without.mode.reset();
    if (overrides.mode && config::load_config(file, without).config.mode != config::Mode::kLive) {
      throw base::InputError("", "--mode live: the configuration itself must say mode: live");
    }
    if (!live) {
      throw base::InputError(place.file, place.line, place.column,
                             "mode live needs --live on the command line as well");
    }
  }
  return loaded;
}

ops::KillSwitch::Setup kill_setup(HostSession& session) {
  ops::KillSwitch::Setup setup;
  setup.journal_folder = session.loaded().config.journal.dir;
  setup.run = session.identity().run_number.raw();
  for (const auto& table : session.setup().tables) {
    const auto* account = model::as<writ_account>(model::record_in(table));
    if (account != nullptr) setup.accounts[model::canonical_name(*account)] = account->account;
  }
  setup.stop_gateways = [&session](std::uint32_t account) { session.venue().kill(account); };
  return setup;
}

ExitStatus status_of(std::uint32_t reason) {
  return reason == WRIT_STOP_HALT || reason == WRIT_STOP_KILL ? ExitStatus::kHalted
                                                              : ExitStatus::kOk;
}

}  // namespace

ExitStatus run_host(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.option("config", "FILE", "the configuration")
      .option("mode", "paper|live", "lowers mode live to paper")
      .flag("live", "trade real money; the configuration must say mode: live too")
      .option("for", "DURATION", "end after this long, such as 60s")
      .option("db", "FILE|URL", "database instead of the configuration's")
      .option("journal", "DIR", "journal folder instead of the configuration's")
      .flag("trace-latency", "measure each stage of an input's way through the host")
      .flag("report", "print what the run amounted to, and the trace of one filled order");
  if (!arguments.parse(words)) return ExitStatus::kOk;

  const std::filesystem::path file = arguments.required("config");
  const auto overrides = overrides_of(arguments);
  auto loaded = load_for_run(file, overrides, arguments.has("live"));

  ops::Attention attention;
  SignalWatch signals(attention);
  journal::PosixStorage storage;
  auto lock = lock_journal(storage, loaded.config);
  const auto past = past_of(storage, *lock);
  const engine::Past* continues = past ? &*past : nullptr;
  if (const auto killed = killed_run(loaded.config.journal.dir, continues)) {
    std::cerr << "writ: run " << *killed << " was killed; to trade again: writ resume --after-kill "
              << *killed << " --reason TEXT --config " << file.string() << "\n";
    return ExitStatus::kHalted;
  }

  if (continues != nullptr && continues->run.torn_tail) {
    const auto& torn = *continues->run.torn_tail;
    std::cerr << "writ: " << torn.place.file.string() << ": dropped " << torn.bytes
              << " bytes of a torn record at offset " << torn.place.offset << "\n";
  }

  SessionOptions options;
  options.duration_ns = arguments.duration("for");
  options.trace_latency = arguments.has("trace-latency");
  options.wake = [&attention] { attention.raise(); };
  HostSession session(std::move(loaded), storage, std::move(lock), continues, options);
  // Before the run: a database that is wrong input is no late surprise.
  Projections projections(session.loaded().config.storage);
  IncidentReceivers receivers(session.loaded().config, session.identity().run_number.raw());

  Reloader reloader(file, overrides, session, attention);
  ops::ControlQueue queue(attention);
  ops::KillSwitch kills(kill_setup(session), attention);
  ops::RunOperators operators(
      queue, kills, reloader,
      {[&signals] { return signals.take_stop(); }, [&signals] { return signals.take_reload(); },
       [&reloader] { return reloader.take_changed(); }},
      [&](boost::json::object& status) {
        projections.add_to(status);
        receivers.add_to(status);
      });
  ClockPacer pacer(attention, session.loaded().config.host.wait);
  const auto begun =
      start_watched(session, storage, continues, pacer, operators, {&reloader, &receivers});
  engine::Run& run = *begun;

  projections.follow(storage, session.loaded().config.journal.dir, run.setup().identity.run_number);
  auto server = ops::ControlServer::start(
      run.run_folder(), queue,
      [&kills](const boost::json::object& asked) { return kills.answer(asked); });
  if (!server) throw base::Failure(server.error());
  std::cerr << "writ: run " << run.setup().identity.run_number.raw() << " ("
            << model::kModeWords.text(run.setup().mode) << ") in " << run.run_folder().string()
            << "\n";

  warn_of_missing_guards(run);

  const auto started = std::chrono::steady_clock::now();
  const std::uint32_t reason = run.go();
  reloader.close();
  const double elapsed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  queue.close();
  ExitStatus status = status_of(reason);
  if (run.journal_failure()) {
    std::cerr << "writ: halted: the journal cannot be written: "
              << to_string(*run.journal_failure()) << "\n";
    status = ExitStatus::kHalted;
  } else if (!run.halt_reason().empty()) {
    std::cerr << "writ: halted: " << run.halt_reason() << "\n";
  }
  projections.finish();
  receivers.finish();
  server->reset();  // who waits for the end learns of it now

  if (arguments.json()) {
    print_json(run_result(run, elapsed));
  } else if (arguments.has("report")) {
    std::cout << run_report(run, elapsed);
    if (const auto& times = run.setup().core.stage_times) {
      print_stages(ops::stage_times(*times));
    }
    if (const auto order = run.summary().last_filled_order; order != 0) {
      std::cout << "\n" << trace_text(trace(storage, run.run_folder(), std::to_string(order)));
    }
  }
  return status;
}

}  // namespace writ::cli
