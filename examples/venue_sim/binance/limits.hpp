#pragma once

#include "words.hpp"

#include <boost/json/array.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace writ::venue_sim {

/// What clients may ask in a time, and what the venue does to those who ask more: 429, and to those
/// who go on asking, 418. Intervals begin at multiples of their length.
class Limits {
 public:
  explicit Limits(Market market);

  /// Counts a request; refuses it (-1003, status 429 or 418) once too much was asked.
  void count_request(std::int64_t weight, std::int64_t now);
  /// Counts a new order of the account; refuses it (-1015) once there were too many.
  void count_order(std::uint32_t account, std::int64_t now);
  /// Spot: an order that is filled does not count.
  void uncount_order(std::uint32_t account, std::int64_t now);

  /// From now on `ns` long every request is answered 429.
  void refuse_for(std::int64_t ns, std::int64_t now);
  void set_weight_limit(std::int64_t limit) noexcept { weight_limit_ = limit; }
  /// Of every interval.
  void set_order_limit(std::int64_t limit) noexcept {
    for (OrderLimit& one : order_limits_) one.limit = limit;
  }

  /// Seconds until the venue answers again; 0: it does.
  [[nodiscard]] std::int64_t retry_after(std::int64_t now) const noexcept;
  /// X-MBX-USED-WEIGHT-1M, and of an account X-MBX-ORDER-COUNT-...
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> headers(std::uint32_t account,
                                                                         std::int64_t now) const;
  /// Of exchangeInfo, and with `account` and counts of a WebSocket API answer.
  [[nodiscard]] boost::json::array listed() const;
  [[nodiscard]] boost::json::array counted(std::uint32_t account, std::int64_t now) const;

 private:
  struct Window {
    std::int64_t begin = 0;
    std::int64_t count = 0;
  };
  struct OrderLimit {
    const char* header;
    const char* interval;
    std::int64_t intervals;
    std::int64_t length_ns;
    std::int64_t limit;
  };

  static Window& current(Window& window, std::int64_t length, std::int64_t now);
  [[nodiscard]] static std::int64_t count_in(const Window& window, std::int64_t length,
                                             std::int64_t now);

  std::int64_t weight_limit_;
  std::vector<OrderLimit> order_limits_;
  bool unfilled_only_;
  Window weight_;
  std::map<std::pair<std::uint32_t, std::size_t>, Window> orders_;
  std::int64_t throttled_until_ = 0;
  std::int64_t banned_until_ = 0;
  int ignored_ = 0;  // requests that came although the venue had said when
};

}  // namespace writ::venue_sim
