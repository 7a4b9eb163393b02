#pragma once

#include "host/venue/binance/exchange_info.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::venue::binance {

/// How much of one limit the venue says is used.
struct RateUse {
  RateLimitKind kind;
  std::int64_t interval_ns;
  std::int64_t used;

  friend bool operator==(const RateUse&, const RateUse&) = default;
};

/// The seconds of a header `Retry-After`, in ns, at most 30 days; nothing: there is none.
[[nodiscard]] std::optional<std::int64_t> retry_after_ns(
    const std::vector<std::pair<std::string, std::string>>& headers);

/// A header such as `X-MBX-USED-WEIGHT-1M: 12` or `x-mbx-order-count-10s: 3`; nothing for another.
[[nodiscard]] std::optional<RateUse> read_rate_header(std::string_view name,
                                                      std::string_view value) noexcept;

/// The limits in a WebSocket API answer; empty where it has none.
[[nodiscard]] std::vector<RateUse> read_rate_uses(std::string_view message);

enum class RequestKind : std::uint8_t { kCancel, kOrder, kOther };

struct Request {
  RequestKind kind;
  std::int64_t weight;     ///< as documented, >= 0; each request counts as one besides
  std::uint32_t strategy;  ///< instance it is made for; 0 = the host itself
};

/// Whether a request may leave, or when it is worth asking again.
struct Admission {
  bool admitted;
  std::int64_t try_again;  ///< WRIT_NONE if it is admitted
};

/// One budget for all requests of an account from this address. Nothing but a cancel touches the
/// last fifth of a request limit, so that a cancel always finds room. Of the rest every strategy,
/// and the host itself, is at any moment assured of half of an equal part; the other half goes to
/// whoever asks first. What the venue counted and we did not, other programs' requests, counts too.
/// Times are the venue's clock in ns, passed in; intervals begin at multiples of their length.
class RateBudget {
 public:
  /// Uses counted so far stay where the same limit stays.
  void set_limits(std::span<const RateLimit> limits);
  /// Who shares besides the host; what others ask for counts as the host's.
  void set_strategies(std::span<const std::uint32_t> strategies);

  /// Counts the request if it is admitted; one that is not counts nothing.
  [[nodiscard]] Admission take(const Request& request, std::int64_t now);

  /// What the venue says of a limit; one it did not list is passed over.
  void on_use(const RateUse& use, std::int64_t now);
  /// A refusal with 418, 429 or an overload code: nothing leaves before `retry_after_ns` is over,
  /// for -1015 (too many orders) only no order. Without one: two minutes after 418, a minute after
  /// 429, a second after an overload.
  void on_refusal(int status, std::int64_t code, std::optional<std::int64_t> retry_after_ns,
                  std::int64_t now);

  /// Until when nothing at all may leave; WRIT_NONE before any refusal.
  [[nodiscard]] std::int64_t stopped_until() const noexcept { return stopped_until_; }

 private:
  struct Window {
    RateLimit limit;
    std::int64_t begin = 0;
    std::int64_t used = 0;
    std::map<std::uint32_t, std::int64_t> used_by;

    void move_to(std::int64_t now);
    [[nodiscard]] std::int64_t charge_of(const Request& request) const noexcept;
    [[nodiscard]] bool admits(const Request& request, std::uint32_t who) const noexcept;
  };

  std::vector<Window> windows_;
  std::map<std::uint32_t, std::int64_t> sharers_{{0, 0}};  // used as a set that a window copies
  std::int64_t stopped_until_ = WRIT_NONE;
  std::int64_t orders_stopped_until_ = WRIT_NONE;
};

}  // namespace writ::venue::binance
