#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace writ::venue::binance {

/// What the venue's clock shows against ours, both ns since 1970.
struct OffsetEstimate {
  std::int64_t offset_ns;       ///< venue minus ours
  std::int64_t uncertainty_ns;  ///< at most so much off, however the way was split
};

/// Estimates the venue's clock from answers to `time`: of the last few exchanges the one that took
/// least is believed, since the venue's clock was read somewhere within it. Told the time; asks by
/// `next_due`: a few in a row at the start and after a refused timestamp, then every few minutes.
/// Source: D. Mills, RFC 5905 §8 and §10 (clock filter).
class ClockOffset {
 public:
  /// When the next exchange is due, in our time: at once if nothing is known.
  [[nodiscard]] std::int64_t next_due() const noexcept { return next_due_; }
  /// One was sent: the next is due a second later, whether this one is answered or not.
  void on_asked(std::int64_t now) noexcept;
  /// Its answer. One whose receipt lies before its sending is passed over; one that contradicts
  /// what was measured before takes its place: a clock was set.
  void on_answer(std::int64_t sent, std::int64_t received, std::int64_t venue_time) noexcept;
  /// The venue refused a timestamp (-1021): what was measured no longer holds.
  void on_refused(std::int64_t now) noexcept;

  /// Nothing before the first answer and after a refusal.
  [[nodiscard]] std::optional<OffsetEstimate> estimate() const noexcept;
  /// The `timestamp` of a request sent now, in ms; nothing while there is no estimate.
  [[nodiscard]] std::optional<std::int64_t> timestamp_ms(std::int64_t now) const noexcept;
  /// Whether the venue takes such a timestamp, wherever within the uncertainty its clock is: less
  /// than a second ahead of it, and not older than the window on arrival, half of which is left to
  /// the way there.
  [[nodiscard]] bool fits(std::int64_t recv_window_ns) const noexcept;

 private:
  struct Exchange {
    std::int64_t offset_ns;
    std::int64_t round_trip_ns;
  };

  [[nodiscard]] const Exchange& best() const noexcept;

  std::deque<Exchange> exchanges_;  // the last few, oldest first
  std::int64_t next_due_ = INT64_MIN;
  std::size_t quick_left_ = kQuick;

  static constexpr std::size_t kQuick = 5;
  static constexpr std::size_t kKept = 5;
};

}  // namespace writ::venue::binance
