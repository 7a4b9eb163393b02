#pragma once

#include "tests/support/venue_sim.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace writ::bench {

/// Makes the spot market of a venue simulator move, one trade at a time, over a connection of its
/// own that it reads from late: nobody is woken by it while the trade is on its way. Throws
/// std::runtime_error where the simulator refuses something.
class VenueTicks {
 public:
  /// `ca_file` empty: without TLS. The venue's limits are lifted, and each symbol used gets an
  /// offer that does not end.
  VenueTicks(const test::VenueSim& venue, const std::string& ca_file);
  ~VenueTicks();
  VenueTicks(const VenueTicks&) = delete;
  VenueTicks& operator=(const VenueTicks&) = delete;

  /// `count` trades of `symbol`, each when what came of the one before is over: when `answered()`
  /// has risen, at the least `apart` later. Throws if one stays without an answer for 5 s.
  void run(const std::string& symbol, std::uint64_t count, std::chrono::nanoseconds apart,
           const std::function<std::uint64_t()>& answered);

 private:
  class Line;

  void ask(const std::string& path, const std::string& body);

  std::unique_ptr<Line> line_;
};

}  // namespace writ::bench
