#include "limits.hpp"

#include "refusal.hpp"

#include <boost/json/object.hpp>

#include <algorithm>

namespace writ::venue_sim {
namespace {

namespace json = boost::json;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kBan = 2 * kMinute;
constexpr int kPatience = 5;  // so many requests of a throttled client are answered with 429

}  // namespace

Limits::Limits(Market market)
    : weight_limit_(market == Market::kSpot ? 6'000 : 2'400),
      unfilled_only_(market == Market::kSpot) {
  if (market == Market::kSpot) {
    order_limits_ = {{"X-MBX-ORDER-COUNT-10S", "SECOND", 10, 10 * kSecond, 100},
                     {"X-MBX-ORDER-COUNT-1D", "DAY", 1, 24 * 60 * kMinute, 200'000}};
  } else {
    order_limits_ = {{"X-MBX-ORDER-COUNT-10S", "SECOND", 10, 10 * kSecond, 300},
                     {"X-MBX-ORDER-COUNT-1M", "MINUTE", 1, kMinute, 1'200}};
  }
}

Limits::Window& Limits::current(Window& window, std::int64_t length, std::int64_t now) {
  const std::int64_t begin = now / length * length;
  if (window.begin != begin) window = {begin, 0};
  return window;
}

std::int64_t Limits::count_in(const Window& window, std::int64_t length, std::int64_t now) {
  return window.begin == now / length * length ? window.count : 0;
}

void Limits::count_request(std::int64_t weight, std::int64_t now) {
  if (now >= throttled_until_) {
    if (now >= banned_until_) ignored_ = 0;
  } else if (++ignored_ > kPatience) {
    banned_until_ = std::max(banned_until_, now + kBan);
  }
  if (now < banned_until_) {
    throw Refusal(-1003,
                  "Way too much request weight used; IP banned until " +
                      std::to_string(banned_until_ / 1'000'000) + ".",
                  418);
  }
  if (now >= throttled_until_) {
    if (current(weight_, kMinute, now).count + weight <= weight_limit_) {
      weight_.count += weight;
      return;
    }
    throttled_until_ = weight_.begin + kMinute;
  }
  throw Refusal(-1003,
                "Too much request weight used; current limit is " + std::to_string(weight_limit_) +
                    " request weight per 1 MINUTE. Please use WebSocket Streams for live updates "
                    "to avoid polling the API.",
                429);
}

void Limits::count_order(std::uint32_t account, std::int64_t now) {
  for (std::size_t at = 0; at < order_limits_.size(); ++at) {
    const OrderLimit& limit = order_limits_[at];
    if (current(orders_[{account, at}], limit.length_ns, now).count >= limit.limit) {
      throw Refusal(-1015,
                    "Too many new orders; current limit is " + std::to_string(limit.limit) +
                        " orders per " + std::to_string(limit.intervals) + " " + limit.interval +
                        ".",
                    429);
    }
  }
  for (std::size_t at = 0; at < order_limits_.size(); ++at) ++orders_[{account, at}].count;
}

void Limits::uncount_order(std::uint32_t account, std::int64_t now) {
  if (!unfilled_only_) return;
  for (std::size_t at = 0; at < order_limits_.size(); ++at) {
    Window& window = current(orders_[{account, at}], order_limits_[at].length_ns, now);
    window.count = std::max<std::int64_t>(0, window.count - 1);
  }
}

void Limits::refuse_for(std::int64_t ns, std::int64_t now) { throttled_until_ = now + ns; }

std::int64_t Limits::retry_after(std::int64_t now) const noexcept {
  const std::int64_t until = std::max(throttled_until_, banned_until_);
  return until <= now ? 0 : (until - now + kSecond - 1) / kSecond;
}

std::vector<std::pair<std::string, std::string>> Limits::headers(std::uint32_t account,
                                                                 std::int64_t now) const {
  std::vector<std::pair<std::string, std::string>> headers;
  headers.emplace_back("X-MBX-USED-WEIGHT-1M", std::to_string(count_in(weight_, kMinute, now)));
  if (account == 0) return headers;
  for (std::size_t at = 0; at < order_limits_.size(); ++at) {
    const auto found = orders_.find({account, at});
    const Window window = found == orders_.end() ? Window{} : found->second;
    headers.emplace_back(order_limits_[at].header,
                         std::to_string(count_in(window, order_limits_[at].length_ns, now)));
  }
  return headers;
}

json::array Limits::listed() const {
  json::array limits = {json::object{{"rateLimitType", "REQUEST_WEIGHT"},
                                     {"interval", "MINUTE"},
                                     {"intervalNum", 1},
                                     {"limit", weight_limit_}}};
  for (const OrderLimit& limit : order_limits_) {
    limits.push_back(json::object{{"rateLimitType", "ORDERS"},
                                  {"interval", limit.interval},
                                  {"intervalNum", limit.intervals},
                                  {"limit", limit.limit}});
  }
  return limits;
}

json::array Limits::counted(std::uint32_t account, std::int64_t now) const {
  json::array limits = listed();
  const auto counts = headers(account, now);
  for (std::size_t at = 0; at < counts.size(); ++at) {
    limits[at].as_object()["count"] = std::stoll(counts[at].second);
  }
  limits.resize(counts.size());
  return limits;
}

}  // namespace writ::venue_sim
