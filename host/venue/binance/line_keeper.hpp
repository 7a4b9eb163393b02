#pragma once

#include "host/venue/binance/dead_man_switch.hpp"
#include "host/venue/binance/venue_line.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace writ::venue::binance {

/// Keeps a line fit for orders: measures the venue's clock when that is due, and keeps the venue's
/// dead-man switch armed in every symbol that is guarded (futures). [one thread]
class LineKeeper {
 public:
  /// `line` outlives it.
  explicit LineKeeper(VenueLine& line) : line_(line), dead_man_(line.options().countdown_ns) {}

  /// We may have orders in this symbol. Does nothing where the market has no dead-man switch.
  void guard(const std::string& symbol);
  /// Whether an order may be sent there: spot always.
  [[nodiscard]] bool is_armed(const std::string& symbol, std::int64_t now) const noexcept;
  /// The venue may have cancelled our orders in these symbols. Each is told once.
  [[nodiscard]] std::vector<std::string> take_fired(std::int64_t now);

  [[nodiscard]] std::int64_t next_due() const noexcept;
  void on_time(std::int64_t now);

 private:
  void measure(std::int64_t now);
  void arm(const CountdownRequest& request, std::int64_t now);

  VenueLine& line_;
  DeadManSwitch dead_man_;
};

}  // namespace writ::venue::binance
