#pragma once

#include "host/venue/binance/rate_windows.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace writ::venue::binance {

/// The request limits documented for a market: what holds until the venue has listed its own.
/// Source: Binance Spot API, rest-api.md, "IP Limits"; USDS-M futures, "General Info".
[[nodiscard]] std::span<const RateLimit> documented_limits(Market market) noexcept;

/// What may be asked of one market from this address, by all who ask there together: feeds,
/// accounts and a start's questions. The venue counts weight and requests by the address, orders by
/// the account (RateBudget). Shares as RateWindows; what the venue counted and we did not, other
/// programs' requests, counts too. Times are the venue's clock in ns, passed in. [any thread]
class AddressBudget {
 public:
  explicit AddressBudget(std::span<const RateLimit> limits = {});

  /// Limits of orders are passed over. Uses counted so far stay where the same limit stays.
  void set_limits(std::span<const RateLimit> limits);
  /// They share from now on, as those before.
  void add_strategies(std::span<const std::uint32_t> strategies);

  /// Counts the request if it is admitted; one that is not counts nothing.
  [[nodiscard]] Admission take(const Request& request, std::int64_t now);

  /// What the venue says of a limit; one it did not list is passed over.
  void on_use(const RateUse& use, std::int64_t now);
  /// Nothing leaves before it is over. As refused_until.
  void on_refusal(int status, std::int64_t code, std::optional<std::int64_t> retry_after_ns,
                  std::int64_t now);
  /// What an answer of REST says of limits in its status and its headers.
  void on_answer(int status, const std::vector<std::pair<std::string, std::string>>& headers,
                 std::int64_t now);
  /// Until when nothing at all may leave; WRIT_NONE before any refusal.
  [[nodiscard]] std::int64_t stopped_until() const;

  /// By how much the venue's clock is ahead of ours, as whoever measured it last found; 0 before.
  void set_clock_offset(std::int64_t ns) noexcept { clock_offset_ns_ = ns; }
  [[nodiscard]] std::int64_t clock_offset() const noexcept { return clock_offset_ns_; }

 private:
  mutable std::mutex mutex_;
  RateWindows windows_;
  std::set<std::uint32_t> strategies_;
  std::int64_t stopped_until_ = WRIT_NONE;
  std::atomic<std::int64_t> clock_offset_ns_{0};
};

}  // namespace writ::venue::binance
