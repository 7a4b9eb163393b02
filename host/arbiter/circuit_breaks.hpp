#pragma once

#include "host/arbiter/risk_limits.hpp"
#include "host/base/byte_stream.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <utility>

namespace writ::arbiter {

/// Markets that moved too far too fast. What an instrument's book did is kept by instrument, what
/// follows holds for its market.
class CircuitBreaks {
 public:
  /// The middle of the book, times two so that it is exact, at `now`. Returns whether this broke a
  /// market that was not broken. Times never go back.
  bool on_middle(std::uint32_t instrument, std::uint64_t market, std::int64_t doubled_middle,
                 std::int64_t now, const CircuitBreakRule& rule);

  /// Core time at which adding may go on; 0 if the market never broke.
  [[nodiscard]] std::int64_t broken_until(std::uint64_t market) const;

  void save(base::ByteWriter& out) const;
  /// False if the bytes are not what save wrote.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  using Middle = std::pair<std::int64_t, std::int64_t>;  ///< (core time, doubled middle)
  /// What may still be the lowest and the highest of the window: rising, and falling.
  struct Window {
    std::deque<Middle> lowest;
    std::deque<Middle> highest;
  };

  std::map<std::uint32_t, Window> windows_;
  std::map<std::uint64_t, std::int64_t> broken_until_;
};

}  // namespace writ::arbiter
