#include "host/storage/canonical_value.hpp"

#include "host/base/canonical_json.hpp"
#include "host/base/hex.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <span>

namespace writ::storage {
namespace {

bool is_number_char(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

// A whole number as digits, any other as its shortest text that reads back. Boost.JSON may read two
// spellings of one number as two doubles; this reads them exactly first.
std::string respelled(std::string_view number) {
  constexpr double kExact = 9007199254740992.0;  // 2^53: whole numbers up to here are exact
  if (number.find_first_of(".eE") == number.npos) return std::string(number);
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size()) return std::string(number);
  if (std::fabs(value) <= kExact && value == std::floor(value)) {
    return std::to_string(static_cast<std::int64_t>(value));
  }
  const auto text = base::float_py_repr(value);
  return text ? *text : std::string(number);
}

std::string with_respelled_numbers(std::string_view json) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size();) {
    const char c = json[i];
    if (quoted || !is_number_char(c) || c == 'e' || c == 'E') {  // the e of true and false
      if (quoted && c == '\\' && i + 1 < json.size()) out += json[i++];
      if (c == '"') quoted = !quoted;
      out += json[i++];
      continue;
    }
    std::size_t end = i;
    while (end < json.size() && is_number_char(json[end])) ++end;
    out += respelled(json.substr(i, end - i));
    i = end;
  }
  return out;
}

}  // namespace

std::string_view canonical_decimal(std::string_view text) {
  if (const auto point = text.find('.'); point != text.npos) {
    std::size_t end = text.size();
    while (text[end - 1] == '0') --end;
    if (end == point + 1) end = point;
    text = text.substr(0, end);
  }
  const std::size_t sign = !text.empty() && text[0] == '-' ? 1 : 0;
  const bool zero = text.find_first_not_of('0', sign) == text.npos && text.size() > sign;
  return zero ? std::string_view("0") : text;
}

base::Result<std::string> canonical_json_text(std::string_view text) {
  boost::system::error_code bad;
  const auto value = boost::json::parse(with_respelled_numbers(text), bad);
  if (bad) return base::Error(base::Errc::kInvalid, "JSON of a column");
  return base::canonical_json(value);
}

void append_json_text(std::string& out, std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
  });
  if (plain) {
    out.append(1, '"').append(text).append(1, '"');
    return;
  }
  const auto json = base::canonical_json(boost::json::string(text));
  if (json) {
    out += *json;
    return;
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  out += "{\"bytes\":\"" + base::to_hex(std::span(bytes, text.size())) + "\"}";
}

}  // namespace writ::storage
