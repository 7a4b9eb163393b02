#pragma once

#include <writ/price.hpp>
#include <writ/state.hpp>
#include <writ/time.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace writ::market_maker {

/// The mid of the last second, to see how far it moved.
class MidWindow {
 public:
  static constexpr Duration kWindow = seconds(1);

  void add(ReceiveTime now, Price mid) {
    samples_.push_back({now, mid});
    // The first sample is the mid in force when the window began.
    while (first_ + 1 < samples_.size() && samples_[first_ + 1].time <= now - kWindow) ++first_;
    if (2 * first_ < samples_.size()) return;
    samples_.erase(samples_.begin(), begin());
    first_ = 0;
  }

  /// |mid now - mid at the window's start|; zero without samples.
  [[nodiscard]] Price moved() const noexcept {
    if (samples_.empty()) return {};
    const auto [low, high] = std::minmax(begin()->mid, samples_.back().mid);
    return checked_sub(high, low).value_or(Price::max());
  }

  void clear() noexcept {
    samples_.clear();
    first_ = 0;
  }

  void save(StateWriter& state) const {
    state.put(static_cast<std::uint64_t>(samples_.size() - first_));
    for (auto sample = begin(); sample != samples_.end(); ++sample) {
      state.put(sample->time);
      state.put(sample->mid);
    }
  }
  void load(StateReader& state) {
    clear();
    const std::size_t count = state.get_count(16);
    for (std::size_t i = 0; i < count; ++i) {
      const auto time = state.get<ReceiveTime>();
      samples_.push_back({time, state.get<Price>()});
    }
  }

 private:
  struct Sample {
    ReceiveTime time;
    Price mid;
  };
  [[nodiscard]] std::vector<Sample>::const_iterator begin() const noexcept {
    return samples_.begin() + static_cast<std::ptrdiff_t>(first_);
  }

  std::vector<Sample> samples_;
  std::size_t first_ = 0;  // of the window; those before it go together, and leave their room
};

}  // namespace writ::market_maker
