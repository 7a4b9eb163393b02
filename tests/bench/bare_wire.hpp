#pragma once

#include "host/venue/net/io_thread.hpp"
#include "tests/support/venue_sim.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace writ::bench {

/// The least that answers a trade with an order at the venue simulator: the same sockets, the price
/// taken by simdjson, a fixed order signed and written. No journal, check, book, limit or strategy.
class BareWire {
 public:
  struct Options {
    std::string symbol;
    std::string ca_file;              ///< empty: without TLS
    bool spins = false;               ///< its thread never sleeps
    bool hops = false;                ///< signed and written after a visit to a second thread
    std::filesystem::path sync_file;  ///< where the order is written and synced first; empty: not
  };

  /// Returns when both connections are open.
  BareWire(const test::VenueSim& venue, const Options& options);
  ~BareWire();
  BareWire(const BareWire&) = delete;
  BareWire& operator=(const BareWire&) = delete;

  /// Orders whose first byte left. [any thread]
  [[nodiscard]] std::uint64_t left() const noexcept;
  /// ns of the orders since the last call, while none is on its way: from the message being read to
  /// right before the order's first byte is handed to the socket.
  [[nodiscard]] std::vector<double> take_times();

 private:
  class Client;

  std::unique_ptr<venue::net::IoThread> thread_;
  std::unique_ptr<Client> client_;
};

}  // namespace writ::bench
