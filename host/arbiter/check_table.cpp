#include "host/arbiter/check_table.hpp"

#include "host/model/names.hpp"

namespace writ::arbiter {
namespace {

constexpr bool kYes = true;
constexpr bool kNo = false;

// check, reason, for intents that add, reduce, are neutral, whether a part may pass
constexpr std::array<CheckRule, 26> kTable = {{
    {WRIT_CHECK_VALIDITY, WRIT_REASON_INVALID, kYes, kYes, kYes, kNo,
     "the intent makes sense, and tick, lot, bounds and notional are the venue's"},
    {WRIT_CHECK_TTL, WRIT_REASON_EXPIRED, kYes, kYes, kYes, kNo,
     "it is judged no later than its own `ttl_ns` after what it was decided on"},
    {WRIT_CHECK_TARGET_ORDER, WRIT_REASON_INVALID, kYes, kYes, kYes, kNo,
     "the order to cancel or replace is the strategy's own and working"},
    {WRIT_CHECK_REDUCE_ONLY, WRIT_REASON_INVALID, kYes, kYes, kYes, kNo,
     "an order marked reduce-only is no larger than what it can close"},
    {WRIT_CHECK_GROUP, WRIT_REASON_INVALID, kYes, kYes, kYes, kNo,
     "its group came whole, in one batch; where one leg is refused, so are the others"},
    {WRIT_CHECK_DUPLICATE, WRIT_REASON_RISK_VETO, kYes, kNo, kNo, kNo,
     "no working order of the strategy came of the same request in the window"},
    {WRIT_CHECK_MARKET_STATE, WRIT_REASON_MARKET_STATE, kYes, kNo, kNo, kNo,
     "the market is open, its book in sync and not crossed"},
    {WRIT_CHECK_STALENESS, WRIT_REASON_MARKET_STATE, kYes, kNo, kNo, kNo,
     "the book is young enough"},
    {WRIT_CHECK_DATA_GAP, WRIT_REASON_MARKET_STATE, kYes, kNo, kNo, kNo,
     "no change of the book is missing"},
    {WRIT_CHECK_KILL, WRIT_REASON_HALTED, kYes, kNo, kNo, kNo, "the account is not killed"},
    {WRIT_CHECK_PAUSE, WRIT_REASON_HALTED, kYes, kNo, kNo, kNo,
     "neither the account nor the strategy is paused"},
    {WRIT_CHECK_CIRCUIT_BREAK, WRIT_REASON_HALTED, kYes, kNo, kNo, kNo,
     "the middle of the market's book did not move too far too fast of late"},
    {WRIT_CHECK_DRAWDOWN, WRIT_REASON_HALTED, kYes, kNo, kNo, kYes,
     "the account's drawdown tier is below HALT20 and allows so much of what was asked"},
    {WRIT_CHECK_OWNERSHIP, WRIT_REASON_MARKET_LOCKED, kYes, kNo, kNo, kNo,
     "the market is shared, or no other strategy holds it: an idle one hands it over to a higher "
     "priority"},
    {WRIT_CHECK_PRIORITY, WRIT_REASON_LOWER_PRIORITY, kYes, kNo, kNo, kNo,
     "no other strategy took the market in this batch, or its idle owner's priority is lower"},
    {WRIT_CHECK_SELF_CROSS, WRIT_REASON_SELF_CROSS, kYes, kNo, kNo, kNo,
     "the order would match no resting order of its own account; such orders are cancelled before "
     "an exit"},
    {WRIT_CHECK_CASH, WRIT_REASON_RISK_VETO, kYes, kNo, kNo, kYes,
     "what the order can consume is free, reservations taken off"},
    {WRIT_CHECK_POSITION, WRIT_REASON_RISK_VETO, kYes, kNo, kNo, kYes,
     "the position stays in its limit if every working order that way fills"},
    {WRIT_CHECK_EXPOSURE, WRIT_REASON_RISK_VETO, kYes, kNo, kNo, kYes,
     "gross exposure of instrument, market, venue, account and strategy stays in its limits, "
     "working orders filled where that is worse"},
    {WRIT_CHECK_WORST_CASE, WRIT_REASON_RISK_VETO, kYes, kNo, kNo, kYes,
     "the worst-case loss of the market, and of all markets, stays in its limit, working orders "
     "filled where that is worse"},
    {WRIT_CHECK_DAILY_LOSS, WRIT_REASON_RISK_VETO, kYes, kNo, kNo, kNo,
     "the account lost less than its limit since the first portfolio of the UTC day"},
    {WRIT_CHECK_STRATEGY_BUDGET, WRIT_REASON_RISK_VETO, kYes, kNo, kNo, kYes,
     "what the strategy's positions cost and its orders reserve stays in its budget"},
    {WRIT_CHECK_PRICE_BAND, WRIT_REASON_RISK_VETO, kYes, kNo, kNo, kNo,
     "the limit price is near the middle of the book and the venue's mark price, or else the last "
     "trade"},
    {WRIT_CHECK_ORDER_RATE, WRIT_REASON_RISK_VETO, kYes, kNo, kNo, kNo,
     "the strategy's approved orders in the window stay in the limit"},
    {WRIT_CHECK_ORDER_TO_TRADE, WRIT_REASON_RISK_VETO, kYes, kNo, kNo, kNo,
     "the strategy's approved orders in the window stay in what its fills there earned"},
    {WRIT_CHECK_OPEN_ORDERS, WRIT_REASON_RISK_VETO, kYes, kNo, kNo, kNo,
     "the strategy's open orders in the instrument stay in the limit"},
}};

}  // namespace

std::span<const CheckRule> check_table() noexcept { return kTable; }

std::string check_table_markdown() {
  std::string text =
      "# The checks\n\n"
      "Every intent is first classed by what it would do to the worst-case loss: it *adds*, it\n"
      "*reduces*, or it is *neutral*. Then these checks are made in this order, up to the first "
      "that\n"
      "fails; the verdict lists those made, with their numbers. Risk never blocks an exit: what\n"
      "reduces or is neutral can be refused only by what it says itself and by the venue's "
      "rules.\n\n"
      "Where a check may cut, an intent that asks for too much is approved for the largest\n"
      "quantity on the lot that passes, if the venue takes so little; never one that is FOK,\n"
      "reduce-only, in a group or marked all or nothing. What closes of an order is never cut.\n\n"
      "| check | passes when | adds | reduces | neutral | may cut | veto |\n"
      "|---|---|---|---|---|---|---|\n";
  const auto mark = [](bool applies) { return applies ? " yes |" : " |"; };
  for (const CheckRule& rule : kTable) {
    text += "| `" + std::string(model::kCheckWords.text(rule.check)) + "` | ";
    text += std::string(rule.passes_when) + " |";
    text += mark(rule.adds);
    text += mark(rule.reduces);
    text += mark(rule.neutral);
    text += mark(rule.cuts);
    text += " `" + std::string(model::kReasonWords.text(rule.reason)) + "` |\n";
  }
  return text;
}

}  // namespace writ::arbiter
