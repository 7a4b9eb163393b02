#pragma once

#include "host/config/config.hpp"
#include "host/engine/ports.hpp"
#include "host/ops/incident_delivery.hpp"
#include "host/venue/net/http_client.hpp"
#include "host/venue/net/io_thread.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace writ::cli {

/// Whoever the configuration wants told of incidents: a program, a webhook, each in its own time.
class IncidentReceivers final : public engine::IncidentPort {
 public:
  /// `host` and `run` are told with each. Throws base::InputError for a webhook or a ca_file that
  /// cannot be used.
  IncidentReceivers(const config::Config& config, std::uint64_t run);

  void tell(const writ_record& incident, const model::InstrumentTable& names) override;

  /// `incident_receivers`: what each got and what troubles it; never its URL. [any thread]
  void add_to(boost::json::object& status) const;
  /// Tells what waits, for as long as one attempt may take; says on stderr what was not told.
  void finish();

 private:
  struct Receiver {
    const char* name;
    std::unique_ptr<ops::IncidentDelivery> delivery;
  };

  void add_command(const config::IncidentsConfig& config);
  void add_webhook(const config::IncidentsConfig& config);
  void add(const char* name, ops::IncidentDelivery::Attempt attempt);
  [[nodiscard]] bool is_wanted(std::uint32_t severity, std::uint32_t code) const;

  const config::IncidentsConfig config_;
  std::string host_;
  std::string mode_;
  std::uint64_t run_;
  // What a receiver's thread uses ends after it.
  std::unique_ptr<venue::net::IoThread> io_;
  std::unique_ptr<venue::net::HttpClient> http_;
  std::vector<Receiver> receivers_;
};

}  // namespace writ::cli
