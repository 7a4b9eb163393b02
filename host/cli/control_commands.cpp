// Commands for a host that is running: they talk to its control socket.
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/host_connection.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_commands.hpp"
#include "host/cli/run_report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <iostream>
#include <string>

namespace writ::cli {
namespace {

namespace json = boost::json;

ExitStatus done(const Arguments& arguments, const json::object& answer, const std::string& text) {
  if (arguments.json()) {
    print_json(answer);
  } else {
    std::cout << text << "\n";
  }
  return ExitStatus::kOk;
}

void print_sandboxes(const json::array& instances) {
  for (const auto& instance : instances) {
    const auto* found = instance.as_object().if_contains("sandbox");
    if (found == nullptr) continue;
    const auto& sandbox = found->as_object();
    const auto missing = text_at(sandbox, "guards_missing");
    const auto fault = text_at(sandbox, "fault");
    std::cout << "  sandbox of " << text_at(instance.as_object(), "name") << ": "
              << "guards " << text_at(sandbox, "guards")
              << (missing.empty() ? "" : "; WARN: this machine has no " + missing)
              << (fault.empty() ? "" : "; quarantined: " + fault) << "\n";
  }
}

// How long the calls into each plugin took.
void print_calls(const json::array& instances) {
  std::vector<std::pair<std::string, json::object>> times;
  for (const auto& instance : instances) {
    const auto& object = instance.as_object();
    times.emplace_back(text_at(object, "name"), object.at("calls").as_object());
  }
  print_times("calls into", times);
}

void print_status(const json::object& status) {
  std::cout << "run " << text_at(status, "run") << " (" << text_at(status, "mode") << ") in "
            << text_at(status, "run_folder") << "\n";
  const auto* core_ts = status.if_contains("core_ts");
  std::cout << "  core time " << (core_ts == nullptr ? "-" : time_text(core_ts->as_int64()))
            << ", seq " << text_at(status, "last_seq") << " (durable "
            << text_at(status, "durable_seq") << ")\n";
  std::cout << "  events " << text_at(status, "events") << ", intents "
            << text_at(status, "intents") << ", approved " << text_at(status, "approved")
            << ", vetoed " << text_at(status, "vetoed") << ", orders " << text_at(status, "orders")
            << ", fills " << text_at(status, "fills") << ", incidents "
            << text_at(status, "incidents") << "\n";
  const auto* databases = status.if_contains("databases");
  for (const auto& database : databases == nullptr ? json::array() : databases->as_array()) {
    const auto& object = database.as_object();
    const auto trouble = text_at(object, "trouble");
    std::cout << "  " << text_at(object, "role") << " database " << text_at(object, "url")
              << " to seq " << text_at(object, "journal_seq")
              << (trouble.empty() ? "" : " WARN: " + trouble) << "\n";
  }
  const auto* receivers = status.if_contains("incident_receivers");
  for (const auto& receiver : receivers == nullptr ? json::array() : receivers->as_array()) {
    const auto& object = receiver.as_object();
    const auto trouble = text_at(object, "trouble");
    std::cout << "  incidents told to the " << text_at(object, "receiver") << ": "
              << text_at(object, "delivered") << ", failed " << text_at(object, "failed")
              << ", dropped " << text_at(object, "dropped")
              << (trouble.empty() ? "" : " WARN: " + trouble) << "\n";
  }
  for (const auto& account : status.at("accounts").as_array()) {
    const auto& object = account.as_object();
    std::cout << "  account " << text_at(object, "name")
              << (text_at(object, "killed") == "true"   ? " KILLED"
                  : text_at(object, "paused") == "true" ? " paused"
                                                        : "")
              << "\n";
  }
  std::vector<std::vector<std::string>> rows = {{"  instance", "plugin", "book", "state", "intents",
                                                 "orders", "fills", "realized", "unrealized"}};
  for (const auto& instance : status.at("instances").as_array()) {
    const auto& object = instance.as_object();
    rows.push_back({"  " + text_at(object, "name"),
                    text_at(object, "plugin") + " " + text_at(object, "version"),
                    text_at(object, "book"),
                    text_at(object, "stopped") == "true"  ? "stopped"
                    : text_at(object, "paused") == "true" ? "paused"
                                                          : "running",
                    text_at(object, "intents"), text_at(object, "orders"), text_at(object, "fills"),
                    text_at(object, "realized"), text_at(object, "unrealized")});
  }
  print_table(rows);
  print_calls(status.at("instances").as_array());
  if (const auto* stages = status.if_contains("stages")) print_stages(stages->as_array());
  print_sandboxes(status.at("instances").as_array());
}

ExitStatus status(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_host_options(arguments);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  auto client = connect_to_host(arguments);
  const auto answer = ask_host(client, request_of(arguments, "status"));
  if (arguments.json()) {
    print_json(answer);
  } else {
    print_status(answer);
  }
  return ExitStatus::kOk;
}

ExitStatus pause(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_host_options(arguments);
  arguments.option("account", "NAME", "only this account")
      .option("instance", "NAME", "only this instance")
      .option("reason", "TEXT", "goes on record");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  auto client = connect_to_host(arguments);
  const auto answer = ask_host(client, request_of(arguments, "pause"));
  return done(arguments, answer, "paused at seq " + text_at(answer, "seq"));
}

// Answered without the sequencer: where it will stand on record nobody knows yet.
ExitStatus kill(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_host_options(arguments);
  arguments.option("account", "NAME", "only this account")
      .option("reason", "TEXT", "goes on record");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  auto client = connect_to_host(arguments);
  const auto answer = ask_host(client, request_of(arguments, "kill"));
  const auto account = text_at(answer, "account");
  return done(arguments, answer, account.empty() ? "killed" : "killed: account " + account);
}

ExitStatus flatten(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_host_options(arguments);
  arguments.option("account", "NAME", "only this account")
      .option("instance", "NAME", "only this strategy")
      .option("instrument", "NAME", "only this instrument, such as sim/BTCUSDT")
      .flag("stop", "leave open what is not closed yet")
      .option("reason", "TEXT", "goes on record");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const bool stops = arguments.has("stop");
  auto client = connect_to_host(arguments);
  const auto answer = ask_host(client, request_of(arguments, stops ? "stop_flatten" : "flatten"));
  return done(
      arguments, answer,
      (stops ? "flatten stopped at seq " : "flattening since seq ") + text_at(answer, "seq"));
}

ExitStatus resume_after_halt(const Arguments& arguments) {
  if (arguments.has("instance")) {
    throw base::InputError("", "--after-halt is of an account, not of an instance");
  }
  static_cast<void>(arguments.required("account"));
  static_cast<void>(arguments.required("reason"));
  auto client = connect_to_host(arguments);
  const auto answer = ask_host(client, request_of(arguments, "resume_after_halt"));
  return done(arguments, answer, "drawdown reset at seq " + text_at(answer, "seq"));
}

ExitStatus resume(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_host_options(arguments);
  arguments.option("account", "NAME", "only this account")
      .option("instance", "NAME", "only this instance")
      .option("after-kill", "RUN", "lift the kill of this run; the host is not running")
      .flag("after-halt", "reset the drawdown of an account that is halted by it, and flat")
      .option("reason", "TEXT", "goes on record");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  if (arguments.has("after-kill")) return resume_after_kill(arguments);
  if (arguments.has("after-halt")) return resume_after_halt(arguments);
  auto client = connect_to_host(arguments);
  const auto answer = ask_host(client, request_of(arguments, "resume"));
  return done(arguments, answer, "resumed at seq " + text_at(answer, "seq"));
}

ExitStatus stop(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_host_options(arguments);
  arguments.option("reason", "TEXT", "goes on record");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  auto client = connect_to_host(arguments);
  const auto answer = ask_host(client, request_of(arguments, "stop"));
  if (!client.wait_closed(std::chrono::seconds(60))) {
    throw base::Failure(base::Error(base::Errc::kTimeout, "the host has not ended yet"));
  }
  return done(arguments, answer, "stopped");
}

ExitStatus put_right(Arguments& arguments, const Words& words, const char* wire) {
  if (!arguments.parse(words)) return ExitStatus::kOk;
  auto client = connect_to_host(arguments);
  const auto answer = ask_host(client, request_of(arguments, wire));
  return done(arguments, answer, "booked at seq " + text_at(answer, "seq"));
}

ExitStatus ledger_transfer(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_host_options(arguments);
  arguments.option("account", "NAME", "whose")
      .option("asset", "NAME", "in what")
      .option("amount", "DECIMAL", "what came in; negative: what went out")
      .option("reason", "TEXT", "goes on record");
  return put_right(arguments, words, "ledger_transfer");
}

ExitStatus ledger_adjust(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_host_options(arguments);
  arguments.option("account", "NAME", "whose")
      .option("asset", "NAME", "of a balance: in what")
      .option("amount", "DECIMAL", "of a balance: by how much")
      .option("instrument", "NAME", "of a position; of a balance: where the result is booked")
      .option("quantity", "DECIMAL", "of a position: by how much; of a runner, in stake")
      .option("price", "DECIMAL", "of a position: what it is entered at; without it the mark")
      .option("instance", "NAME", "whose result and lots; without it the account's own")
      .option("reason", "TEXT", "goes on record");
  return put_right(arguments, words, "ledger_adjust");
}

// The new builds that are at work already, and those that still warm up.
void print_swaps(const json::object& answer) {
  const auto* swaps = answer.if_contains("swaps");
  for (const auto& swap : swaps == nullptr ? json::array() : swaps->as_array()) {
    const auto& object = swap.as_object();
    const auto step = text_at(object, "step");
    std::cout << "  " << text_at(object, "instance") << ": "
              << (step == "prepared" ? "warms up beside the old one" : step) << ", prepared in "
              << text_at(object, "preparation_ns") << " ns";
    if (step == "swapped") std::cout << ", cut in " << text_at(object, "pause_ns") << " ns";
    std::cout << "\n";
  }
}

ExitStatus reload(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_host_options(arguments);
  arguments.flag("dry-run", "only say what would change");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  auto client = connect_to_host(arguments);
  auto request = request_of(arguments, "reload");
  request["dry_run"] = arguments.has("dry-run");
  const auto answer = ask_host(client, request);
  if (arguments.json()) {
    print_json(answer);
    return ExitStatus::kOk;
  }
  for (const auto& line : answer.at("changes").as_array()) {
    std::cout << std::string(line.as_string()) << "\n";
  }
  std::cout << (arguments.has("dry-run") ? "would be " : "")
            << "reloaded: " << text_at(answer, "added") << " added, " << text_at(answer, "changed")
            << " changed, " << text_at(answer, "tuned") << " tuned, " << text_at(answer, "removed")
            << " removed\n";
  print_swaps(answer);
  return ExitStatus::kOk;
}

}  // namespace

std::span<const Command> control_commands() {
  static constexpr std::array kCommands = {
      Command{"status", "[--journal DIR | --config FILE] [--run RUN]",
              "what a running host is doing", status},
      Command{"pause", "[--account A] [--instance I] [--reason TEXT]",
              "no new risk until resume; exits go on", pause},
      Command{
          "resume",
          "[--account A] [--instance I] | --after-halt --account A --reason TEXT | --after-kill "
          "RUN --reason TEXT --config F",
          "take back a pause, a drawdown halt, or the kill of a run that ended", resume},
      Command{"flatten", "[--account A] [--instance I] [--instrument N] [--stop] [--reason TEXT]",
              "cancel orders and close positions, again until closed", flatten},
      Command{"stop", "[--reason TEXT]", "end the run cleanly", stop},
      Command{"reload", "[--dry-run]",
              "apply the changed configuration and plugin files to the running host", reload},
      Command{"ledger transfer", "--account A --asset X --amount N --reason TEXT",
              "money came into an account, or went out: no gain and no loss", ledger_transfer},
      Command{"ledger adjust",
              "--account A (--asset X --amount N | --instrument I --quantity N) --reason TEXT",
              "put a balance or a position right by hand", ledger_adjust},
      Command{"kill", "[--account A] [--reason TEXT]",
              "cancel everything and trade no more, restarts included", kill},
  };
  return kCommands;
}

}  // namespace writ::cli
