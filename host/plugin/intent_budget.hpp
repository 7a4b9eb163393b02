#pragma once

#include "host/base/byte_stream.hpp"

#include <cstdint>
#include <deque>

namespace writ::plugin {

/// How many intents an instance may submit in any second of core time.
class IntentBudget {
 public:
  /// 0: as many as it likes.
  explicit IntentBudget(std::uint32_t per_second = 0) : per_second_(per_second) {}

  /// Counts one intent; false: it is one too many, and the budget is exceeded.
  [[nodiscard]] bool take(std::int64_t now) {
    constexpr std::int64_t kSecondNs = 1'000'000'000;
    if (per_second_ == 0) return true;
    while (!taken_.empty() && taken_.front() <= now - kSecondNs) taken_.pop_front();
    exceeded_ = taken_.size() >= per_second_;
    if (!exceeded_) taken_.push_back(now);
    return !exceeded_;
  }
  /// Whether the last one was one too many.
  [[nodiscard]] bool exceeded() const noexcept { return exceeded_; }
  [[nodiscard]] std::uint32_t per_second() const noexcept { return per_second_; }

  /// What another took of its second is taken here too.
  void continue_from(const IntentBudget& other) {
    taken_ = other.taken_;
    exceeded_ = false;
  }
  void begin_anew() {
    taken_.clear();
    exceeded_ = false;
  }

  void save(base::ByteWriter& out) const {
    out.put(static_cast<std::uint64_t>(taken_.size()));
    for (const auto ts : taken_) out.put(ts);
    out.put(static_cast<std::uint8_t>(exceeded_ ? 1 : 0));
  }
  [[nodiscard]] bool load(base::ByteReader& in) {
    taken_.clear();
    const auto count = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) taken_.push_back(in.get<std::int64_t>());
    exceeded_ = in.get<std::uint8_t>() != 0;
    return in.ok();
  }

 private:
  std::uint32_t per_second_;
  std::deque<std::int64_t> taken_;  // of the last second
  bool exceeded_ = false;
};

}  // namespace writ::plugin
