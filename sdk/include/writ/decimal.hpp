#pragma once

#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace writ {

/// Why a text is not a number of the wanted kind.
enum class DecimalError : std::uint8_t {
  kNone,
  kSyntax,   ///< not `-`? digits with an optional dot and exponent
  kInexact,  ///< more significant fractional digits than the type holds
  kRange,    ///< larger than the type holds
};

/// `SYNTAX`, `INEXACT`, `RANGE`, or `NONE`.
[[nodiscard]] constexpr const char* to_string(DecimalError error) noexcept {
  switch (error) {
    case DecimalError::kNone:
      return "NONE";
    case DecimalError::kSyntax:
      return "SYNTAX";
    case DecimalError::kInexact:
      return "INEXACT";
    case DecimalError::kRange:
      return "RANGE";
  }
  return "NONE";
}

/// A value, or why there is none. `value` is zero with an error.
template <class T>
struct Parsed {
  T value{};
  DecimalError error = DecimalError::kNone;

  [[nodiscard]] constexpr bool ok() const noexcept { return error == DecimalError::kNone; }
  explicit constexpr operator bool() const noexcept { return ok(); }
};

namespace detail {

/// Significant digits of a decimal text: value = ± digits × 10^exponent, leading and trailing zeros
/// of the digits not counted. `first` and `last` bound them in the text, a dot may lie between.
struct DecimalParts {
  bool negative = false;
  std::string_view digits;    // from the first to the last digit that is not zero, or empty
  std::int64_t count = 0;     // of digits, without the dot
  std::int64_t exponent = 0;  // of the last digit
};

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

[[nodiscard]] constexpr std::optional<DecimalParts> split_decimal(std::string_view text) noexcept {
  DecimalParts parts;
  std::size_t at = 0;
  if (at < text.size() && text[at] == '-') {
    parts.negative = true;
    ++at;
  }
  constexpr std::size_t kUnset = std::numeric_limits<std::size_t>::max();
  std::size_t dot = kUnset;
  std::size_t first = kUnset;  // first and last digit that is not zero
  std::size_t last = kUnset;
  bool any_digit = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && dot == kUnset) {
      dot = at;
    } else if (is_digit(c)) {
      any_digit = true;
      if (c == '0') continue;
      if (first == kUnset) first = at;
      last = at;
    } else {
      break;
    }
  }
  if (!any_digit) return std::nullopt;
  const std::size_t end = at;  // of the mantissa

  std::int64_t written_exponent = 0;
  if (at < text.size()) {
    if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
    ++at;
    const bool negative = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (at == text.size()) return std::nullopt;
    // Past this an exponent decides alone, whatever the mantissa's length.
    constexpr std::int64_t kExponentMax = 1'000'000'000'000;
    for (; at < text.size(); ++at) {
      if (!is_digit(text[at])) return std::nullopt;
      written_exponent = written_exponent * 10 + (text[at] - '0');
      if (written_exponent > kExponentMax) written_exponent = kExponentMax;
    }
    if (negative) written_exponent = -written_exponent;
  }
  if (first == kUnset) return parts;  // zero

  const auto distance = [](std::size_t from, std::size_t to) {
    return static_cast<std::int64_t>(to) - static_cast<std::int64_t>(from);
  };
  const std::size_t units_end = dot == kUnset ? end : dot;
  parts.digits = text.substr(first, last - first + 1);
  parts.count = distance(first, last) + 1 - (dot != kUnset && first < dot && dot < last ? 1 : 0);
  parts.exponent = written_exponent +
                   (last < units_end ? distance(last, units_end) - 1 : distance(last, units_end));
  return parts;
}

/// 10^power for power in [0, 38].
[[nodiscard]] constexpr UInt128 power_of_ten(std::int64_t power) noexcept {
  UInt128 result = 1;
  for (std::int64_t i = 0; i < power; ++i) result *= 10U;
  return result;
}

/// The text as an integer in units of 10^-scale, |result| <= limit < 10^38.
[[nodiscard]] constexpr Parsed<Int128> parse_scaled(std::string_view text, int scale,
                                                    UInt128 limit) noexcept {
  const auto parts = split_decimal(text);
  if (!parts) return {0, DecimalError::kSyntax};
  if (parts->digits.empty()) return {};
  const std::int64_t power = parts->exponent + scale;
  if (power < 0) return {0, DecimalError::kInexact};
  if (parts->count + power > 38) return {0, DecimalError::kRange};
  UInt128 value = 0;
  for (const char c : parts->digits) {
    if (c != '.') value = value * 10U + static_cast<unsigned>(c - '0');
  }
  value *= power_of_ten(power);
  if (value > limit) return {0, DecimalError::kRange};
  return {*with_sign(value, parts->negative), DecimalError::kNone};
}

/// The common case of a feed, at most 18 digits and no exponent: nothing if it is not that.
[[nodiscard]] constexpr std::optional<std::int64_t> parse_short_nano(
    std::string_view text) noexcept {
  constexpr std::array<std::int64_t, 10> kPowers = {
      1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::int64_t value = 0;
  std::size_t dot = text.size();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_digit(text[at])) {
      value = value * 10 + (text[at] - '0');
    } else if (text[at] == '.' && dot == text.size()) {
      dot = at;
    } else {
      return std::nullopt;
    }
  }
  if (dot != text.size() && text.size() == 1) return std::nullopt;
  const std::size_t fraction = dot == text.size() ? 0 : text.size() - dot - 1;
  if (fraction > 9) return std::nullopt;
  std::int64_t raw = 0;
  if (__builtin_mul_overflow(value, kPowers[9 - fraction], &raw)) return std::nullopt;
  return negative ? -raw : raw;
}

}  // namespace detail

