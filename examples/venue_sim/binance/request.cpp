#include "request.hpp"

#include "refusal.hpp"

#include <writ/decimal.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace writ::venue_sim {
namespace {

[[noreturn]] void missing(std::string_view name) {
  throw Refusal(-1102, "Mandatory parameter '" + std::string(name) +
                           "' was not sent, was empty/null, or malformed.");
}

[[noreturn]] void illegal(std::string_view name, const char* range) {
  throw Refusal(-1100, "Illegal characters found in parameter '" + std::string(name) +
                           "'; legal range is '" + range + "'.");
}

/// What a price, quantity or amount parses to, refused as the venue does.
template <class T>
T decimal(std::string_view name, const Parsed<T>& parsed) {
  if (parsed.error == DecimalError::kInexact) {
    throw Refusal(-1111, "Parameter '" + std::string(name) + "' has too much precision.");
  }
  if (!parsed) illegal(name, "^([0-9]{1,20})(\\.[0-9]{1,20})?$");
  return parsed.value;
}

/// The pairs of a query or body without the signature, which goes to `signature`.
std::string without_signature(std::string_view text, std::string& signature) {
  std::string kept;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    constexpr std::string_view kName = "signature=";
    if (pair.starts_with(kName)) {
      signature = percent_decoded(pair.substr(kName.size()));
      continue;
    }
    if (!kept.empty()) kept += '&';
    kept += pair;
  }
  return kept;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = at + 2 < text.size() ? digit_of(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? digit_of(text[at + 2]) : -1;
    if (text[at] == '%' && high >= 0 && low >= 0) {
      decoded += static_cast<char>(high * 16 + low);
      at += 2;
    } else {
      decoded += text[at] == '+' ? ' ' : text[at];
    }
  }
  return decoded;
}

std::optional<std::vector<std::pair<std::string, std::string>>> flat_members(
    std::string_view object) {
  std::vector<std::pair<std::string, std::string>> members;
  std::size_t at = 0;
  const auto skip = [&] {
    while (at < object.size() && std::string_view(" \t\r\n").find(object[at]) != object.npos) ++at;
  };
  const auto token = [&]() -> std::string {  // one value as it is written
    const std::size_t begin = at;
    bool quoted = false;
    int depth = 0;
    for (; at < object.size(); ++at) {
      const char c = object[at];
      if (quoted) {
        if (c == '\\') ++at;
        if (c == '"') quoted = false;
        continue;
      }
      if (c == '"') quoted = true;
      if (c == '[' || c == '{') ++depth;
      if (depth == 0 && (c == ',' || c == ':' || c == '}')) break;
      if (c == ']' || c == '}') --depth;
    }
    std::size_t end = std::min(at, object.size());
    while (end > begin && std::string_view(" \t\r\n").find(object[end - 1]) != object.npos) --end;
    std::string raw(object.substr(begin, end - begin));
    if (raw.empty() || raw.front() != '"') return raw;
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(raw, error);
    return error || !value.is_string() ? std::string() : std::string(value.get_string());
  };
  skip();
  if (at == object.size() || object[at] != '{') return std::nullopt;
  ++at;
  skip();
  while (at < object.size() && object[at] != '}') {
    std::string name = token();
    if (at >= object.size() || object[at] != ':') return std::nullopt;
    ++at;
    skip();
    members.emplace_back(std::move(name), token());
    if (at >= object.size()) return std::nullopt;
    if (object[at] == ',') {
      ++at;
      skip();
    }
  }
  if (at >= object.size()) return std::nullopt;
  return members;
}

Request Request::of_rest(std::string_view query, std::string_view body) {
  Request request;
  request.payload_ = without_signature(query, request.signature_);
  const std::string signed_body = without_signature(body, request.signature_);
  for (std::string_view part :
       {std::string_view(request.payload_), std::string_view(signed_body)}) {
    while (!part.empty()) {
      const std::size_t end = std::min(part.find('&'), part.size());
      const std::string_view pair = part.substr(0, end);
      part.remove_prefix(std::min(end + 1, part.size()));
      const std::size_t equals = std::min(pair.find('='), pair.size());
      request.add(percent_decoded(pair.substr(0, equals)),
                  percent_decoded(pair.substr(std::min(equals + 1, pair.size()))));
    }
  }
  request.payload_ += signed_body;
  return request;
}

Request Request::of_message(std::string_view params) {
  auto members = flat_members(params);
  if (!members) throw Refusal(-1100, "Illegal characters found in a parameter.");
  std::sort(members->begin(), members->end());
  Request request;
  for (auto& [name, value] : *members) {
    if (name == "signature") {
      request.signature_ = value;
      continue;
    }
    if (!request.payload_.empty()) request.payload_ += '&';
    request.payload_ += name + '=' + value;
    request.add(std::move(name), std::move(value));
  }
  return request;
}

void Request::add(std::string name, std::string value) {
  const bool known = std::any_of(parameters_.begin(), parameters_.end(),
                                 [&](const auto& one) { return one.first == name; });
  if (!known) parameters_.emplace_back(std::move(name), std::move(value));
}

const std::string* Request::find(std::string_view name) const noexcept {
  for (const auto& [known, value] : parameters_) {
    if (known == name) return value.empty() ? nullptr : &value;
  }
  return nullptr;
}

std::string Request::text(std::string_view name) const {
  const std::string* value = find(name);
  if (value == nullptr) missing(name);
  return *value;
}

std::string Request::text_or(std::string_view name, std::string_view otherwise) const {
  const std::string* value = find(name);
  return value == nullptr ? std::string(otherwise) : *value;
}

std::int64_t Request::integer(std::string_view name) const {
  const std::string value = text(name);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || (end != value.data() + value.size() && *end != '.')) {
    illegal(name, "^[0-9]{1,20}$");
  }
  return number;
}

std::int64_t Request::integer_or(std::string_view name, std::int64_t otherwise) const {
  return has(name) ? integer(name) : otherwise;
}

bool Request::flag_or(std::string_view name, bool otherwise) const {
  if (!has(name)) return otherwise;
  const std::string value = text(name);
  return value == "true" || value == "TRUE" || value == "True";
}

Price Request::price(std::string_view name) const { return decimal(name, parse_price(text(name))); }
Quantity Request::quantity(std::string_view name) const {
  return decimal(name, parse_quantity(text(name)));
}
Money Request::money(std::string_view name) const { return decimal(name, parse_money(text(name))); }

void Request::must_not_have(std::string_view name) const {
  if (has(name)) {
    throw Refusal(-1106, "Parameter '" + std::string(name) + "' sent when not required.");
  }
}

}  // namespace writ::venue_sim
