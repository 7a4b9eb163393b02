#pragma once

#include "host/venue/paper/queue_model.hpp"

#include <algorithm>
#include <cstdint>

namespace writ::venue::paper {

/// Whoever cancels is assumed to stand behind us: the order moves ahead by trades, and otherwise
/// only when the level has become smaller than what was ahead.
inline void advance_risk_averse(QueuePosition& position, std::int64_t after) noexcept {
  position.front = std::min(position.front, after);
  position.cum_trade = 0;
}

}  // namespace writ::venue::paper
