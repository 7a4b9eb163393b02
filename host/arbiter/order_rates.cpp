#include "host/arbiter/order_rates.hpp"

#include <algorithm>

namespace writ::arbiter {

std::uint64_t OrderRates::count(std::uint32_t account, std::uint32_t instance, std::int64_t now,
                                std::int64_t window_ns) const {
  const auto at = approved_.find({account, instance});
  if (at == approved_.end()) return 0;
  const auto& times = at->second;
  const auto first = std::upper_bound(times.begin(), times.end(), now - window_ns);
  return static_cast<std::uint64_t>(times.end() - first);
}

void OrderRates::note(std::uint32_t account, std::uint32_t instance, std::int64_t now,
                      std::int64_t window_ns) {
  auto& times = approved_[{account, instance}];
  while (!times.empty() && times.front() <= now - window_ns) times.pop_front();
  times.push_back(now);
}

void OrderRates::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(approved_.size()));
  for (const auto& [key, times] : approved_) {
    out.put(key.first);
    out.put(key.second);
    out.put(static_cast<std::uint64_t>(times.size()));
    for (const std::int64_t time : times) out.put(time);
  }
}

base::Result<void> OrderRates::load(base::ByteReader& in) {
  approved_.clear();
  const auto keys = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < keys && in.ok(); ++i) {
    const auto account = in.get<std::uint32_t>();
    const auto instance = in.get<std::uint32_t>();
    auto& times = approved_[{account, instance}];
    const auto count = in.get<std::uint64_t>();
    for (std::uint64_t t = 0; t < count && in.ok(); ++t) times.push_back(in.get<std::int64_t>());
    if (!std::is_sorted(times.begin(), times.end())) {
      return base::Error{base::Errc::kCorrupt, "load order rates"};
    }
  }
  if (!in.ok()) return base::Error{base::Errc::kCorrupt, "load order rates"};
  return {};
}

}  // namespace writ::arbiter
