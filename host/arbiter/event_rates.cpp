#include "host/arbiter/event_rates.hpp"

#include <algorithm>

namespace writ::arbiter {

std::uint64_t EventRates::count(std::uint32_t account, std::uint32_t instance, std::int64_t now,
                                std::int64_t window_ns) const {
  const auto at = events_.find({account, instance});
  if (at == events_.end()) return 0;
  const auto& times = at->second;
  const auto first = std::upper_bound(times.begin(), times.end(), now - window_ns);
  return static_cast<std::uint64_t>(times.end() - first);
}

void EventRates::note(std::uint32_t account, std::uint32_t instance, std::int64_t now,
                      std::int64_t window_ns) {
  auto& times = events_[{account, instance}];
  while (!times.empty() && times.front() <= now - window_ns) times.pop_front();
  times.push_back(now);
}

void EventRates::hold(std::uint32_t account, std::uint32_t instance, std::int64_t now) {
  held_.emplace_back(account, instance);
  events_[held_.back()].push_back(now);
}

void EventRates::release_held() {
  for (const Whose& whose : held_) {
    const auto at = events_.find(whose);
    at->second.pop_back();
    if (at->second.empty()) events_.erase(at);
  }
  held_.clear();
}

void EventRates::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(events_.size()));
  for (const auto& [key, times] : events_) {
    out.put(key.first);
    out.put(key.second);
    out.put(static_cast<std::uint64_t>(times.size()));
    for (const std::int64_t time : times) out.put(time);
  }
}

base::Result<void> EventRates::load(base::ByteReader& in) {
  events_.clear();
  const auto keys = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < keys && in.ok(); ++i) {
    const auto account = in.get<std::uint32_t>();
    const auto instance = in.get<std::uint32_t>();
    auto& times = events_[{account, instance}];
    const auto count = in.get<std::uint64_t>();
    for (std::uint64_t t = 0; t < count && in.ok(); ++t) times.push_back(in.get<std::int64_t>());
    if (!std::is_sorted(times.begin(), times.end())) {
      return base::Error{base::Errc::kCorrupt, "load event rates"};
    }
  }
  if (!in.ok()) return base::Error{base::Errc::kCorrupt, "load event rates"};
  return {};
}

}  // namespace writ::arbiter