/// Decimal text to units of 1e-9, exactly, never through floating point.
/// Accepted: `-1.5`, `.48`, `5.`, `1E-7`, `1.0e+2`; refused: empty, `+1`, spaces, `1,5`, `NaN`,
/// `1e`. A text that is both finer and larger than the type is kInexact.
[[nodiscard]] constexpr Parsed<std::int64_t> parse_nano(std::string_view text) noexcept {
  if (const auto quick = detail::parse_short_nano(text)) return {*quick, DecimalError::kNone};
  constexpr auto kMax = static_cast<UInt128>(std::numeric_limits<std::int64_t>::max());
  const bool negative = !text.empty() && text.front() == '-';
  const auto wide = detail::parse_scaled(text, 9, kMax + (negative ? 1U : 0U));
  return {static_cast<std::int64_t>(wide.value), wide.error};
}

/// The same for a price, a quantity and a rate. The number that stands for none is kRange.
[[nodiscard]] constexpr Parsed<Price> parse_price(std::string_view text) noexcept {
  const auto nano = parse_nano(text);
  if (!nano) return {Price{}, nano.error};
  if (Price{nano.value}.is_none()) return {Price{}, DecimalError::kRange};
  return {Price{nano.value}, DecimalError::kNone};
}

[[nodiscard]] constexpr Parsed<Quantity> parse_quantity(std::string_view text) noexcept {
  const auto nano = parse_nano(text);
  if (!nano) return {Quantity{}, nano.error};
  if (Quantity{nano.value}.is_none()) return {Quantity{}, DecimalError::kRange};
  return {Quantity{nano.value}, DecimalError::kNone};
}

[[nodiscard]] constexpr Parsed<Rate> parse_rate(std::string_view text) noexcept {
  const auto nano = parse_nano(text);
  return {Rate{nano.value}, nano.error};
}

/// Decimal text to money at 1e-18, by the same rules; past `kMoneyLimit` is kRange.
[[nodiscard]] constexpr Parsed<Money> parse_money(std::string_view text) noexcept {
  const auto wide = detail::parse_scaled(text, 18, static_cast<UInt128>(kMoneyLimit));
  return {Money{wide.value}, wide.error};
}

/// A decimal text in place, without allocation.
class DecimalText {
 public:
  /// value × 10^-scale without exponent, trailing zeros or a bare dot; zero is `0`, never `-0`.
  /// scale in [0, 38].
  constexpr DecimalText(Int128 value, int scale) noexcept {
    UInt128 rest = magnitude(value);
    int fraction_left = scale;
    while (fraction_left > 0 && rest % 10U == 0) {
      rest /= 10U;
      --fraction_left;
    }
    if (fraction_left > 0) {
      for (; fraction_left > 0; --fraction_left) push_digit(rest);
      push('.');
    }
    do {
      push_digit(rest);
    } while (rest != 0);
    if (value < 0) push('-');
  }
  /// A word instead of a number, at most 8 characters.
  explicit constexpr DecimalText(std::string_view word) noexcept {
    for (std::size_t i = word.size(); i-- > 0;) push(word[i]);
  }

  /// Valid while this object lives.
  [[nodiscard]] constexpr std::string_view view() const noexcept {
    return {chars_.data() + begin_, chars_.size() - begin_};
  }
  [[nodiscard]] std::string str() const { return std::string(view()); }

 private:
  constexpr void push(char c) noexcept { chars_[--begin_] = c; }
  constexpr void push_digit(UInt128& rest) noexcept {
    push(static_cast<char>('0' + static_cast<int>(rest % 10U)));
    rest /= 10U;
  }

  // Written from the end: 39 digits, a leading zero, dot and sign fit.
  std::array<char, 48> chars_{};
  std::size_t begin_ = 48;
};

/// Canonical text; what the parsers above read back to the same value. None is `none`.
[[nodiscard]] constexpr DecimalText to_text(Price price) noexcept {
  return price.is_none() ? DecimalText("none") : DecimalText(price.raw, 9);
}
[[nodiscard]] constexpr DecimalText to_text(Quantity quantity) noexcept {
  return quantity.is_none() ? DecimalText("none") : DecimalText(quantity.raw, 9);
}
[[nodiscard]] constexpr DecimalText to_text(Rate rate) noexcept { return {rate.raw, 9}; }
[[nodiscard]] constexpr DecimalText to_text(Money amount) noexcept { return {amount.raw, 18}; }

[[nodiscard]] inline std::string to_string(Price price) { return to_text(price).str(); }
[[nodiscard]] inline std::string to_string(Quantity quantity) { return to_text(quantity).str(); }
[[nodiscard]] inline std::string to_string(Rate rate) { return to_text(rate).str(); }
[[nodiscard]] inline std::string to_string(Money amount) { return to_text(amount).str(); }

}  // namespace writ
