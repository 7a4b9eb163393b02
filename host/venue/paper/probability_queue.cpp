#include "host/venue/paper/probability_queue.hpp"

#include "host/base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace writ::venue::paper {
namespace {

constexpr double kUnit = 1e9;

double power(double base, int exponent) noexcept {
  double product = 1;
  for (int i = 0; i < exponent; ++i) product *= base;
  return product;
}

}  // namespace

double decrease_behind(QueueModel model, double front, double back) noexcept {
  switch (model.kind) {
    case QueueKind::kRiskAverse:
      break;
    case QueueKind::kPower: {
      // Of shares, not of quantities: a large quantity to a high power would not fit.
      const double share = power(back / (front + back), model.power);
      return share / (share + power(front / (front + back), model.power));
    }
    case QueueKind::kLog:
      return std::log1p(back) / (std::log1p(back) + std::log1p(front));
    case QueueKind::kPower3:
      return 1 - power(front / (front + back), model.power);
  }
  return 1;
}

void advance_by_probability(QueueModel model, QueuePosition& position, std::int64_t before,
                            std::int64_t after) noexcept {
  const std::int64_t traded = std::exchange(position.cum_trade, 0);
  // Without a decrease, or ahead of more than was there, only the new size is known.
  if (before - after <= traded || position.front > before) {
    position.front = std::min(position.front, after);
    return;
  }
  const std::int64_t left = before - after - traded;
  const std::int64_t back = before - position.front;
  const double behind_us = decrease_behind(model, static_cast<double>(position.front) / kUnit,
                                           static_cast<double>(back) / kUnit);
  const auto behind = std::min(
      left, static_cast<std::int64_t>(std::nearbyint(behind_us * static_cast<double>(left))));
  const std::int64_t ahead = left - behind;
  const std::int64_t front = position.front - ahead + std::min<std::int64_t>(back - behind, 0);
  position.front = std::max<std::int64_t>(0, std::min(front, after));
  WRIT_ASSERT(position.front <= after);
}

}  // namespace writ::venue::paper
