#pragma once

#include "exchange.hpp"

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace writ::venue_sim {

/// What really happened, for those who compare: every order, fill, balance and position change of
/// every account, each one line of JSON with its number, in order, amounts exact. Times are ns.
class Truth {
 public:
  /// Also into a file, which is made anew; an empty path: into none. Throws InputError.
  explicit Truth(const std::string& path);

  void record(const Exchange& exchange, const std::vector<Event>& events);
  /// The lines from number `first` on, which begin at 1.
  [[nodiscard]] std::string lines(std::size_t first) const;

 private:
  void write(const Exchange& exchange, const OrderEvent& event);
  void write(const Exchange& exchange, const BalanceEvent& event);
  void append(std::string line);

  std::vector<std::string> lines_;
  std::ofstream file_;
};

/// Balances, positions and all orders of every account as they are.
[[nodiscard]] std::string state_json(const Exchange& exchange);

}  // namespace writ::venue_sim
