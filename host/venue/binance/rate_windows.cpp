#include "host/venue/binance/rate_windows.hpp"

#include "host/base/assert.hpp"

#include <algorithm>
#include <utility>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kReservedForCancels = 5;  // one part in so many

bool is_overload(std::int64_t code) noexcept { return code == -1008; }

}  // namespace

void RateWindows::Window::move_to(std::int64_t now) {
  const std::int64_t start = now - now % limit.interval_ns;
  if (start <= begin) return;
  begin = start;
  used = 0;
  for (auto& [strategy, taken] : used_by) taken = 0;
}

std::int64_t RateWindows::Window::charge_of(const Request& request) const noexcept {
  switch (limit.kind) {
    case RateLimitKind::kRequestWeight:
      return request.weight;
    case RateLimitKind::kRawRequests:
      return 1;
    case RateLimitKind::kOrders:
      break;
  }
  return request.kind == RequestKind::kOrder ? 1 : 0;
}

bool RateWindows::Window::admits(const Request& request, std::uint32_t who) const noexcept {
  const std::int64_t charge = charge_of(request);
  if (charge == 0) return true;
  if (request.kind == RequestKind::kCancel) return charge <= limit.limit - used;
  const std::int64_t reserve =
      limit.kind == RateLimitKind::kOrders ? 0 : limit.limit / kReservedForCancels;
  const std::int64_t shared = limit.limit - reserve;
  const auto assured = shared / (2 * static_cast<std::int64_t>(used_by.size()));
  std::int64_t left_to_others = 0;
  for (const auto& [strategy, taken] : used_by) {
    const std::int64_t more = strategy == who ? taken + charge : taken;
    left_to_others += std::max<std::int64_t>(0, assured - more);
  }
  return used + charge + left_to_others <= shared;
}

void RateWindows::set_limits(std::span<const RateLimit> limits) {
  std::vector<Window> windows;
  for (const RateLimit& limit : limits) {
    WRIT_ASSERT(limit.interval_ns > 0 && limit.limit > 0);
    const auto known = std::find_if(windows_.begin(), windows_.end(), [&](const Window& window) {
      return window.limit.kind == limit.kind && window.limit.interval_ns == limit.interval_ns;
    });
    windows.push_back(known == windows_.end() ? Window{limit, 0, 0, sharers_} : *known);
    windows.back().limit = limit;
  }
  windows_ = std::move(windows);
}

void RateWindows::set_strategies(std::span<const std::uint32_t> strategies) {
  sharers_ = {{0, 0}};
  for (const std::uint32_t strategy : strategies) sharers_.emplace(strategy, 0);
  for (Window& window : windows_) {
    auto used_by = sharers_;
    for (const auto& [strategy, taken] : window.used_by) {
      const auto found = used_by.find(strategy);
      (found == used_by.end() ? used_by.at(0) : found->second) += taken;
    }
    window.used_by = std::move(used_by);
  }
}

std::uint32_t RateWindows::sharer(const Request& request) const noexcept {
  return sharers_.count(request.strategy) != 0 ? request.strategy : 0;
}

std::int64_t RateWindows::room_after(const Request& request, std::int64_t now) {
  WRIT_ASSERT(request.weight >= 0 && now >= 0);
  std::int64_t after = WRIT_NONE;
  for (Window& window : windows_) {
    window.move_to(now);
    if (window.admits(request, sharer(request))) continue;
    after = std::max(after, window.begin + window.limit.interval_ns);
  }
  return after;
}

void RateWindows::charge(const Request& request) {
  for (Window& window : windows_) {
    const std::int64_t charge = window.charge_of(request);
    window.used += charge;
    window.used_by.at(sharer(request)) += charge;
  }
}

void RateWindows::on_use(const RateUse& use, std::int64_t now) {
  for (Window& window : windows_) {
    if (window.limit.kind != use.kind || window.limit.interval_ns != use.interval_ns) continue;
    window.move_to(now);
    window.used = std::max(window.used, std::min(use.used, window.limit.limit));
  }
}

std::int64_t refused_until(int status, std::int64_t code,
                           std::optional<std::int64_t> retry_after_ns, std::int64_t now) noexcept {
  const std::int64_t wait = retry_after_ns.value_or(status == 418       ? 120 * kSecond
                                                    : is_overload(code) ? kSecond
                                                                        : 60 * kSecond);
  std::int64_t until = 0;
  if (__builtin_add_overflow(now, std::max<std::int64_t>(wait, 0), &until)) until = INT64_MAX;
  return until;
}

}  // namespace writ::venue::binance
