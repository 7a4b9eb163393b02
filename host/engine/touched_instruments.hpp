#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace writ::engine {

/// Instruments of which something changed since it was last asked, in the order they were touched;
/// all of them at first. [sequencer-thread]
class TouchedInstruments {
 public:
  /// Cheap, however often.
  void touch(std::uint32_t instrument) {
    if (instrument >= is_touched_.size()) is_touched_.resize(instrument + 1);
    if (is_touched_[instrument] != 0) return;
    is_touched_[instrument] = 1;
    touched_.push_back(instrument);
  }
  void touch_all() noexcept { all_ = true; }
  [[nodiscard]] bool any() const noexcept { return all_ || !touched_.empty(); }

  /// Forgets them: calls `all()` if they are all, else `one(instrument)` for each.
  template <class All, class One>
  void take(All&& all, One&& one) {
    if (std::exchange(all_, false)) {
      all();
    } else {
      for (const std::uint32_t instrument : touched_) one(instrument);
    }
    for (const std::uint32_t instrument : touched_) is_touched_[instrument] = 0;
    touched_.clear();
  }

 private:
  bool all_ = true;
  std::vector<std::uint32_t> touched_;    // each once
  std::vector<std::uint8_t> is_touched_;  // by instrument
};

}  // namespace writ::engine
