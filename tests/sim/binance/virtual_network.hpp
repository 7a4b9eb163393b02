#pragma once

#include "examples/venue_sim/binance/venue.hpp"
#include "host/base/random.hpp"
#include "tests/sim/binance/virtual_time.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace writ::test {

/// How badly the way is between host and venue; shares of a million.
struct NetworkOptions {
  std::int64_t delay_min_ns = 1'000'000;
  std::int64_t delay_max_ns = 20'000'000;
  std::uint32_t requests_lost = 0;  ///< never reach the venue, which nobody knows
  std::uint32_t answers_lost = 0;
  std::int64_t idle_ns = 60'000'000'000;  ///< a connection that froze is given up after
};

/// The way between a host and one market of the venue, in virtual time: requests and messages take
/// a while, those of one connection stay in order, some are lost.
class VirtualNetwork {
 public:
  struct Handlers {
    std::function<void()> opened;
    std::function<void(std::string_view message)> message;
    std::function<void(std::string_view why)> closed;  ///< also of one that could not be made
  };
  /// nullptr: none came.
  using OnAnswer = std::function<void(const venue_sim::RestAnswer* answer, std::int64_t sent)>;

  /// Both outlive it.
  VirtualNetwork(VirtualTime& time, venue_sim::Venue& venue, std::uint64_t seed,
                 const NetworkOptions& options);

  /// From here on nothing is lost.
  void heal() { options_.requests_lost = options_.answers_lost = 0; }

  void ask(venue_sim::RestAsk ask, std::int64_t timeout_ns, OnAnswer on_answer);
  /// The number of the connection, which is there once it is opened.
  std::uint64_t open(std::string target, Handlers handlers);
  void send(std::uint64_t connection, std::string message);
  /// None of its handlers is called any more.
  void drop(std::uint64_t connection);
  /// The host is gone: nothing of it is called any more, and what it said last may still arrive.
  void drop_all();

 private:
  struct Connection {
    Handlers handlers;
    std::int64_t out_until = 0;  // nothing arrives before what was sent before it
    std::int64_t in_until = 0;
    std::optional<std::int64_t> frozen_since;
    bool is_open = false;
  };

  [[nodiscard]] std::int64_t delay();
  [[nodiscard]] bool happens(std::uint32_t share);
  [[nodiscard]] Connection* find(std::uint64_t connection);
  void tick();
  void deliver_outputs();
  void close(std::uint64_t connection, std::string_view why);

  VirtualTime& time_;
  venue_sim::Venue& venue_;
  base::RandomStream random_;
  NetworkOptions options_;
  std::map<std::uint64_t, Connection> connections_;
  std::uint64_t opened_ = 0;
  std::uint64_t life_ = 0;  // of the host: what was asked in an earlier one is answered to nobody
};

}  // namespace writ::test
