#include "host/arbiter/checks/checks.hpp"

namespace writ::arbiter {

std::optional<CheckResult> market_trading(const Case& c) {
  const auto& market = c.view.market;
  const bool active =
      c.view.instrument != nullptr && c.view.instrument->status == WRIT_INSTRUMENT_ACTIVE;
  if (!market.open || !active) return CheckResult{false, WRIT_UNIT_COUNT, 0, 1};
  if (!market.in_sync) return CheckResult{false, WRIT_UNIT_COUNT, 0, 1};
  const bool two_sided = market.bid_price != WRIT_NONE && market.ask_price != WRIT_NONE;
  if (!two_sided) return CheckResult{!market.crossed, WRIT_UNIT_COUNT, 1, 1};
  return CheckResult{!market.crossed, WRIT_UNIT_PRICE, market.bid_price, market.ask_price};
}

}  // namespace writ::arbiter
