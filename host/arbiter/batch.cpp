#include "host/arbiter/batch.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>
#include <set>
#include <tuple>

namespace writ::arbiter {
namespace {

bool same_group(const writ_intent& a, const writ_intent& b) {
  return a.group_policy != WRIT_GROUP_NONE && a.group_policy == b.group_policy &&
         a.instance == b.instance && a.group_id == b.group_id && a.group_size == b.group_size;
}

bool is_better(const BatchEntry& a, const BatchEntry& b) {
  const auto rank = [](const BatchEntry& entry) {
    return std::tuple(entry.priority, from_abi(entry.intent->expected_value).raw,
                      entry.intent->confidence);
  };
  const auto ours = rank(a);
  const auto theirs = rank(b);
  return ours != theirs ? ours > theirs : a.id < b.id;
}

/// What is left of a batch to be put in order.
class Ranking {
 public:
  explicit Ranking(std::span<const BatchEntry> batch) : batch_(batch.begin(), batch.end()) {
    std::vector<std::size_t> places(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) places[i] = i;
    std::sort(places.begin(), places.end(),
              [&](std::size_t a, std::size_t b) { return batch[a].id < batch[b].id; });
    while (!places.empty()) {
      const auto& first = *batch[places.front()].intent;
      JudgedTogether together;
      if (legs_in_batch(batch, first) == first.group_size) {
        std::copy_if(places.begin(), places.end(), std::back_inserter(together),
                     [&](std::size_t other) { return same_group(first, *batch[other].intent); });
      }
      if (together.empty()) together = {places.front()};
      std::erase_if(places, [&](std::size_t place) {
        return std::find(together.begin(), together.end(), place) != together.end();
      });
      for (const auto leg : together) batch_[leg].id = batch[together.front()].id;
      left_.push_back(std::move(together));
    }
  }

  [[nodiscard]] std::vector<JudgedTogether> in_order() {
    std::vector<JudgedTogether> order;
    while (!left_.empty()) {
      const auto next = next_place();
      order.push_back(std::move(left_[next]));
      left_.erase(left_.begin() + static_cast<std::ptrdiff_t>(next));
    }
    return order;
  }

 private:
  /// The earliest, or, as long as somebody has a better intent for a market it wants to add in,
  /// that strategy's earliest. Strategies that wait for one another go by submission.
  [[nodiscard]] std::size_t next_place() const {
    std::size_t next = 0;
    std::set<std::uint32_t> asked;
    while (asked.insert(instance_of(left_[next])).second) {
      const auto ahead = who_is_ahead_of(left_[next]);
      if (ahead == instance_of(left_[next]) || asked.contains(ahead)) break;
      const auto first = std::find_if(left_.begin(), left_.end(), [&](const auto& together) {
        return instance_of(together) == ahead;
      });
      next = static_cast<std::size_t>(first - left_.begin());
    }
    return next;
  }

  /// The strategy with the best intent for a market these want to add in, itself if it is its own.
  [[nodiscard]] std::uint32_t who_is_ahead_of(const JudgedTogether& together) const {
    for (const auto place : together) {
      const BatchEntry* best = &batch_[place];
      if (!best->wanted) continue;
      for (const auto& others : left_) {
        for (const auto other : others) {
          const auto& rival = batch_[other];
          if (rival.wanted == best->wanted && is_better(rival, *best)) best = &rival;
        }
      }
      if (best->intent->instance != instance_of(together)) return best->intent->instance;
    }
    return instance_of(together);
  }

  [[nodiscard]] std::uint32_t instance_of(const JudgedTogether& together) const {
    return batch_[together.front()].intent->instance;
  }

  std::vector<BatchEntry> batch_;     // a group is as old as its first leg
  std::vector<JudgedTogether> left_;  // by submission
};

}  // namespace

std::vector<JudgedTogether> judging_order(std::span<const BatchEntry> batch) {
  return Ranking(batch).in_order();
}

std::uint32_t legs_in_batch(std::span<const BatchEntry> batch, const writ_intent& intent) {
  return static_cast<std::uint32_t>(
      std::count_if(batch.begin(), batch.end(),
                    [&](const BatchEntry& other) { return same_group(intent, *other.intent); }));
}

}  // namespace writ::arbiter
