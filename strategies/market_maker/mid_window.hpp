#pragma once

#include <writ/price.hpp>
#include <writ/state.hpp>
#include <writ/time.hpp>

#include <algorithm>
#include <deque>

namespace writ::market_maker {

/// The mid of the last second, to see how far it moved.
class MidWindow {
 public:
  static constexpr Duration kWindow = seconds(1);

  void add(ReceiveTime now, Price mid) {
    samples_.push_back({now, mid});
    // The first sample is the mid in force when the window began.
    while (samples_.size() > 1 && samples_[1].time <= now - kWindow) samples_.pop_front();
  }

  /// |mid now - mid at the window's start|; zero without samples.
  [[nodiscard]] Price moved() const noexcept {
    if (samples_.empty()) return {};
    const auto [low, high] = std::minmax(samples_.front().mid, samples_.back().mid);
    return checked_sub(high, low).value_or(Price::max());
  }

  void clear() noexcept { samples_.clear(); }

  void save(StateWriter& state) const {
    state.put(static_cast<std::uint64_t>(samples_.size()));
    for (const Sample& sample : samples_) {
      state.put(sample.time);
      state.put(sample.mid);
    }
  }
  void load(StateReader& state) {
    samples_.clear();
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
  std::deque<Sample> samples_;
};

}  // namespace writ::market_maker
