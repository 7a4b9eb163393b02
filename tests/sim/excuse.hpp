#pragma once

#include <writ/int128.hpp>

#include <algorithm>

namespace writ::test {

/// No check of risk blocks an exit, so an exit may put more within reach than a limit allows, where
/// other orders work beside it. What it left there may only shrink again.
class Excuse {
 public:
  /// Whether `reach` breaks the limit. `exits`: an exit was sent in this event.
  [[nodiscard]] bool breaks(Int128 reach, Int128 limit, bool exits) {
    if (exits) excused_ = std::max(excused_, reach);
    excused_ = std::min(excused_, reach);
    return reach > std::max(limit, excused_);
  }
  [[nodiscard]] Int128 excused() const noexcept { return excused_; }

 private:
  Int128 excused_ = 0;
};

}  // namespace writ::test
