#include "host/engine/waiting_legs.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace writ::engine {
namespace {

constexpr std::int64_t kPatienceNs = 1'000'000'000;

bool same_group(const writ_intent& a, const writ_intent& b) {
  return a.instance == b.instance && a.group_id == b.group_id && a.group_policy == b.group_policy &&
         a.group_size == b.group_size;
}

}  // namespace

bool WaitingLegs::add(const PendingIntent& intent, std::int64_t now) {
  const auto& leg = intent.intent();
  if (leg.group_policy == WRIT_GROUP_NONE || leg.group_size < 2) return false;
  legs_.push_back({now + kPatienceNs, intent});
  return true;
}

std::size_t WaitingLegs::legs_of_group(const writ_intent& leg) const {
  return static_cast<std::size_t>(std::count_if(legs_.begin(), legs_.end(), [&](const Leg& other) {
    return same_group(leg, other.intent.intent());
  }));
}

std::int64_t WaitingLegs::due_of_group(const writ_intent& leg) const {
  const auto first = std::find_if(legs_.begin(), legs_.end(), [&](const Leg& other) {
    return same_group(leg, other.intent.intent());
  });
  return first->due_ts;
}

std::vector<PendingIntent> WaitingLegs::take_ready(
    std::int64_t now, const std::function<bool(std::uint32_t instance)>& is_over) {
  std::vector<PendingIntent> ready;
  std::vector<Leg> waiting;
  for (const auto& leg : legs_) {
    const auto& intent = leg.intent.intent();
    const bool goes = legs_of_group(intent) >= intent.group_size || due_of_group(intent) <= now ||
                      is_over(intent.instance);
    if (goes) {
      ready.push_back(leg.intent);
    } else {
      waiting.push_back(leg);
    }
  }
  legs_ = std::move(waiting);
  return ready;
}

std::optional<std::int64_t> WaitingLegs::next_due() const {
  if (legs_.empty()) return std::nullopt;
  return legs_.front().due_ts;
}

void WaitingLegs::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(legs_.size()));
  for (const auto& leg : legs_) {
    out.put(leg.due_ts);
    out.put(leg.intent.id);
    out.put_bytes(std::as_bytes(std::span(leg.intent.words)));
  }
}

bool WaitingLegs::load(base::ByteReader& in) {
  legs_.clear();
  for (auto left = in.get<std::uint64_t>(); left > 0 && in.ok(); --left) {
    Leg leg{in.get<std::int64_t>(), {in.get<std::uint64_t>(), {}, false}};
    const auto bytes = in.get_bytes();
    if (bytes.size() < sizeof(writ_intent) || bytes.size() % sizeof(std::uint64_t) != 0) {
      return false;
    }
    leg.intent.words.resize(bytes.size() / sizeof(std::uint64_t));
    std::copy(bytes.begin(), bytes.end(),
              std::as_writable_bytes(std::span(leg.intent.words)).begin());
    legs_.push_back(std::move(leg));
  }
  return in.ok();
}

}  // namespace writ::engine
