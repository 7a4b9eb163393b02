#include "host/arbiter/circuit_breaks.hpp"

#include <writ/int128.hpp>
#include <writ/rate.hpp>

#include <algorithm>

namespace writ::arbiter {
namespace {

/// Whether the distance is more than that fraction of where the move began; exact.
bool exceeds(Int128 distance, Int128 from, Rate move) {
  return distance * Rate::one().raw > from * move.raw;
}

void put(base::ByteWriter& out, const std::deque<std::pair<std::int64_t, std::int64_t>>& middles) {
  out.put(static_cast<std::uint64_t>(middles.size()));
  for (const auto& [time, middle] : middles) {
    out.put(time);
    out.put(middle);
  }
}

void get(base::ByteReader& in, std::deque<std::pair<std::int64_t, std::int64_t>>& middles) {
  for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
    const auto time = in.get<std::int64_t>();
    middles.emplace_back(time, in.get<std::int64_t>());
  }
}

}  // namespace

bool CircuitBreaks::on_middle(std::uint32_t instrument, std::uint64_t market,
                              std::int64_t doubled_middle, std::int64_t now,
                              const CircuitBreakRule& rule) {
  Window& window = windows_[instrument];
  // The middle before stood until now, however long ago it came.
  if (!window.lowest.empty()) window.lowest.back().first = window.highest.back().first = now;
  for (auto* middles : {&window.lowest, &window.highest}) {
    while (!middles->empty() && now - middles->front().first > rule.window_ns) {
      middles->pop_front();
    }
  }
  while (!window.lowest.empty() && window.lowest.back().second >= doubled_middle) {
    window.lowest.pop_back();
  }
  while (!window.highest.empty() && window.highest.back().second <= doubled_middle) {
    window.highest.pop_back();
  }
  window.lowest.emplace_back(now, doubled_middle);
  window.highest.emplace_back(now, doubled_middle);
  const Int128 low = window.lowest.front().second;
  const Int128 high = window.highest.front().second;
  if (!exceeds(doubled_middle - low, low, rule.move) &&
      !exceeds(high - doubled_middle, high, rule.move)) {
    return false;
  }
  std::int64_t& until = broken_until_[market];
  const bool fresh = now >= until;
  until = std::max(until, now + rule.pause_ns);
  return fresh;
}

std::int64_t CircuitBreaks::broken_until(std::uint64_t market) const {
  const auto at = broken_until_.find(market);
  return at == broken_until_.end() ? 0 : at->second;
}

void CircuitBreaks::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(windows_.size()));
  for (const auto& [instrument, window] : windows_) {
    out.put(instrument);
    put(out, window.lowest);
    put(out, window.highest);
  }
  out.put(static_cast<std::uint64_t>(broken_until_.size()));
  for (const auto& [market, until] : broken_until_) {
    out.put(market);
    out.put(until);
  }
}

bool CircuitBreaks::load(base::ByteReader& in) {
  windows_.clear();
  broken_until_.clear();
  for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
    Window& window = windows_[in.get<std::uint32_t>()];
    get(in, window.lowest);
    get(in, window.highest);
  }
  for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
    const auto market = in.get<std::uint64_t>();
    broken_until_[market] = in.get<std::int64_t>();
  }
  return in.ok();
}

}  // namespace writ::arbiter
