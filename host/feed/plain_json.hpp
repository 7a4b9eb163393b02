#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace writ::feed {

/// Walks over JSON as venues write it: no white space, no escapes, ASCII alone. Every step says
/// whether the text is so, and has then passed it; where it is not so a full parser has to look at
/// all of it. Behind the text stand a zero byte and seven bytes more that may be read.
class PlainJson {
 public:
  explicit PlainJson(const char* text) noexcept : at_(text) {}

  [[nodiscard]] const char* at() const noexcept { return at_; }
  [[nodiscard]] char next() const noexcept { return *at_; }
  [[nodiscard]] bool take(char wanted) noexcept {
    if (*at_ != wanted) return false;
    ++at_;
    return true;
  }

  /// A string; `text` is what stands between its quotes.
  [[nodiscard]] bool take_string(std::string_view& text) noexcept {
    if (!take('"')) return false;
    const char* begin = at_;
    for (;; at_ += sizeof(std::uint64_t)) {
      const std::uint64_t stops = ends_of_plain_text(at_);
      if (stops == 0) continue;
      at_ += std::countr_zero(stops) / 8;
      text = {begin, static_cast<std::size_t>(at_ - begin)};
      return take('"');
    }
  }

  /// A key of one letter and the colon behind it; 0: it is another key, and nothing was passed.
  [[nodiscard]] char take_letter() noexcept {
    const char letter = at_[0] == '"' ? at_[1] : '\0';
    const char small = static_cast<char>(letter | 0x20);
    if (small < 'a' || small > 'z' || at_[2] != '"' || at_[3] != ':') return '\0';
    at_ += 4;
    return letter;
  }

  /// Digits, `true` or `false`, as they stand.
  [[nodiscard]] bool take_bare(std::string_view& text) noexcept {
    const char* begin = at_;
    if (is_digit(*at_)) {
      for (std::uint64_t stops = 0; stops == 0;) {
        stops = ends_of_digits(at_);
        at_ += stops == 0 ? sizeof stops : static_cast<std::size_t>(std::countr_zero(stops) / 8);
      }
    } else if (std::memcmp(at_, "true", 4) == 0) {
      at_ += 4;
    } else if (std::memcmp(at_, "false", 5) == 0) {
      at_ += 5;
    }
    text = {begin, static_cast<std::size_t>(at_ - begin)};
    return at_ != begin;
  }

  /// A string of digits, at most 18, with a dot among them or none: the number in units of 1e-9.
  [[nodiscard]] bool take_nano(std::int64_t& number) noexcept {
    if (!take('"')) return false;
    std::int64_t digits = 0;
    const auto units = take_digits(digits);
    std::size_t fraction = 0;
    if (take('.')) {
      fraction = take_digits(digits);
      if (fraction == 0) return false;
    }
    if (units == 0 || units + fraction > 18 || fraction >= kPowers.size()) return false;
    if (__builtin_mul_overflow(digits, kPowers[fraction], &number)) return false;
    return take('"');
  }

 private:
  static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");

  /// By the digits behind the dot.
  static constexpr std::array<std::int64_t, 10> kPowers = {
      1'000'000'000, 100'000'000, 10'000'000, 1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};

  [[nodiscard]] static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

  /// How many there were; of more than 18 `number` says nothing.
  std::size_t take_digits(std::int64_t& number) noexcept {
    const char* begin = at_;
    auto value = static_cast<std::uint64_t>(number);
    for (; is_digit(*at_); ++at_) value = value * 10 + static_cast<std::uint64_t>(*at_ - '0');
    number = static_cast<std::int64_t>(value);
    return static_cast<std::size_t>(at_ - begin);
  }

  /// Of eight bytes the highest bit of the first that ends plain text, a quote among them; 0: none
  /// does. Bits of bytes behind it say nothing.
  [[nodiscard]] static std::uint64_t ends_of_plain_text(const char* at) noexcept {
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    constexpr std::uint64_t kHighest = 0x8080808080808080U;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    const auto below = [bytes](std::uint64_t limit) { return (bytes - kOnes * limit) & ~bytes; };
    const auto equal = [bytes](char wanted) {
      const std::uint64_t differs = bytes ^ (kOnes * static_cast<unsigned char>(wanted));
      return (differs - kOnes) & ~differs;
    };
    return (below(0x20) | equal('"') | equal('\\') | bytes) & kHighest;
  }

  /// The same of the first that is no digit.
  [[nodiscard]] static std::uint64_t ends_of_digits(const char* at) noexcept {
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    constexpr std::uint64_t kHighest = 0x8080808080808080U;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    const std::uint64_t values = bytes ^ (kOnes * '0');  // of digits 0 to 9
    return (values | ((values & ~kHighest) + kOnes * (0x80 - 10))) & kHighest;
  }

  const char* at_;
};

}  // namespace writ::feed
