#include "host/ops/run_operators.hpp"

#include "host/base/input_error.hpp"
#include "host/engine/run.hpp"
#include "host/ops/ledger_request.hpp"
#include "host/ops/run_status.hpp"

#include <writ/abi/journal.h>

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace writ::ops {
namespace {

struct Scope {
  std::uint32_t account = 0;
  std::uint32_t instance = 0;
};

// Whom a request names; everybody if nobody. Refuses a name nobody has.
std::optional<Scope> scope_of(const engine::Run& run, ControlRequest& request) {
  Scope scope;
  const auto& tables = run.pipeline().tables();
  if (const auto name = request.text("account"); !name.empty()) {
    const auto number = tables.find_account(name);
    if (!number) {
      request.refuse("no account \"" + name + "\"");
      return std::nullopt;
    }
    scope.account = *number;
  }
  if (const auto name = request.text("instance"); !name.empty()) {
    const auto number = tables.find_instance(name);
    if (!number || run.pipeline().instance(*number) == nullptr) {
      request.refuse("no instance \"" + name + "\"");
      return std::nullopt;
    }
    scope.instance = *number;
  }
  return scope;
}

std::optional<std::uint32_t> journaled_command(std::string_view word) {
  if (word == "pause") return WRIT_OPERATOR_PAUSE;
  if (word == "resume") return WRIT_OPERATOR_RESUME;
  if (word == "resume_after_kill") return WRIT_OPERATOR_RESUME_AFTER_KILL;
  if (word == "kill") return WRIT_OPERATOR_KILL;
  return std::nullopt;
}

}  // namespace

std::optional<engine::OperatorPort::Request> RunOperators::poll() {
  if (signals_.take_stop && signals_.take_stop()) {
    return [](engine::Run& run) { run.stop(WRIT_STOP_OPERATOR); };
  }
  if (signals_.take_reload && signals_.take_reload()) {
    return [this](engine::Run& run) {
      ControlRequest hang_up({}, [] {});
      reload(run, hang_up);
    };
  }
  auto request = queue_.poll();
  if (!request) return std::nullopt;
  return [this, request = std::move(request)](engine::Run& run) { carry_out(run, *request); };
}

void RunOperators::carry_out(engine::Run& run, ControlRequest& request) const {
  const auto command = request.text("command");
  if (command == "status") return status(run, request);
  if (command == "reload") return reload(run, request);
  if (command == "stop") {
    run.command(WRIT_OPERATOR_STOP, 0, 0, request.text("reason"));
    run.stop(WRIT_STOP_OPERATOR);
    return request.reply({});
  }
  if (command == "ledger_transfer" || command == "ledger_adjust") return adjust(run, request);
  const auto journaled = journaled_command(command);
  if (!journaled) return request.refuse("unknown command \"" + command + "\"");
  if (*journaled == WRIT_OPERATOR_RESUME_AFTER_KILL && request.text("reason").empty()) {
    return request.refuse("resume after a kill needs a reason");
  }
  const auto scope = scope_of(run, request);
  if (!scope) return;
  run.command(*journaled, scope->account, scope->instance, request.text("reason"));
  boost::json::object answer;
  answer["seq"] = std::to_string(run.last_seq().raw());
  request.reply(std::move(answer));
}

// A refused reload changes nothing and is on record.
void RunOperators::status(const engine::Run& run, ControlRequest& request) const {
  auto status = run_status(run);
  if (status_) status_(status);
  request.reply(std::move(status));
}

void RunOperators::reload(engine::Run& run, ControlRequest& request) const {
  try {
    request.reply(reload_(run, request.asked()));
  } catch (const base::InputError& error) {
    run.refuse_reload(error.what());
    request.refuse(error.what());
  } catch (const std::exception& error) {
    run.refuse_reload(error.what());
    request.refuse(error.what());
  }
}

void RunOperators::adjust(engine::Run& run, ControlRequest& request) const {
  try {
    const auto adjustment = adjustment_of(request, run.pipeline().tables());
    run.adjust(adjustment, request.text("reason"));
    boost::json::object answer;
    answer["seq"] = std::to_string(run.last_seq().raw());
    request.reply(std::move(answer));
  } catch (const base::InputError& error) {
    request.refuse(error.what());
  }
}

}  // namespace writ::ops
