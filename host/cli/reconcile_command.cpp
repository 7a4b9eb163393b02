// writ reconcile: a live start that ends when host and venues agree.
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/clock_pacer.hpp"
#include "host/cli/host_session.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_commands.hpp"
#include "host/cli/signal_watch.hpp"
#include "host/cli/watched_start.hpp"
#include "host/engine/run.hpp"
#include "host/model/record_view.hpp"
#include "host/ops/attention.hpp"

#include <writ/abi/journal.h>

#include <iostream>
#include <string>

namespace writ::cli {
namespace {

/// Ends the run before its first intent could be approved.
class UntilAgreed final : public engine::OperatorPort, public engine::IncidentPort {
 public:
  explicit UntilAgreed(SignalWatch& signals) : signals_(signals) {}

  std::optional<Request> poll() override {
    looked_ = !looked_;
    if (!looked_) return std::nullopt;
    return [this](engine::Run& run) {
      agreed_ = !run.pipeline().reconciling();
      if (agreed_ || signals_.take_stop()) run.stop(WRIT_STOP_OPERATOR);
    };
  }

  void tell(const writ_record& record, const model::InstrumentTable& /*names*/) override {
    const auto* incident = model::as<writ_incident>(record);
    if (incident == nullptr || incident->code != WRIT_INCIDENT_RESTART_RECONCILED) return;
    summary_ = model::tail_text(*incident, incident->text_size);
  }

  [[nodiscard]] bool agreed() const noexcept { return agreed_; }
  /// What was done; empty while they do not agree.
  [[nodiscard]] const std::string& summary() const noexcept { return summary_; }

 private:
  SignalWatch& signals_;
  bool looked_ = false;
  bool agreed_ = false;
  std::string summary_;
};

config::Loaded load(const Arguments& arguments) {
  config::Overrides overrides;
  overrides.adopt = arguments.has("adopt");
  auto loaded = config::load_config(arguments.required("config"), overrides);
  if (loaded.config.mode == config::Mode::kLive) return loaded;
  const auto& place = loaded.document.place("mode");
  throw base::InputError(place.file, place.line, place.column,
                         "only mode live has a venue to reconcile with");
}

}  // namespace

ExitStatus reconcile(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.option("config", "FILE", "the configuration")
      .flag("adopt", "take the venue's word for positions and balances that differ");
  if (!arguments.parse(words)) return ExitStatus::kOk;

  ops::Attention attention;
  SignalWatch signals(attention);
  auto loaded = load(arguments);
  journal::PosixStorage storage;
  auto lock = lock_journal(storage, loaded.config);
  const auto past = past_of(storage, *lock);
  const engine::Past* continues = past ? &*past : nullptr;
  if (const auto killed = killed_run(loaded.config.journal.dir, continues)) {
    std::cerr << "writ: run " << *killed << " was killed: `writ resume --after-kill` first\n";
    return ExitStatus::kHalted;
  }

  SessionOptions options;
  options.wake = [&attention] { attention.raise(); };
  HostSession session(std::move(loaded), storage, std::move(lock), continues, options);
  UntilAgreed until(signals);
  ClockPacer pacer(attention);
  const auto run = start_watched(session, storage, continues, pacer, until, {nullptr, &until});
  static_cast<void>(run->go());
  if (run->journal_failure()) throw base::Failure(*run->journal_failure());

  if (arguments.json()) {
    print_json({{"ok", until.agreed()},
                {"run", run->setup().identity.run_number.raw()},
                {"summary", until.agreed() ? until.summary() : run->halt_reason()}});
  } else if (until.agreed()) {
    std::cout << "host and venues agree: " << until.summary() << "\n";
  }
  if (until.agreed()) return ExitStatus::kOk;
  std::cerr << "writ: "
            << (run->halt_reason().empty() ? "ended before host and venues agreed"
                                           : "halted: " + run->halt_reason())
            << "\n";
  return run->halt_reason().empty() ? ExitStatus::kFailed : ExitStatus::kHalted;
}

}  // namespace writ::cli
