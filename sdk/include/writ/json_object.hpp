#pragma once

#include <writ/decimal.hpp>
#include <writ/ids.hpp>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/quantize.hpp>
#include <writ/rate.hpp>
#include <writ/time.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace writ {

/// A flat JSON object built member by member: why an intent was made, what is behind a signal.
/// Exact numbers and doubles are written as decimal text (doubles rounded to 1e-9), so that the
/// same decision gives the same bytes everywhere. Reuse one: clear() keeps its memory.
class JsonObject {
 public:
  JsonObject() { clear(); }

  JsonObject& clear() {
    text_.clear();
    text_ += '{';
    return *this;
  }
  JsonObject& add(std::string_view key, std::string_view value) {
    begin(key);
    quote(value);
    return *this;
  }
  JsonObject& add(std::string_view key, const char* value) {
    return add(key, std::string_view(value));
  }
  JsonObject& add(std::string_view key, Price value) { return add(key, to_text(value).view()); }
  JsonObject& add(std::string_view key, Quantity value) { return add(key, to_text(value).view()); }
  JsonObject& add(std::string_view key, Rate value) { return add(key, to_text(value).view()); }
  JsonObject& add(std::string_view key, Money value) { return add(key, to_text(value).view()); }
  JsonObject& add(std::string_view key, Duration value) {
    begin(key);
    text_ += std::to_string(value.ns);
    return *this;
  }
  /// null if it is not finite or too large for 1e-9.
  JsonObject& add(std::string_view key, double value) {
    const auto raw = quantized(value);
    if (raw) return add(key, DecimalText(*raw, 9).view());
    begin(key);
    text_ += "null";
    return *this;
  }
  JsonObject& add(std::string_view key, std::same_as<bool> auto value) {
    begin(key);
    text_ += value ? "true" : "false";
    return *this;
  }
  template <std::integral T>
  requires(!std::same_as<T, bool>) JsonObject& add(std::string_view key, T value) {
    begin(key);
    text_ += std::to_string(value);
    return *this;
  }
  /// Ids are text: they need more than the 53 bits of a JSON number.
  template <class Tag>
  JsonObject& add(std::string_view key, StrongId<Tag, std::uint64_t> value) {
    return add(key, std::string_view(std::to_string(value.raw())));
  }

  /// The object's text, valid until the next change.
  [[nodiscard]] std::string_view view() {
    if (text_.back() != '}') text_ += '}';
    return text_;
  }

 private:
  void begin(std::string_view key) {
    if (text_.back() == '}') text_.pop_back();
    if (text_.size() > 1) text_ += ',';
    quote(key);
    text_ += ':';
  }
  void quote(std::string_view value) {
    constexpr const char* kHex = "0123456789abcdef";
    text_ += '"';
    for (const char c : value) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        text_ += '\\';
        text_ += c;
      } else if (byte < 0x20U) {
        text_ += "\\u00";
        text_ += kHex[byte >> 4U];
        text_ += kHex[byte & 0xfU];
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }

  std::string text_;
};

}  // namespace writ
