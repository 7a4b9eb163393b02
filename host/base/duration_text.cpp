#include "host/base/duration_text.hpp"

#include <writ/int128.hpp>

#include <array>
#include <charconv>
#include <system_error>

namespace writ::base {
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

Parsed<std::int64_t> parse_duration(std::string_view text) {
  const auto last_digit = text.find_last_of("0123456789.");
  if (last_digit == text.npos) return {0, DecimalError::kSyntax};
  const std::string_view unit = text.substr(last_digit + 1);
  for (const Unit& known : kUnits) {
    if (unit != known.name) continue;
    const std::string_view count = text.substr(0, last_digit + 1);
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), whole);
    if (error == std::errc() && end == count.data() + count.size()) {
      std::int64_t ns = 0;
      if (__builtin_mul_overflow(whole, known.ns, &ns)) return {0, DecimalError::kRange};
      return {ns, DecimalError::kNone};
    }
    const auto decimal = parse_nano(count);
    if (!decimal) return {0, decimal.error};
    const Int128 scaled = Int128{decimal.value} * known.ns;
    if (scaled % 1'000'000'000 != 0) return {0, DecimalError::kInexact};
    const auto ns = narrow_to_int64(scaled / 1'000'000'000);
    return ns ? Parsed<std::int64_t>{*ns, DecimalError::kNone}
              : Parsed<std::int64_t>{0, DecimalError::kRange};
  }
  return {0, DecimalError::kSyntax};
}

std::string duration_text(std::int64_t ns) {
  if (ns == 0) return "0s";
  const Unit* unit = &kUnits.front();
  for (const Unit& larger : kUnits) {
    if (ns % larger.ns == 0) unit = &larger;
  }
  return std::to_string(ns / unit->ns) + std::string(unit->name);
}

}  // namespace writ::base
