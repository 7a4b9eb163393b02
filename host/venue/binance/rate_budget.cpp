#include "host/venue/binance/rate_budget.hpp"

#include "host/base/assert.hpp"
#include "host/venue/binance/json_fields.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kReservedForCancels = 5;  // one part in so many

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// What follows `prefix`, whatever the case; nothing if `text` does not begin with it.
std::optional<std::string_view> after(std::string_view text, std::string_view prefix) noexcept {
  if (text.size() < prefix.size()) return std::nullopt;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (lower(text[i]) != prefix[i]) return std::nullopt;
  }
  return text.substr(prefix.size());
}

std::optional<std::int64_t> whole_number(std::string_view text) noexcept {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

/// `10S`, `1M`, `1H`, `1D` as ns.
std::optional<std::int64_t> interval_of(std::string_view text) noexcept {
  if (text.size() < 2) return std::nullopt;
  const char unit = lower(text.back());
  const std::int64_t seconds = unit == 's'   ? 1
                               : unit == 'm' ? 60
                               : unit == 'h' ? 3'600
                               : unit == 'd' ? 86'400
                                             : 0;
  const auto times = whole_number(text.substr(0, text.size() - 1));
  if (!times || seconds == 0 || *times <= 0 || *times > 1'000) return std::nullopt;
  return *times * seconds * kSecond;
}

bool is_overload(std::int64_t code) noexcept { return code == -1008; }

}  // namespace

std::optional<std::int64_t> retry_after_ns(
    const std::vector<std::pair<std::string, std::string>>& headers) {
  constexpr std::int64_t kMostSeconds = 30 * 86'400;
  for (const auto& [name, value] : headers) {
    if (after(name, "retry-after") != "") continue;
    const auto seconds = whole_number(value);
    if (!seconds) return std::nullopt;
    return std::min(*seconds, kMostSeconds) * kSecond;
  }
  return std::nullopt;
}

std::optional<RateUse> read_rate_header(std::string_view name, std::string_view value) noexcept {
  RateUse use{RateLimitKind::kRequestWeight, 0, 0};
  auto interval = after(name, "x-mbx-used-weight-");
  if (!interval) {
    use.kind = RateLimitKind::kOrders;
    interval = after(name, "x-mbx-order-count-");
  }
  if (!interval) return std::nullopt;
  const auto length = interval_of(*interval);
  const auto used = whole_number(value);
  if (!length || !used) return std::nullopt;
  use.interval_ns = *length;
  use.used = *used;
  return use;
}

std::vector<RateUse> read_rate_uses(std::string_view message) {
  simdjson::dom::parser parser;
  std::vector<RateUse> uses;
  const auto document = parse_json(parser, message);
  if (!document) return uses;
  JsonFault fault;
  const JsonFields whole(*document, fault);
  if (!whole.has("rateLimits")) return uses;
  whole.for_each("rateLimits", [&](const JsonFields& fields) {
    const auto limit = read_rate_limit(fields);
    if (limit) uses.push_back({limit->kind, limit->interval_ns, fields.integer("count")});
  });
  if (fault.any()) uses.clear();
  return uses;
}

void RateBudget::Window::move_to(std::int64_t now) {
  const std::int64_t start = now - now % limit.interval_ns;
  if (start <= begin) return;
  begin = start;
  used = 0;
  for (auto& [strategy, taken] : used_by) taken = 0;
}

std::int64_t RateBudget::Window::charge_of(const Request& request) const noexcept {
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

bool RateBudget::Window::admits(const Request& request, std::uint32_t who) const noexcept {
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

void RateBudget::set_limits(std::span<const RateLimit> limits) {
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

void RateBudget::set_strategies(std::span<const std::uint32_t> strategies) {
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

Admission RateBudget::take(const Request& request, std::int64_t now) {
  WRIT_ASSERT(request.weight >= 0 && now >= 0);
  std::int64_t wait_until = WRIT_NONE;
  if (now < stopped_until_) wait_until = stopped_until_;
  if (request.kind == RequestKind::kOrder && now < orders_stopped_until_) {
    wait_until = std::max(wait_until, orders_stopped_until_);
  }
  const std::uint32_t who = sharers_.count(request.strategy) != 0 ? request.strategy : 0;
  for (Window& window : windows_) {
    window.move_to(now);
    if (!window.admits(request, who)) {
      wait_until = std::max(wait_until, window.begin + window.limit.interval_ns);
    }
  }
  if (wait_until != WRIT_NONE) return {false, wait_until};
  for (Window& window : windows_) {
    const std::int64_t charge = window.charge_of(request);
    window.used += charge;
    window.used_by.at(who) += charge;
  }
  return {true, WRIT_NONE};
}

void RateBudget::on_use(const RateUse& use, std::int64_t now) {
  for (Window& window : windows_) {
    if (window.limit.kind != use.kind || window.limit.interval_ns != use.interval_ns) continue;
    window.move_to(now);
    window.used = std::max(window.used, std::min(use.used, window.limit.limit));
  }
}

void RateBudget::on_refusal(int status, std::int64_t code,
                            std::optional<std::int64_t> retry_after_ns, std::int64_t now) {
  const std::int64_t wait = retry_after_ns.value_or(status == 418       ? 120 * kSecond
                                                    : is_overload(code) ? kSecond
                                                                        : 60 * kSecond);
  std::int64_t until = 0;
  if (__builtin_add_overflow(now, std::max<std::int64_t>(wait, 0), &until)) until = INT64_MAX;
  std::int64_t& stopped = code == -1015 && status != 418 ? orders_stopped_until_ : stopped_until_;
  stopped = std::max(stopped, until);
}

}  // namespace writ::venue::binance
