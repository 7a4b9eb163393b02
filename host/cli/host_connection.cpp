#include "host/cli/host_connection.hpp"

#include "host/base/input_error.hpp"
#include "host/cli/run_folders.hpp"

#include <boost/json/serialize.hpp>

#include <chrono>
#include <utility>

namespace writ::cli {

namespace json = boost::json;

void add_host_options(Arguments& arguments) {
  add_run_options(arguments);
  arguments.option("run", "DIR|NUMBER", "the run; without it the journal's last");
}

ops::ControlClient connect_to_host(const Arguments& arguments) {
  journal::PosixStorage storage;
  const auto folder = arguments.has("run") ? find_run(arguments.text("run"), arguments)
                                           : last_run(storage, required_journal_folder(arguments));
  auto client = ops::ControlClient::connect(folder);
  if (!client) {
    const bool nobody = client.error().code() == base::Errc::kNotFound;
    throw base::InputError(folder.string(),
                           nobody ? "no host is running there" : to_string(client.error()));
  }
  return std::move(*client);
}

json::object request_of(const Arguments& arguments, const char* command) {
  json::object request;
  request["command"] = command;
  for (const char* name :
       {"account", "instance", "asset", "amount", "instrument", "quantity", "price", "reason"}) {
    if (const auto text = arguments.text(name); !text.empty()) request[name] = text;
  }
  return request;
}

std::string text_at(const json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return "";
  return value->is_string() ? std::string(value->get_string())
                            : std::string(json::serialize(*value));
}

json::object ask_host(ops::ControlClient& client, const json::object& request) {
  auto answer = client.ask(request, std::chrono::seconds(60));
  if (!answer) throw base::Failure(answer.error());
  if (text_at(*answer, "ok") != "true") throw base::InputError("", text_at(*answer, "error"));
  return std::move(*answer);
}

}  // namespace writ::cli
