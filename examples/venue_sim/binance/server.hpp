#pragma once

#include "venue.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace writ::venue_sim {

/// Where a market is served.
struct ServerOptions {
  std::uint16_t port = 0;        ///< 0: any
  std::string certificate_file;  ///< PEM chain; empty: no TLS
  std::string key_file;
};

/// How the venue's time passes.
struct ClockOptions {
  std::int64_t start_ts = 0;
  std::int64_t speed = 1;  ///< multiple of the world's; 0: only as POST /sim/time says
};

/// Serves markets on this machine: HTTP and WebSocket on one port each. POST /sim/time
/// `{"advance_ms": N}` on any of them moves the clock of all.
class Server {
 public:
  explicit Server(const ClockOptions& clock);
  ~Server();

  /// Serves `venue`, which outlives the server, on 127.0.0.1; the port it listens on. Throws
  /// InputError.
  std::uint16_t serve(Venue& venue, const ServerOptions& options);
  /// Until SIGINT or SIGTERM, or stop().
  void run();
  /// From any thread.
  void stop();

  struct Io;  ///< known to the .cpp only

 private:
  std::unique_ptr<Io> io_;
};

}  // namespace writ::venue_sim
