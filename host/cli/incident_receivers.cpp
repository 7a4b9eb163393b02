#include "host/cli/incident_receivers.hpp"

#include "host/base/input_error.hpp"
#include "host/config/config.hpp"
#include "host/model/record_json.hpp"
#include "host/model/record_view.hpp"
#include "host/ops/incident_command.hpp"
#include "host/venue/net/endpoint.hpp"

#include <writ/abi/journal.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string_view>
#include <utility>

namespace writ::cli {
namespace {

const char* word_of(config::Mode mode) { return mode == config::Mode::kLive ? "live" : "paper"; }

// The server of a URL, and the rest that is asked for there.
std::pair<std::string, std::string> server_and_target(const std::string& url) {
  const auto begin = url.find("://") + 3;
  const auto end = std::min(url.find_first_of("/?", begin), url.size());
  const auto rest = url.substr(end);
  return {url.substr(0, end), rest.starts_with('/') ? rest : "/" + rest};
}

}  // namespace

IncidentReceivers::IncidentReceivers(const config::Config& config, std::uint64_t run)
    : config_(config.incidents), host_(config.host.name), mode_(word_of(config.mode)), run_(run) {
  if (!config_.command.empty()) add_command(config_);
  if (!config_.webhook.empty()) add_webhook(config_);
}

void IncidentReceivers::add_command(const config::IncidentsConfig& config) {
  add("command", [command = config.command, timeout = config.timeout_ns](const auto& incident) {
    return ops::run_incident_command(command, incident, std::chrono::nanoseconds(timeout));
  });
}

void IncidentReceivers::add_webhook(const config::IncidentsConfig& config) {
  const auto [server, target] = server_and_target(config.webhook);
  auto endpoint = venue::net::parse_endpoint(server);
  // The URL may hold a key: it is not repeated.
  if (!endpoint) throw base::InputError("", "incidents.webhook: " + to_string(endpoint.error()));
  if (config.ca_file) endpoint->ca_file = config.ca_file->string();
  io_ = std::make_unique<venue::net::IoThread>("writ-webhook");
  http_ = std::make_unique<venue::net::HttpClient>(*io_, *endpoint);
  add("webhook", [this, path = target](const std::string& incident) -> std::string {
    venue::net::HttpAsk ask;
    ask.method = "POST";
    ask.target = path;
    ask.headers = {{"Content-Type", "application/json"}};
    ask.body = incident;
    ask.timeout_ns = config_.timeout_ns;
    const auto answer = http_->ask_and_wait(std::move(ask));
    if (!answer) return answer.error().text();
    return answer->status / 100 == 2 ? "" : "HTTP status " + std::to_string(answer->status);
  });
}

void IncidentReceivers::add(const char* name, ops::IncidentDelivery::Attempt attempt) {
  ops::IncidentDeliveryOptions options;
  options.attempts = config_.attempts;
  receivers_.push_back(
      {name, std::make_unique<ops::IncidentDelivery>(std::move(attempt), options)});
}

bool IncidentReceivers::is_wanted(std::uint32_t severity, std::uint32_t code) const {
  const auto& codes = config_.codes;
  return severity >= config_.severity_min &&
         (codes.empty() || std::find(codes.begin(), codes.end(), code) != codes.end());
}

void IncidentReceivers::tell(const writ_record& record, const model::InstrumentTable& names) {
  const auto* incident = model::as<writ_incident>(record);
  if (receivers_.empty() || incident == nullptr) return;
  if (!is_wanted(incident->severity, incident->code)) return;
  auto told = model::record_to_json(record, names);
  told["host"] = host_;
  told["mode"] = mode_;
  told["run"] = run_;
  const auto text = boost::json::serialize(told);
  for (const auto& receiver : receivers_) receiver.delivery->post(text);
}

void IncidentReceivers::add_to(boost::json::object& status) const {
  boost::json::array receivers;
  for (const auto& receiver : receivers_) {
    const auto now = receiver.delivery->status();
    receivers.push_back({{"receiver", receiver.name},
                         {"delivered", now.delivered},
                         {"failed", now.failed},
                         {"dropped", now.dropped},
                         {"waiting", now.waiting},
                         {"trouble", now.trouble}});
  }
  status["incident_receivers"] = std::move(receivers);
}

void IncidentReceivers::finish() {
  for (const auto& receiver : receivers_) {
    receiver.delivery->finish(std::chrono::nanoseconds(config_.timeout_ns));
    const auto at_end = receiver.delivery->status();
    const auto untold = at_end.failed + at_end.dropped;
    if (untold == 0) continue;
    std::cerr << "writ: WARN: " << untold << " incidents were not told to the " << receiver.name
              << (at_end.trouble.empty() ? "" : ": " + at_end.trouble) << "\n";
  }
}

}  // namespace writ::cli
