// writ resume --after-kill: lifts a kill that outlived its run.
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/clock_pacer.hpp"
#include "host/cli/host_session.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_commands.hpp"
#include "host/cli/watched_start.hpp"
#include "host/engine/run.hpp"
#include "host/ops/kill_mark.hpp"

#include <iostream>
#include <optional>
#include <string>

namespace writ::cli {
namespace {

// Puts on record the kill its host never came to record, then its end; no market event is taken.
class Lifting final : public engine::OperatorPort {
 public:
  Lifting(std::optional<ops::KillMark> mark, std::string reason)
      : mark_(std::move(mark)), reason_(std::move(reason)) {}

  std::optional<Request> poll() override {
    if (said_) return std::nullopt;
    said_ = true;
    return [this](engine::Run& run) {
      if (mark_) kill(run);
      run.command(WRIT_OPERATOR_RESUME_AFTER_KILL, 0, 0, reason_);
      run.stop(WRIT_STOP_OPERATOR);
    };
  }

 private:
  void kill(engine::Run& run) const {
    const auto& pipeline = run.pipeline();
    for (const auto* account : pipeline.tables().accounts()) {
      const std::string name(model::text_of(account->name));
      const bool meant = mark_->accounts.empty() || mark_->accounts.contains(name);
      if (!meant || pipeline.arbiter().is_killed(account->account)) continue;
      run.command(WRIT_OPERATOR_KILL, account->account, 0, mark_->reason);
    }
  }

  std::optional<ops::KillMark> mark_;
  std::string reason_;
  bool said_ = false;
};

void say(const Arguments& arguments, std::uint64_t killed, std::uint64_t by_run) {
  if (arguments.json()) {
    boost::json::object result;
    result["ok"] = true;
    result["run"] = by_run;
    print_json(result);
  } else {
    std::cout << "the kill of run " << killed << " is lifted; `writ run` trades again\n";
  }
}

}  // namespace

ExitStatus resume_after_kill(const Arguments& arguments) {
  const std::string wanted = arguments.required("after-kill");
  const std::string reason = arguments.required("reason");
  auto loaded = config::load_config(arguments.required("config"));
  journal::PosixStorage storage;
  auto lock = lock_journal(storage, loaded.config);
  const auto past = past_of(storage, *lock);
  const auto journal_folder = loaded.config.journal.dir;
  const auto killed = killed_run(journal_folder, past ? &*past : nullptr);
  if (!killed) throw base::InputError(journal_folder.string(), "no killed run there");
  if (wanted != std::to_string(*killed) && (!past || wanted != past->folder.string())) {
    throw base::InputError("", "the killed run is " + std::to_string(*killed) + ", not " + wanted);
  }
  const auto mark = ops::read_kill_mark(journal_folder);
  if (!mark) throw base::Failure(mark.error());

  SessionOptions options;
  options.offline = true;
  HostSession session(std::move(loaded), storage, std::move(lock), past ? &*past : nullptr,
                      options);
  Lifting operators(*mark, reason);
  TapePacer pacer;
  const auto run = start_watched(session, storage, past ? &*past : nullptr, pacer, operators);
  static_cast<void>(run->go());
  if (run->journal_failure()) throw base::Failure(*run->journal_failure());
  if (auto removed = ops::remove_kill_mark(journal_folder); !removed) {
    throw base::Failure(removed.error());
  }
  say(arguments, *killed, run->setup().identity.run_number.raw());
  return ExitStatus::kOk;
}

}  // namespace writ::cli
