#include "host/arbiter/checks/checks.hpp"

#include <writ/rate.hpp>
#include <writ/rounding.hpp>

namespace writ::arbiter {
namespace {

constexpr Rate kHalf{500'000'000};
constexpr Rate kQuarter{250'000'000};

Rate multiplier(const Case& c) {
  switch (c.view.tier) {
    case WRIT_TIER_DD10:
      return c.limits.drawdown_multiplier_dd10.value_or(kHalf);
    case WRIT_TIER_DD15:
      return c.limits.drawdown_multiplier_dd15.value_or(kQuarter);
    default:
      return Rate::one();
  }
}

}  // namespace

std::optional<CheckResult> within_drawdown_tier(const Case& c) {
  if (c.view.tier >= WRIT_TIER_HALT20) {
    return at_most(WRIT_UNIT_COUNT, c.view.tier, WRIT_TIER_DD15);
  }
  const Rate part = multiplier(c);
  if (part >= Rate::one() || !c.terms.makes_order) {
    return at_most(WRIT_UNIT_COUNT, c.view.tier, WRIT_TIER_DD15);
  }
  const auto allowed = scaled(c.asked, part, Rounding::kFloor);
  return at_most(WRIT_UNIT_QUANTITY, c.terms.quantity.raw, allowed ? allowed->raw : 0);
}

}  // namespace writ::arbiter
