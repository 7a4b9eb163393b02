#include "host/venue/binance/address_budget.hpp"

#include "host/venue/binance/rate_headers.hpp"

#include <algorithm>
#include <array>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kMinute = 60'000'000'000;

}  // namespace

std::span<const RateLimit> documented_limits(Market market) noexcept {
  static constexpr std::array kSpot = {
      RateLimit{RateLimitKind::kRequestWeight, kMinute, 6'000},
      RateLimit{RateLimitKind::kRawRequests, 5 * kMinute, 300'000}};
  static constexpr std::array kUsdm = {RateLimit{RateLimitKind::kRequestWeight, kMinute, 2'400}};
  return market == Market::kSpot ? std::span<const RateLimit>(kSpot)
                                 : std::span<const RateLimit>(kUsdm);
}

AddressBudget::AddressBudget(std::span<const RateLimit> limits) { set_limits(limits); }

void AddressBudget::set_limits(std::span<const RateLimit> limits) {
  std::vector<RateLimit> of_address(limits.begin(), limits.end());
  std::erase_if(of_address,
                [](const RateLimit& limit) { return limit.kind == RateLimitKind::kOrders; });
  const std::lock_guard lock(mutex_);
  windows_.set_limits(of_address);
}

void AddressBudget::add_strategies(std::span<const std::uint32_t> strategies) {
  const std::lock_guard lock(mutex_);
  strategies_.insert(strategies.begin(), strategies.end());
  windows_.set_strategies(std::vector<std::uint32_t>(strategies_.begin(), strategies_.end()));
}

Admission AddressBudget::take(const Request& request, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  const std::int64_t room = windows_.room_after(request, now);
  const std::int64_t wait_until = now < stopped_until_ ? std::max(room, stopped_until_) : room;
  if (wait_until != WRIT_NONE) return {false, wait_until};
  windows_.charge(request);
  return {true, WRIT_NONE};
}

void AddressBudget::on_use(const RateUse& use, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  windows_.on_use(use, now);
}

void AddressBudget::on_refusal(int status, std::int64_t code,
                               std::optional<std::int64_t> retry_after_ns, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  stopped_until_ = std::max(stopped_until_, refused_until(status, code, retry_after_ns, now));
}

void AddressBudget::on_answer(int status,
                              const std::vector<std::pair<std::string, std::string>>& headers,
                              std::int64_t now) {
  for (const auto& [name, value] : headers) {
    if (const auto use = read_rate_header(name, value)) on_use(*use, now);
  }
  if (status == 418 || status == 429) on_refusal(status, 0, retry_after_ns(headers), now);
}

std::int64_t AddressBudget::stopped_until() const {
  const std::lock_guard lock(mutex_);
  return stopped_until_;
}

}  // namespace writ::venue::binance
