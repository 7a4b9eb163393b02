#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> daily_loss_below_limit(const Case& c) {
  if (!c.limits.daily_loss_max) return std::nullopt;
  const Money limit = *c.limits.daily_loss_max;
  return CheckResult{c.view.daily_loss < limit, WRIT_UNIT_MONEY, c.view.daily_loss.raw, limit.raw};
}

}  // namespace writ::arbiter
