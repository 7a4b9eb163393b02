#include "host/venue/binance/clock_offset.hpp"

#include <algorithm>
#include <cstdlib>

namespace writ::venue::binance {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;
constexpr std::int64_t kBetweenQuick = kSecond;
constexpr std::int64_t kBetween = 180 * kSecond;
constexpr std::int64_t kAheadMax = kSecond;  // the venue's
// Two clocks left to themselves over all exchanges kept, 100 millionths of it.
constexpr std::int64_t kDriftMax = 90 * kMs;

}  // namespace

void ClockOffset::on_asked(std::int64_t now) noexcept {
  next_due_ = now + (quick_left_ > 0 ? kBetweenQuick : kBetween);
}

void ClockOffset::on_answer(std::int64_t sent, std::int64_t received,
                            std::int64_t venue_time) noexcept {
  if (received < sent) return;
  const std::int64_t round_trip = received - sent;
  const Exchange exchange{venue_time - (sent + round_trip / 2), round_trip};
  if (!exchanges_.empty()) {
    const std::int64_t apart = std::abs(exchange.offset_ns - best().offset_ns);
    if (apart > (round_trip + best().round_trip_ns) / 2 + kDriftMax) exchanges_.clear();
  }
  exchanges_.push_back(exchange);
  if (exchanges_.size() > kKept) exchanges_.pop_front();
  if (quick_left_ > 0 && --quick_left_ == 0) next_due_ = received + kBetween;
}

void ClockOffset::on_refused(std::int64_t now) noexcept {
  exchanges_.clear();
  quick_left_ = kQuick;
  next_due_ = now;
}

const ClockOffset::Exchange& ClockOffset::best() const noexcept {
  return *std::min_element(
      exchanges_.begin(), exchanges_.end(),
      [](const Exchange& a, const Exchange& b) { return a.round_trip_ns < b.round_trip_ns; });
}

std::optional<OffsetEstimate> ClockOffset::estimate() const noexcept {
  if (exchanges_.empty()) return std::nullopt;
  // The venue tells whole milliseconds, rounded down.
  return OffsetEstimate{best().offset_ns + kMs / 2, best().round_trip_ns / 2 + kMs / 2 + 1};
}

std::optional<std::int64_t> ClockOffset::timestamp_ms(std::int64_t now) const noexcept {
  const auto known = estimate();
  if (!known) return std::nullopt;
  return (now + known->offset_ns) / kMs;
}

bool ClockOffset::fits(std::int64_t recv_window_ns) const noexcept {
  const auto known = estimate();
  return known && known->uncertainty_ns < kAheadMax && known->uncertainty_ns < recv_window_ns / 2;
}

}  // namespace writ::venue::binance
