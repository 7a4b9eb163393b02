#include "host/config/duration_text.hpp"

#include <writ/decimal.hpp>
#include <writ/int128.hpp>

#include <array>
#include <charconv>
#include <system_error>

namespace writ::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ns;
};
// From the smallest.
constexpr std::array<Unit, 7> kUnits = {{
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
    {"d", 86'400'000'000'000},
}};

}  // namespace

std::optional<std::int64_t> parse_duration(std::string_view text) {
  const auto last_digit = text.find_last_of("0123456789.");
  if (last_digit == text.npos) return std::nullopt;
  const std::string_view unit = text.substr(last_digit + 1);
  for (const Unit& known : kUnits) {
    if (unit != known.name) continue;
    const std::string_view count = text.substr(0, last_digit + 1);
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), whole);
    if (error == std::errc() && end == count.data() + count.size()) {
      std::int64_t ns = 0;
      if (__builtin_mul_overflow(whole, known.ns, &ns)) return std::nullopt;
      return ns;
    }
    const auto decimal = parse_nano(count);
    if (!decimal) return std::nullopt;
    const Int128 scaled = Int128{decimal.value} * known.ns;
    if (scaled % 1'000'000'000 != 0) return std::nullopt;
    return narrow_to_int64(scaled / 1'000'000'000);
  }
  return std::nullopt;
}

std::string duration_text(std::int64_t ns) {
  if (ns == 0) return "0s";
  const Unit* unit = &kUnits.front();
  for (const Unit& larger : kUnits) {
    if (ns % larger.ns == 0) unit = &larger;
  }
  return std::to_string(ns / unit->ns) + std::string(unit->name);
}

}  // namespace writ::config
