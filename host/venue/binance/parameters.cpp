#include "host/venue/binance/parameters.hpp"

#include "host/base/assert.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <utility>

namespace writ::venue::binance {
namespace {

bool is_unreserved(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += kDigits[byte >> 4U];
      encoded += kDigits[byte & 15U];
    }
  }
  return encoded;
}

void Parameters::append(std::string_view name, std::string value, bool number) {
  for (const Parameter& known : parameters_) WRIT_ASSERT(known.name != name);
  parameters_.push_back({std::string(name), std::move(value), number});
}

Parameters& Parameters::add(std::string_view name, std::string_view value) {
  append(name, std::string(value), false);
  return *this;
}

Parameters& Parameters::add(std::string_view name, std::int64_t value) {
  append(name, std::to_string(value), true);
  return *this;
}

std::string Parameters::query() const {
  std::string text;
  for (const Parameter& parameter : parameters_) {
    if (!text.empty()) text += '&';
    text.append(parameter.name).append("=").append(percent_encoded(parameter.value));
  }
  return text;
}

std::string Parameters::signed_query(const Signer& signer) const {
  std::string text = query();
  const std::string signature = percent_encoded(signer.sign(text));
  if (!text.empty()) text += '&';
  return text.append("signature=").append(signature);
}

std::string Parameters::sorted_payload() const {
  std::vector<const Parameter*> sorted;
  for (const Parameter& parameter : parameters_) sorted.push_back(&parameter);
  std::sort(sorted.begin(), sorted.end(),
            [](const Parameter* a, const Parameter* b) { return a->name < b->name; });
  std::string text;
  for (const Parameter* parameter : sorted) {
    if (!text.empty()) text += '&';
    text.append(parameter->name).append("=").append(parameter->value);
  }
  return text;
}

std::string Parameters::json() const {
  std::string text = "{";
  for (const Parameter& parameter : parameters_) {
    if (text.size() > 1) text += ',';
    text += boost::json::serialize(boost::json::string(parameter.name));
    text += ':';
    text += parameter.number ? parameter.value
                             : boost::json::serialize(boost::json::string(parameter.value));
  }
  return text += '}';
}

std::string Parameters::signed_json(const Signer& signer) const {
  Parameters whole = *this;
  whole.add("signature", signer.sign(sorted_payload()));
  return whole.json();
}

}  // namespace writ::venue::binance
