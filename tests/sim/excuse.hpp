#pragma once

#include <writ/int128.hpp>

#include <algorithm>

namespace writ::test {

/// No check of risk blocks an exit, so an exit may put more within reach than a limit allows, where
/// other orders work beside it: as much more as it is itself. What it left there may only shrink
/// again.
class Excuse {
 public:
  /// Whether `reach` breaks the limit. `explained`: what exits of this event add to it themselves.
  [[nodiscard]] bool breaks(Int128 reach, Int128 limit, Int128 explained) {
    const bool broken = reach > std::max(limit, excused_) + explained;
    excused_ = explained > 0 ? reach : std::min(excused_, reach);
    return broken;
  }
  [[nodiscard]] Int128 excused() const noexcept { return excused_; }

 private:
  Int128 excused_ = 0;
};

}  // namespace writ::test
