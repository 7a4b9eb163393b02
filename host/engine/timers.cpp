#include "host/engine/timers.hpp"

#include "host/base/byte_stream.hpp"

#include <utility>

namespace writ::engine {

void Timers::set(std::uint32_t instance, std::uint64_t timer, std::int64_t due_ts) {
  const auto [known, is_new] = due_.try_emplace(Key{instance, timer}, due_ts);
  if (is_new) {
    order_.emplace(due_ts, instance, timer);
  } else if (known->second != due_ts) {
    auto moved = order_.extract({known->second, instance, timer});
    moved.value() = {due_ts, instance, timer};
    order_.insert(std::move(moved));
    known->second = due_ts;
  }
}

bool Timers::cancel(std::uint32_t instance, std::uint64_t timer) {
  const auto found = due_.find({instance, timer});
  if (found == due_.end()) return false;
  order_.erase({found->second, instance, timer});
  due_.erase(found);
  return true;
}

void Timers::cancel_all(std::uint32_t instance) {
  const auto first = due_.lower_bound({instance, 0});
  auto last = first;
  while (last != due_.end() && last->first.first == instance) {
    order_.erase({last->second, instance, last->first.second});
    ++last;
  }
  due_.erase(first, last);
}

std::vector<Timers::Due> Timers::due(std::int64_t now) const {
  std::vector<Due> all;
  for (const auto& [due_ts, instance, timer] : order_) {
    if (due_ts > now) break;
    all.push_back({due_ts, instance, timer});
  }
  return all;
}

std::vector<Timers::Due> Timers::of(std::uint32_t instance) const {
  std::vector<Due> all;
  for (auto it = due_.lower_bound({instance, 0}); it != due_.end() && it->first.first == instance;
       ++it) {
    all.push_back({it->second, instance, it->first.second});
  }
  return all;
}

bool Timers::take(const Due& due) {
  const auto found = due_.find({due.instance, due.timer});
  if (found == due_.end() || found->second != due.due_ts) return false;
  cancel(due.instance, due.timer);
  return true;
}

std::vector<std::uint32_t> Timers::instances() const {
  std::vector<std::uint32_t> all;
  for (const auto& [key, due_ts] : due_) {
    if (all.empty() || all.back() != key.first) all.push_back(key.first);
  }
  return all;
}

std::vector<std::byte> Timers::save() const {
  base::ByteWriter out;
  out.put(static_cast<std::uint64_t>(due_.size()));
  for (const auto& [key, due_ts] : due_) {
    out.put(key.first);
    out.put(key.second);
    out.put(due_ts);
  }
  return out.take();
}

base::Result<void> Timers::load(std::span<const std::byte> state) {
  base::ByteReader in{state};
  Timers loaded;
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto instance = in.get<std::uint32_t>();
    const auto timer = in.get<std::uint64_t>();
    loaded.set(instance, timer, in.get<std::int64_t>());
  }
  if (!in.complete()) return base::Error{base::Errc::kCorrupt, "timers"};
  *this = std::move(loaded);
  return {};
}

}  // namespace writ::engine
