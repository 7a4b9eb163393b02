#pragma once

#include "host/venue/binance/exchange_info.hpp"

#include <writ/abi/scalar.h>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace writ::venue::binance {

/// How much of one limit the venue says is used.
struct RateUse {
  RateLimitKind kind;
  std::int64_t interval_ns;
  std::int64_t used;

  friend bool operator==(const RateUse&, const RateUse&) = default;
};

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

/// Limits that are counted together. Nothing but a cancel touches the last fifth of a request
/// limit, so that a cancel always finds room. Of the rest every strategy, and the host itself, is
/// at any moment assured of half of an equal part; the other half goes to whoever asks first.
/// Times are the venue's clock in ns; intervals begin at multiples of their length.
class RateWindows {
 public:
  /// Uses counted so far stay where the same limit stays.
  void set_limits(std::span<const RateLimit> limits);
  /// Who shares besides the host; what others ask for counts as the host's.
  void set_strategies(std::span<const std::uint32_t> strategies);

  /// When the request is worth asking again; WRIT_NONE: it has room now.
  [[nodiscard]] std::int64_t room_after(const Request& request, std::int64_t now);
  /// Counts it. It has room.
  void charge(const Request& request);
  /// What the venue says of a limit; one it did not list is passed over.
  void on_use(const RateUse& use, std::int64_t now);

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

  [[nodiscard]] std::uint32_t sharer(const Request& request) const noexcept;

  std::vector<Window> windows_;
  std::map<std::uint32_t, std::int64_t> sharers_{{0, 0}};  // used as a set that a window copies
};

/// Until when a refusal forbids what it refuses: so long as it says, else two minutes after 418, a
/// minute after 429, a second after an overload.
[[nodiscard]] std::int64_t refused_until(int status, std::int64_t code,
                                         std::optional<std::int64_t> retry_after_ns,
                                         std::int64_t now) noexcept;

}  // namespace writ::venue::binance
