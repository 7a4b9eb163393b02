// writ order ...: people's own orders, of the strategy `operator`, judged like everybody's.
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/command.hpp"
#include "host/cli/host_connection.hpp"
#include "host/cli/output.hpp"

#include <boost/json/array.hpp>

#include <array>
#include <initializer_list>
#include <iostream>
#include <string>

namespace writ::cli {
namespace {

namespace json = boost::json;

void add_texts(json::object& request, const Arguments& arguments,
               std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const auto text = arguments.text(name); !text.empty()) request[name] = text;
  }
}

std::string verdict_text(const json::object& answer) {
  const auto& verdict = answer.at("verdict").as_object();
  if (answer.at("approved").as_bool()) return "approved";
  return "vetoed: " + text_at(verdict, "reason") + " (" + text_at(verdict, "detail") + ")";
}

void print_one(const json::object& answer) {
  std::cout << "intent " << text_at(answer, "intent_id") << " " << verdict_text(answer) << "\n";
  for (const auto& value : answer.at("orders").as_array()) {
    const auto& order = value.as_object();
    std::cout << "order " << text_at(order, "order_id") << " " << text_at(order, "client_order_id")
              << " " << text_at(order, "side") << " " << text_at(order, "quantity") << " "
              << text_at(order, "instrument") << " " << text_at(order, "state") << "\n";
  }
}

ExitStatus ask_and_print(const Arguments& arguments, const json::object& request) {
  auto client = connect_to_host(arguments);
  const auto answer = ask_host(client, request);
  if (arguments.json()) {
    print_json(answer);
  } else if (const auto* intents = answer.if_contains("intents")) {
    for (const auto& one : intents->as_array()) print_one(one.as_object());
    std::cout << text_at(answer, "cancelled") << " orders asked to cancel\n";
  } else {
    print_one(answer);
  }
  return answer.at("approved").as_bool() ? ExitStatus::kOk : ExitStatus::kFailed;
}

ExitStatus place(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_host_options(arguments);
  arguments.option("instrument", "NAME", "such as sim/BTCUSDT")
      .option("side", "buy|sell", "which way")
      .option("quantity", "Q", "how much")
      .option("price", "P", "the limit; without it a market order")
      .option("type", "limit|market", "instead of what --price says")
      .option("tif", "gtc|ioc|fok|gtd", "time in force; gtc of a limit order, else ioc")
      .option("expires", "DURATION", "with --tif gtd: from now")
      .flag("post-only", "rest or be refused")
      .flag("reduce-only", "close, never open")
      .option("account", "NAME", "where there are several")
      .option("reason", "TEXT", "goes on record");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  for (const char* name : {"instrument", "side", "quantity"}) {
    static_cast<void>(arguments.required(name));
  }
  auto request = request_of(arguments, "order_place");
  add_texts(request, arguments, {"side", "quantity", "price", "type", "tif"});
  if (const auto expires = arguments.duration("expires")) request["expires_ns"] = *expires;
  request["post_only"] = arguments.has("post-only");
  request["reduce_only"] = arguments.has("reduce-only");
  return ask_and_print(arguments, request);
}

ExitStatus about_order(const Command& command, const Words& words, bool replaces) {
  Arguments arguments(command);
  add_host_options(arguments);
  if (replaces) {
    arguments.option("price", "P", "the new limit")
        .option("quantity", "Q", "the new whole quantity, what was filled included");
  }
  arguments.option("reason", "TEXT", "goes on record").plain(1, 1);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  if (replaces && !arguments.has("price") && !arguments.has("quantity")) {
    throw base::InputError("", "order replace needs --price, --quantity or both");
  }
  auto request = request_of(arguments, replaces ? "order_replace" : "order_cancel");
  request["order"] = arguments.words().front();
  if (replaces) add_texts(request, arguments, {"price", "quantity"});
  return ask_and_print(arguments, request);
}

ExitStatus cancel(const Command& command, const Words& words) {
  return about_order(command, words, false);
}

ExitStatus replace(const Command& command, const Words& words) {
  return about_order(command, words, true);
}

ExitStatus cancel_all(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_host_options(arguments);
  arguments.option("account", "NAME", "only this account")
      .option("instrument", "NAME", "only this instrument")
      .option("reason", "TEXT", "goes on record");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  return ask_and_print(arguments, request_of(arguments, "order_cancel_all"));
}

}  // namespace

std::span<const Command> order_commands() {
  static constexpr std::array kCommands = {
      Command{"order place",
              "--instrument N --side buy|sell --quantity Q [--price P] [--type T] [--tif F] "
              "[--expires D] [--post-only] [--reduce-only] [--account A] [--reason TEXT]",
              "an order of a person's own, judged like a strategy's", place},
      Command{"order cancel", "ID [--reason TEXT]", "cancel one order, whoever made it", cancel},
      Command{"order replace", "ID [--price P] [--quantity Q] [--reason TEXT]",
              "amend an order of a person's own", replace},
      Command{"order cancel-all", "[--account A] [--instrument N] [--reason TEXT]",
              "cancel every working order, whoever made it", cancel_all},
  };
  return kCommands;
}

}  // namespace writ::cli
