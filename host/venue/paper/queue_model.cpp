#include "host/venue/paper/queue_model.hpp"

#include "host/venue/paper/probability_queue.hpp"
#include "host/venue/paper/risk_averse_queue.hpp"

#include <algorithm>
#include <limits>

namespace writ::venue::paper {

QueuePosition join_queue(std::int64_t displayed) noexcept { return {displayed, 0}; }

std::int64_t on_trade_at_price(QueuePosition& position, std::int64_t quantity) noexcept {
  if (__builtin_add_overflow(position.cum_trade, quantity, &position.cum_trade)) {
    position.cum_trade = std::numeric_limits<std::int64_t>::max();
  }
  const std::int64_t absorbed = std::min(position.front, quantity);
  // A front nobody knows stays unknown, whatever was traded.
  if (position.front != kFrontUnknown) position.front -= absorbed;
  return quantity - absorbed;
}

void on_level_change(QueueModel model, QueuePosition& position, std::int64_t before,
                     std::int64_t after) noexcept {
  if (model.kind == QueueKind::kRiskAverse) {
    advance_risk_averse(position, after);
  } else {
    advance_by_probability(model, position, before, after);
  }
}

}  // namespace writ::venue::paper
