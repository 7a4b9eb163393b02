#include "host/base/canonical_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::base {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t size = 0;  // in bytes
};

// The code point that starts at `at`; nothing for what UTF-8 forbids (overlong forms, surrogates).
std::optional<CodePoint> decode_utf8(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(at);
  if (lead < 0x80) return CodePoint{lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() - at < size) return std::nullopt;
  std::uint32_t value = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xc0U) != 0x80U) return std::nullopt;
    value = (value << 6U) | (byte(at + i) & 0x3fU);
  }
  const std::uint32_t least = size == 4 ? 0x10000U : size == 3 ? 0x800U : 0x80U;
  if (value < least || value > 0x10ffffU || (value >= 0xd800U && value < 0xe000U)) {
    return std::nullopt;
  }
  return CodePoint{value, size};
}

class Writer {
 public:
  Result<void> write(const boost::json::value& value) {
    switch (value.kind()) {
      case boost::json::kind::null:
        text_ += "null";
        return {};
      case boost::json::kind::bool_:
        text_ += value.get_bool() ? "true" : "false";
        return {};
      case boost::json::kind::int64:
        text_ += std::to_string(value.get_int64());
        return {};
      case boost::json::kind::uint64:
        text_ += std::to_string(value.get_uint64());
        return {};
      case boost::json::kind::double_: {
        const auto repr = float_py_repr(value.get_double());
        if (!repr) return repr.error();
        text_ += *repr;
        return {};
      }
      case boost::json::kind::string:
        return write_string(value.get_string());
      case boost::json::kind::array:
        return write_array(value.get_array());
      case boost::json::kind::object:
        return write_object(value.get_object());
    }
    return Error(Errc::kInvalid, "canonical JSON: unknown kind");
  }

  std::string take() { return std::move(text_); }

 private:
  Result<void> write_array(const boost::json::array& array) {
    text_ += '[';
    bool first = true;
    for (const auto& element : array) {
      if (!first) text_ += ',';
      first = false;
      if (const auto written = write(element); !written) return written;
    }
    text_ += ']';
    return {};
  }

  Result<void> write_object(const boost::json::object& object) {
    std::vector<const boost::json::key_value_pair*> members;
    members.reserve(object.size());
    for (const auto& member : object) members.push_back(&member);
    // The order of UTF-8 bytes is the order of code points.
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return a->key() < b->key(); });
    text_ += '{';
    bool first = true;
    for (const auto* member : members) {
      if (!first) text_ += ',';
      first = false;
      if (const auto written = write_string(member->key()); !written) return written;
      text_ += ':';
      if (const auto written = write(member->value()); !written) return written;
    }
    text_ += '}';
    return {};
  }

  Result<void> write_string(std::string_view text) {
    text_ += '"';
    for (std::size_t at = 0; at < text.size();) {
      const auto point = decode_utf8(text, at);
      if (!point) {
        return Error(Errc::kInvalid, "canonical JSON: text is not UTF-8",
                     static_cast<std::int64_t>(at));
      }
      write_code_point(point->value);
      at += point->size;
    }
    text_ += '"';
    return {};
  }

  void write_code_point(std::uint32_t point) {
    switch (point) {
      case '"':
        text_ += "\\\"";
        return;
      case '\\':
        text_ += "\\\\";
        return;
      case '\b':
        text_ += "\\b";
        return;
      case '\f':
        text_ += "\\f";
        return;
      case '\n':
        text_ += "\\n";
        return;
      case '\r':
        text_ += "\\r";
        return;
      case '\t':
        text_ += "\\t";
        return;
      default:
        break;
    }
    if (point >= 0x20 && point <= 0x7e) {
      text_ += static_cast<char>(point);
    } else if (point < 0x10000) {
      write_escape(point);
    } else {
      write_escape(0xd800U + ((point - 0x10000U) >> 10U));
      write_escape(0xdc00U + ((point - 0x10000U) & 0x3ffU));
    }
  }

  void write_escape(std::uint32_t utf16_unit) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text_ += "\\u";
    for (unsigned shift = 16; shift > 0;) {
      shift -= 4;
      text_ += kDigits[(utf16_unit >> shift) & 0xfU];
    }
  }

  std::string text_;
};

}  // namespace

Result<std::string> canonical_json(const boost::json::value& value) {
  Writer writer;
  if (const auto written = writer.write(value); !written) return written.error();
  return writer.take();
}

Result<std::string> float_py_repr(double value) {
  if (!std::isfinite(value)) return Error(Errc::kInvalid, "float text: not finite");
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                 std::chars_format::scientific);
  const std::string_view scientific(buffer.data(),
                                    static_cast<std::size_t>(end.ptr - buffer.data()));

  // d[.ddd]e±XX
  const std::size_t e = scientific.find('e');
  std::string digits(1, scientific[0]);
  if (e > 1) digits += scientific.substr(2, e - 2);
  int exponent = 0;
  const std::size_t exponent_at = scientific[e + 1] == '+' ? e + 2 : e + 1;
  std::from_chars(scientific.data() + exponent_at, scientific.data() + scientific.size(), exponent);

  std::string text = std::signbit(value) ? "-" : "";
  if (exponent < -4 || exponent >= 16) {
    text += digits[0];
    if (digits.size() > 1) text += "." + digits.substr(1);
    const int size = std::abs(exponent);
    text += exponent < 0 ? "e-" : "e+";
    text += size < 10 ? "0" + std::to_string(size) : std::to_string(size);
    return text;
  }
  if (exponent < 0) {
    return text + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return text + digits + std::string(whole - digits.size(), '0') + ".0";
  return text + digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace writ::base
