#pragma once

#include "host/venue/paper/paper_options.hpp"

#include <cstdint>

namespace writ::venue::paper {

/// Where a resting order is believed to stand among the others at its price. Quantities at 1e-9.
struct QueuePosition {
  std::int64_t front = 0;      ///< quantity ahead of it
  std::int64_t cum_trade = 0;  ///< traded at its price since the level last changed
};

/// Ahead of an order that joined a level nobody knows the size of: only trades through the price,
/// or the next size that is seen, bring it forward.
inline constexpr std::int64_t kFrontUnknown = INT64_MAX;

/// The order joins the back of a level showing `displayed`.
[[nodiscard]] QueuePosition join_queue(std::int64_t displayed) noexcept;

/// The opposite side traded `quantity` at the price; what of it got past everything ahead.
[[nodiscard]] std::int64_t on_trade_at_price(QueuePosition& position,
                                             std::int64_t quantity) noexcept;

/// The level went from `before` to `after`: the one thing models differ in.
void on_level_change(QueueModel model, QueuePosition& position, std::int64_t before,
                     std::int64_t after) noexcept;

}  // namespace writ::venue::paper
