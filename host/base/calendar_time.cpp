#include "host/base/calendar_time.hpp"

#include <charconv>
#include <chrono>
#include <cstddef>

namespace writ::base {
namespace {

// `0` of the shape stands for a digit, `T` for a T or a space.
bool has_shape(std::string_view text, std::string_view shape) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool fits = shape[i] == '0'   ? c >= '0' && c <= '9'
                      : shape[i] == 'T' ? c == 'T' || c == ' '
                                        : c == shape[i];
    if (!fits) return false;
  }
  return true;
}

}  // namespace

std::optional<std::int64_t> calendar_time(std::string_view text) noexcept {
  static constexpr std::string_view kShape = "0000-00-00T00:00:00.000";
  constexpr std::size_t kDay = 10;
  constexpr std::size_t kSecond = 19;
  if (text.size() > kSecond && text.back() == 'Z') text.remove_suffix(1);
  if (text.size() != kDay && text.size() != kSecond && text.size() != kShape.size()) {
    return std::nullopt;
  }
  if (!has_shape(text, kShape)) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t size) {
    int value = 0;
    if (at < text.size()) std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
  };
  const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  const int hour = number(11, 2);
  const int minute = number(14, 2);
  const int second = number(17, 2);
  if (!day.ok() || day.year() < std::chrono::year(1970) || day.year() > std::chrono::year(2261) ||
      hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const auto time = std::chrono::sys_days(day) + std::chrono::hours(hour) +
                    std::chrono::minutes(minute) + std::chrono::seconds(second) +
                    std::chrono::milliseconds(number(20, 3));
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

}  // namespace writ::base
