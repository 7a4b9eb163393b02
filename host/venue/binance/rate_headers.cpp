#include "host/venue/binance/rate_headers.hpp"

#include "host/venue/binance/json_fields.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

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

}  // namespace writ::venue::binance
