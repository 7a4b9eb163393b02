#pragma once

#include "host/venue/binance/venue_line.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace writ::venue::binance {

/// Cancels everything in some symbols, and again for a while: an order may have been on its way
/// when the kill came. What fails is tried every second until it is done. [one thread]
class KillSweep {
 public:
  /// `line` outlives it.
  explicit KillSweep(VenueLine& line) : line_(line) {}

  void begin(const std::vector<std::string>& symbols, std::int64_t now);
  [[nodiscard]] std::int64_t next_due() const noexcept;
  void on_time(std::int64_t now);

 private:
  struct Symbol {
    std::int64_t due;
    std::int64_t until;  ///< a sweep begun after that is the last
  };

  void sweep(const std::string& symbol, std::int64_t now);

  VenueLine& line_;
  std::map<std::string, Symbol> symbols_;
};

}  // namespace writ::venue::binance
