// writ resume --after-kill: lifts a kill that outlived its run.
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/clock_pacer.hpp"
#include "host/cli/host_session.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_commands.hpp"
#include "host/engine/run.hpp"

#include <iostream>
#include <optional>
#include <string>

namespace writ::cli {
namespace {

// Says one thing, then ends the run: no market event is taken.
class OneCommand final : public engine::OperatorPort {
 public:
  explicit OneCommand(std::string reason) : reason_(std::move(reason)) {}

  std::optional<Request> poll() override {
    if (said_) return std::nullopt;
    said_ = true;
    return [this](engine::Run& run) {
      run.command(WRIT_OPERATOR_RESUME_AFTER_KILL, 0, 0, reason_);
      run.stop(WRIT_STOP_OPERATOR);
    };
  }

 private:
  std::string reason_;
  bool said_ = false;
};

}  // namespace

ExitStatus resume_after_kill(const Arguments& arguments) {
  const std::string wanted = arguments.required("after-kill");
  const std::string reason = arguments.required("reason");
  auto loaded = config::load_config(arguments.required("config"));
  journal::PosixStorage storage;
  auto lock = lock_journal(storage, loaded.config);
  const auto past = past_of(storage, *lock);
  if (!past || !past->killed) {
    throw base::InputError(loaded.config.journal.dir.string(), "no killed run there");
  }
  const auto number = past->run.identity.run_number.raw();
  if (wanted != std::to_string(number) && wanted != past->folder.string()) {
    throw base::InputError("", "the killed run is " + std::to_string(number) + ", not " + wanted);
  }

  HostSession session(std::move(loaded), storage, std::move(lock), &*past, {});
  OneCommand operators(reason);
  TapePacer pacer;
  auto begun = engine::Run::start(session.setup(), storage, &*past, session.feeds().source(),
                                  session.venue(), pacer, operators);
  if (!begun) throw base::Failure(begun.error());
  static_cast<void>((*begun)->go());
  if ((*begun)->journal_failure()) throw base::Failure(*(*begun)->journal_failure());
  if (arguments.json()) {
    boost::json::object result;
    result["ok"] = true;
    result["run"] = (*begun)->setup().identity.run_number.raw();
    print_json(result);
  } else {
    std::cout << "the kill of run " << number << " is lifted; `writ run` trades again\n";
  }
  return ExitStatus::kOk;
}

}  // namespace writ::cli
