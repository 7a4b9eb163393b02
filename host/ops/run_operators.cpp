#include "host/ops/run_operators.hpp"

#include "host/base/input_error.hpp"
#include "host/engine/operator_instance.hpp"
#include "host/engine/run.hpp"
#include "host/ops/ledger_request.hpp"
#include "host/ops/order_requests.hpp"
#include "host/ops/run_status.hpp"

#include <writ/abi/journal.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace writ::ops {
namespace {

struct Scope {
  std::uint32_t account = 0;
  std::uint32_t instance = 0;
  std::uint32_t instrument = 0;
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
    const bool people = name == engine::kOperatorName;
    if (!number || (!people && run.pipeline().instance(*number) == nullptr)) {
      request.refuse("no instance \"" + name + "\"");
      return std::nullopt;
    }
    scope.instance = *number;
  }
  if (const auto name = request.text("instrument"); !name.empty()) {
    const auto number = tables.find_instrument(name);
    if (!number) {
      request.refuse("no instrument \"" + name + "\"");
      return std::nullopt;
    }
    scope.instrument = *number;
  }
  return scope;
}

// Why the drawdown of the account cannot be reset now; nothing if it can.
std::optional<std::string> why_no_reset(const engine::Run& run, const ControlRequest& request,
                                        const Scope& scope) {
  if (scope.account == 0) return "resume after a halt names its account";
  if (request.text("reason").empty()) return "resume after a halt needs a reason";
  const AccountId account{scope.account};
  if (run.pipeline().ledger().tier(account) != WRIT_TIER_HALT20) {
    return "account \"" + request.text("account") + "\" is not halted by its drawdown";
  }
  if (const auto open = run.pipeline().why_not_flat(account)) return "not flat: " + *open;
  return std::nullopt;
}

std::optional<std::uint32_t> journaled_command(std::string_view word) {
  if (word == "pause") return WRIT_OPERATOR_PAUSE;
  if (word == "resume") return WRIT_OPERATOR_RESUME;
  if (word == "flatten") return WRIT_OPERATOR_FLATTEN;
  if (word == "stop_flatten") return WRIT_OPERATOR_STOP_FLATTEN;
  if (word == "resume_after_halt") return WRIT_OPERATOR_RESET_DRAWDOWN;
  return std::nullopt;
}

}  // namespace

std::optional<engine::OperatorPort::Request> RunOperators::poll() {
  if (auto kill = kills_.take()) {
    return [kill = std::move(*kill)](engine::Run& run) {
      run.command(WRIT_OPERATOR_KILL, kill.account, 0, kill.reason);
    };
  }
  if (signals_.take_stop && signals_.take_stop()) {
    return [](engine::Run& run) { run.stop(WRIT_STOP_OPERATOR); };
  }
  if (signals_.take_reload && signals_.take_reload()) return unasked_reload({});
  if (signals_.take_changed && signals_.take_changed()) {
    return unasked_reload({{"if_changed", true}});
  }
  if (auto due = reloads_.poll()) return due;
  auto request = queue_.poll();
  if (!request) return std::nullopt;
  return [this, request = std::move(request)](engine::Run& run) { carry_out(run, request); };
}

// Nobody waits for the answer: what comes of it is on record.
engine::OperatorPort::Request RunOperators::unasked_reload(boost::json::object asked) const {
  auto request = std::make_shared<ControlRequest>(std::move(asked), [] {});
  return [this, request = std::move(request)](engine::Run& run) { reloads_.begin(run, request); };
}

void RunOperators::carry_out(engine::Run& run, const std::shared_ptr<ControlRequest>& asked) const {
  auto& request = *asked;
  const auto command = request.text("command");
  if (command == "status") return status(run, request);
  if (command == "reload") return reloads_.begin(run, asked);
  if (command == "stop") {
    run.command(WRIT_OPERATOR_STOP, 0, 0, request.text("reason"));
    run.stop(WRIT_STOP_OPERATOR);
    return request.reply({});
  }
  if (command == "ledger_transfer" || command == "ledger_adjust") return adjust(run, request);
  if (is_order_request(command)) return carry_out_order(run, request);
  const auto journaled = journaled_command(command);
  if (!journaled) return request.refuse("unknown command \"" + command + "\"");
  const auto scope = scope_of(run, request);
  if (!scope) return;
  if (*journaled == WRIT_OPERATOR_RESET_DRAWDOWN) {
    if (const auto why = why_no_reset(run, request, *scope)) return request.refuse(*why);
  }
  run.command(*journaled, scope->account, scope->instance, request.text("reason"),
              scope->instrument);
  boost::json::object answer;
  answer["seq"] = std::to_string(run.last_seq().raw());
  request.reply(std::move(answer));
}

void RunOperators::status(const engine::Run& run, ControlRequest& request) const {
  auto status = run_status(run);
  if (status_) status_(status);
  request.reply(std::move(status));
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
