#pragma once

#include "host/venue/binance/address_budget.hpp"
#include "host/venue/binance/market.hpp"
#include "host/venue/net/endpoint.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace writ::cli {

/// What this machine may ask of each place it asks: a venue counts all that comes from one address
/// together, whichever account, feed or question it is for.
class VenueAddresses {
 public:
  /// The one budget of a market's REST server, with the documented limits until its own are set.
  [[nodiscard]] std::shared_ptr<venue::binance::AddressBudget> at(venue::binance::Market market,
                                                                  const venue::net::Endpoint& rest);

 private:
  using Place = std::pair<venue::binance::Market, std::string>;
  std::map<Place, std::shared_ptr<venue::binance::AddressBudget>> budgets_;
};

}  // namespace writ::cli
