#include "host/cli/venue_addresses.hpp"

namespace writ::cli {

std::shared_ptr<venue::binance::AddressBudget> VenueAddresses::at(
    venue::binance::Market market, const venue::net::Endpoint& rest) {
  auto& budget = budgets_[{market, authority(rest)}];
  if (!budget) {
    budget =
        std::make_shared<venue::binance::AddressBudget>(venue::binance::documented_limits(market));
  }
  return budget;
}

}  // namespace writ::cli
