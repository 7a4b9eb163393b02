#pragma once

#include "examples/venue_sim/binance/venue.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace writ::venue_sim {

/// A venue of default listings without a rest of the market, two accounts `a` and `b` with HMAC
/// keys `key-a` and `key-b`, time standing still until it is told.
class QuietVenue {
 public:
  explicit QuietVenue(Market market);

  Venue venue;

  /// The rest of the market offers.
  void offer(std::string_view symbol, Side side, std::string_view price, std::string_view quantity);
  /// The rest of the market takes.
  void take(std::string_view symbol, Side side, std::string_view price, std::string_view quantity);

  /// What `account` is answered: a request with its key and, but for `/time` and the like, signed.
  RestAnswer ask(std::string_view account, std::string_view method, std::string_view path,
                 std::string query);
  /// The same as JSON; fails the test where the status is not `status`.
  boost::json::value answer(std::string_view account, std::string_view method,
                            std::string_view path, std::string query, int status = 200);
  /// `code msg` of a refusal.
  std::string refusal(std::string_view account, std::string_view method, std::string_view path,
                      std::string query);
  /// Texts sent to a connection since the last call.
  std::vector<std::string> heard(ConnectionId connection);
  void pass_ms(std::int64_t ms);

 private:
  std::vector<Output> waiting_;
};

/// The HMAC-SHA256 of a payload, hexadecimal.
std::string hmac(std::string_view secret, std::string_view payload);

}  // namespace writ::venue_sim
