#pragma once

#include "host/venue/binance/address_budget.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace writ::venue::binance {

/// One account's budget: its orders, which the venue counts by account, and its part of what this
/// address may ask. Both are shared as RateWindows says. Times are the venue's clock in ns, passed
/// in. [one thread]
class RateBudget {
 public:
  /// Without an address: one that nobody else asks from, without limits yet.
  explicit RateBudget(std::shared_ptr<AddressBudget> address = nullptr);

  /// All limits listed, the address's too. Uses counted so far stay where the same limit stays.
  void set_limits(std::span<const RateLimit> limits);
  /// Who shares besides the host; what others ask for counts as the host's.
  void set_strategies(std::span<const std::uint32_t> strategies);

  /// Counts the request if it is admitted; one that is not counts nothing.
  [[nodiscard]] Admission take(const Request& request, std::int64_t now);

  /// What the venue says of a limit; one it did not list is passed over.
  void on_use(const RateUse& use, std::int64_t now);
  /// A refusal with 418, 429 or an overload code: nothing leaves from the address before it is
  /// over, for -1015 (too many orders) only no order of this account.
  void on_refusal(int status, std::int64_t code, std::optional<std::int64_t> retry_after_ns,
                  std::int64_t now);

  [[nodiscard]] AddressBudget& address() noexcept { return *address_; }
  [[nodiscard]] const AddressBudget& address() const noexcept { return *address_; }

 private:
  std::shared_ptr<AddressBudget> address_;
  RateWindows orders_;
  std::int64_t orders_stopped_until_ = WRIT_NONE;
};

}  // namespace writ::venue::binance
