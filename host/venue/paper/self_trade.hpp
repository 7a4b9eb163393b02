#pragma once

#include "host/venue/paper/paper_options.hpp"

#include <algorithm>
#include <cstdint>

namespace writ::venue::paper {

/// What is left of two orders of one account that would have met.
struct Prevented {
  std::int64_t taker_left;
  std::int64_t maker_left;
  std::int64_t quantity;  ///< that did not trade
};

[[nodiscard]] constexpr Prevented prevent_self_trade(SelfTrade mode, std::int64_t taker,
                                                     std::int64_t maker) noexcept {
  const std::int64_t met = std::min(taker, maker);
  switch (mode) {
    case SelfTrade::kExpireTaker:
      return {0, maker, met};
    case SelfTrade::kExpireMaker:
      return {taker, 0, met};
    case SelfTrade::kExpireBoth:
      return {0, 0, met};
    case SelfTrade::kDecrement:
      return {taker - met, maker - met, met};
  }
  return {0, maker, met};
}

}  // namespace writ::venue::paper
