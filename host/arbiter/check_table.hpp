#pragma once

#include "host/arbiter/effect.hpp"

#include <writ/abi/outcome.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace writ::arbiter {

/// One row of the rule: which effects a check applies to, and the reason it gives.
struct CheckRule {
  std::uint16_t check;   ///< WRIT_CHECK_*
  std::uint16_t reason;  ///< WRIT_REASON_* of a veto
  bool adds;
  bool reduces;
  bool neutral;
  bool cuts;                     ///< an adding intent may be approved for a part instead
  std::string_view passes_when;  ///< one sentence for the documentation

  [[nodiscard]] constexpr bool applies_to(Effect effect) const noexcept {
    switch (effect) {
      case Effect::kAdds:
        return adds;
      case Effect::kReduces:
        return reduces;
      case Effect::kNeutral:
        return neutral;
    }
    return false;
  }
};

/// Every check, in the order they are made. Risk never blocks an exit: a reducing or neutral intent
/// can be refused only by what it says itself and by the venue's rules.
inline constexpr std::array<CheckRule, 26> kCheckTable = {{
    // check, reason, for intents that add, reduce, are neutral, whether a part may pass
    {WRIT_CHECK_VALIDITY, WRIT_REASON_INVALID, true, true, true, false,
     "the intent makes sense, and tick, lot, bounds and notional are the venue's"},
    {WRIT_CHECK_TTL, WRIT_REASON_EXPIRED, true, true, true, false,
     "it is judged no later than its own `ttl_ns` after what it was decided on"},
    {WRIT_CHECK_TARGET_ORDER, WRIT_REASON_INVALID, true, true, true, false,
     "the order to cancel or replace is the strategy's own and working"},
    {WRIT_CHECK_REDUCE_ONLY, WRIT_REASON_INVALID, true, true, true, false,
     "an order marked reduce-only is no larger than what it can close"},
    {WRIT_CHECK_GROUP, WRIT_REASON_INVALID, true, true, true, false,
     "its group came whole, in one batch; where one leg is refused, so are the others"},
    {WRIT_CHECK_DUPLICATE, WRIT_REASON_RISK_VETO, true, false, false, false,
     "no working order of the strategy came of the same request in the window"},
    {WRIT_CHECK_MARKET_STATE, WRIT_REASON_MARKET_STATE, true, false, false, false,
     "the market is open, its book in sync and not crossed"},
    {WRIT_CHECK_STALENESS, WRIT_REASON_MARKET_STATE, true, false, false, false,
     "the book is young enough"},
    {WRIT_CHECK_DATA_GAP, WRIT_REASON_MARKET_STATE, true, false, false, false,
     "no change of the book is missing"},
    {WRIT_CHECK_KILL, WRIT_REASON_HALTED, true, false, false, false, "the account is not killed"},
    {WRIT_CHECK_PAUSE, WRIT_REASON_HALTED, true, false, false, false,
     "neither the account nor the strategy is paused"},
    {WRIT_CHECK_CIRCUIT_BREAK, WRIT_REASON_HALTED, true, false, false, false,
     "the middle of the market's book did not move too far too fast of late"},
    {WRIT_CHECK_DRAWDOWN, WRIT_REASON_HALTED, true, false, false, true,
     "the account's drawdown tier is below HALT20 and allows so much of what was asked"},
    {WRIT_CHECK_OWNERSHIP, WRIT_REASON_MARKET_LOCKED, true, false, false, false,
     "the market is shared, or no other strategy holds it: an idle one hands it over to a higher "
     "priority"},
    {WRIT_CHECK_PRIORITY, WRIT_REASON_LOWER_PRIORITY, true, false, false, false,
     "no other strategy took the market in this batch, or its idle owner's priority is lower"},
    {WRIT_CHECK_SELF_CROSS, WRIT_REASON_SELF_CROSS, true, false, false, false,
     "the order would match no resting order of its own account; such orders are cancelled before "
     "an exit"},
    {WRIT_CHECK_CASH, WRIT_REASON_RISK_VETO, true, false, false, true,
     "what the order can consume is free, reservations taken off"},
    {WRIT_CHECK_POSITION, WRIT_REASON_RISK_VETO, true, false, false, true,
     "the position stays in its limit if every working order that way fills"},
    {WRIT_CHECK_EXPOSURE, WRIT_REASON_RISK_VETO, true, false, false, true,
     "gross exposure of instrument, market, venue, account and strategy stays in its limits, "
     "working orders filled where that is worse"},
    {WRIT_CHECK_WORST_CASE, WRIT_REASON_RISK_VETO, true, false, false, true,
     "the worst-case loss of the market, and of all markets, stays in its limit, working orders "
     "filled where that is worse"},
    {WRIT_CHECK_DAILY_LOSS, WRIT_REASON_RISK_VETO, true, false, false, false,
     "the account lost less than its limit since the first portfolio of the UTC day"},
    {WRIT_CHECK_STRATEGY_BUDGET, WRIT_REASON_RISK_VETO, true, false, false, true,
     "what the strategy's positions cost and its orders reserve stays in its budget"},
    {WRIT_CHECK_PRICE_BAND, WRIT_REASON_RISK_VETO, true, false, false, false,
     "the limit price is near the middle of the book and the venue's mark price, or else the last "
     "trade"},
    {WRIT_CHECK_ORDER_RATE, WRIT_REASON_RISK_VETO, true, false, false, false,
     "the strategy's approved orders in the window stay in the limit"},
    {WRIT_CHECK_ORDER_TO_TRADE, WRIT_REASON_RISK_VETO, true, false, false, false,
     "the strategy's approved orders in the window stay in what its fills there earned"},
    {WRIT_CHECK_OPEN_ORDERS, WRIT_REASON_RISK_VETO, true, false, false, false,
     "the strategy's open orders in the instrument stay in the limit"},
}};

/// The table as Markdown: what docs/CHECKS.md holds.
[[nodiscard]] std::string check_table_markdown();

}  // namespace writ::arbiter
