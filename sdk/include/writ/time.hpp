#pragma once

#include <writ/overflow.hpp>

#include <compare>
#include <cstdint>
#include <limits>

namespace writ {

/// A span of time in nanoseconds, signed.
struct Duration {
  std::int64_t ns = 0;

  constexpr Duration() noexcept = default;
  explicit constexpr Duration(std::int64_t nanoseconds) noexcept : ns(nanoseconds) {}

  friend constexpr auto operator<=>(Duration, Duration) noexcept = default;
};

/// An instant of one clock: nanoseconds since 1970-01-01 UTC.
/// Two clocks do not mix: their difference would be an offset between machines, not a span.
template <class Clock>
struct TimePoint {
  std::int64_t ns = 0;

  constexpr TimePoint() noexcept = default;
  explicit constexpr TimePoint(std::int64_t nanoseconds) noexcept : ns(nanoseconds) {}

  /// No time: not known, or not applicable. Arithmetic with it aborts.
  [[nodiscard]] static constexpr TimePoint none() noexcept {
    return TimePoint{std::numeric_limits<std::int64_t>::min()};
  }
  [[nodiscard]] constexpr bool is_none() const noexcept { return *this == none(); }

  friend constexpr auto operator<=>(TimePoint, TimePoint) noexcept = default;
};

/// The venue's clock.
using EventTime = TimePoint<struct EventClock>;
/// The host's clock; the core's time is this one.
using ReceiveTime = TimePoint<struct ReceiveClock>;

namespace detail {

[[nodiscard]] constexpr std::int64_t add_ns(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t result = 0;
  if (__builtin_add_overflow(a, b, &result)) abort_on_overflow("time + duration");
  return result;
}

[[nodiscard]] constexpr std::int64_t sub_ns(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t result = 0;
  if (__builtin_sub_overflow(a, b, &result)) abort_on_overflow("time - time");
  return result;
}

}  // namespace detail

// All arithmetic aborts rather than wrap.
[[nodiscard]] constexpr Duration operator+(Duration a, Duration b) noexcept {
  return Duration{detail::add_ns(a.ns, b.ns)};
}
[[nodiscard]] constexpr Duration operator-(Duration a, Duration b) noexcept {
  return Duration{detail::sub_ns(a.ns, b.ns)};
}

template <class Clock>
[[nodiscard]] constexpr Duration operator-(TimePoint<Clock> a, TimePoint<Clock> b) noexcept {
  if (a.is_none() || b.is_none()) abort_on_overflow("time - time: none");
  return Duration{detail::sub_ns(a.ns, b.ns)};
}
template <class Clock>
[[nodiscard]] constexpr TimePoint<Clock> operator+(TimePoint<Clock> t, Duration d) noexcept {
  if (t.is_none()) abort_on_overflow("time + duration: none");
  return TimePoint<Clock>{detail::add_ns(t.ns, d.ns)};
}
template <class Clock>
[[nodiscard]] constexpr TimePoint<Clock> operator-(TimePoint<Clock> t, Duration d) noexcept {
  if (t.is_none()) abort_on_overflow("time - duration: none");
  return TimePoint<Clock>{detail::sub_ns(t.ns, d.ns)};
}

[[nodiscard]] constexpr Duration nanoseconds(std::int64_t count) noexcept {
  return Duration{count};
}

namespace detail {

[[nodiscard]] constexpr Duration duration_of(std::int64_t count, std::int64_t unit_ns) noexcept {
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(count, unit_ns, &ns)) abort_on_overflow("duration");
  return Duration{ns};
}

}  // namespace detail

[[nodiscard]] constexpr Duration microseconds(std::int64_t count) noexcept {
  return detail::duration_of(count, 1'000);
}
[[nodiscard]] constexpr Duration milliseconds(std::int64_t count) noexcept {
  return detail::duration_of(count, 1'000'000);
}
[[nodiscard]] constexpr Duration seconds(std::int64_t count) noexcept {
  return detail::duration_of(count, 1'000'000'000);
}

/// Whole milliseconds, by floor: -1 ns is in millisecond -1.
[[nodiscard]] constexpr std::int64_t floor_ms(std::int64_t ns) noexcept {
  return ns / 1'000'000 - (ns % 1'000'000 < 0 ? 1 : 0);
}
template <class Clock>
[[nodiscard]] constexpr std::int64_t floor_ms(TimePoint<Clock> t) noexcept {
  return floor_ms(t.ns);
}

}  // namespace writ
