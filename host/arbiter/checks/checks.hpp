#pragma once

#include "host/arbiter/checks/check_result.hpp"

#include <optional>

// Every check, one file each, in the order they are made. Each is pure, is named for what passes,
// and gives nothing where there is nothing to check: a limit that is not set, a kind it is not
// about.

namespace writ::arbiter {

/// The intent makes sense and the venue's rules admit its order. The number that does not is shown
/// against the bound it breaks.
[[nodiscard]] std::optional<CheckResult> valid_by_venue_rules(const Case& c);
/// Judged no later than its own ttl after what it was decided on.
[[nodiscard]] std::optional<CheckResult> within_time_to_live(const Case& c);
/// The order to cancel or replace is this strategy's and working; value and limit are instances.
/// The operator may cancel any.
[[nodiscard]] std::optional<CheckResult> target_order_working(const Case& c);
/// A reduce-only order is no larger than what it can close.
[[nodiscard]] std::optional<CheckResult> closes_no_more_than_held(const Case& c);
/// Every leg of the intent's group is in the batch; value is how many are.
[[nodiscard]] std::optional<CheckResult> group_whole(const Case& c);
/// The strategy's own order alike, if one works still, was approved longer ago than the window.
[[nodiscard]] std::optional<CheckResult> no_duplicate(const Case& c);
/// The venue trades, the book is in sync and not crossed.
[[nodiscard]] std::optional<CheckResult> market_trading(const Case& c);
/// The book is young enough.
[[nodiscard]] std::optional<CheckResult> book_fresh(const Case& c);
/// No change of the book is missing.
[[nodiscard]] std::optional<CheckResult> no_data_gap(const Case& c);
/// The account's kill latch is not set.
[[nodiscard]] std::optional<CheckResult> not_killed(const Case& c);
/// Neither account nor strategy is paused.
[[nodiscard]] std::optional<CheckResult> not_paused(const Case& c);
/// The market's book did not move too far too fast of late; numbers are core times.
[[nodiscard]] std::optional<CheckResult> circuit_whole(const Case& c);
/// The account's drawdown tier allows new entries, and so much of what was asked.
[[nodiscard]] std::optional<CheckResult> within_drawdown_tier(const Case& c);
/// No other strategy holds an exclusive market, unless who goes first is a matter of priority;
/// value is the owner, limit the strategy that asks.
[[nodiscard]] std::optional<CheckResult> market_not_locked(const Case& c);
/// Of higher priority than the idle owner, which hands the market over. One that took it in the
/// same batch does not: it ranked first. Value and limit are the priorities, limit the owner's.
[[nodiscard]] std::optional<CheckResult> first_by_priority(const Case& c);
/// The order would match no resting order of its own account; value is that order's price.
[[nodiscard]] std::optional<CheckResult> meets_no_own_order(const Case& c);
/// What the order can consume is free: quote cash, and for a spot sale the coins.
[[nodiscard]] std::optional<CheckResult> notional_within_cash(const Case& c);
/// The account's position, of a runner in win units, stays in its limit if every working order that
/// way fills.
[[nodiscard]] std::optional<CheckResult> position_within_limit(const Case& c);
/// Gross exposure of the instrument, the market, the venue, the account and the strategy, every
/// working order filled where that is worse: the first past its limit, else the nearest to it.
[[nodiscard]] std::optional<CheckResult> exposure_within_limits(const Case& c);
/// Worst-case loss of the market, and of all the account's markets, open orders included.
[[nodiscard]] std::optional<CheckResult> worst_case_within_limits(const Case& c);
/// What the account lost since the day's first portfolio.
[[nodiscard]] std::optional<CheckResult> daily_loss_below_limit(const Case& c);
/// What the strategy's positions cost and its orders reserve, this one's counted.
[[nodiscard]] std::optional<CheckResult> capital_within_budget(const Case& c);
/// The limit price is near the middle of the book and the venue's mark price, or else the last
/// trade; the larger distance as a fraction, rounded up.
[[nodiscard]] std::optional<CheckResult> price_within_band(const Case& c);
/// The strategy's orders in the window, this one counted.
[[nodiscard]] std::optional<CheckResult> order_rate_within_limit(const Case& c);
/// The strategy's orders in the window, this one counted, beside its fills there.
[[nodiscard]] std::optional<CheckResult> orders_per_trade_within_limit(const Case& c);
/// The strategy's open orders in the instrument, this one counted.
[[nodiscard]] std::optional<CheckResult> open_orders_within_limit(const Case& c);

/// Quantity of the order as the venue sees it: of a replacement what was filled included.
[[nodiscard]] Quantity whole_quantity(const Case& c);
/// Whether lot, bounds and notional of the venue admit it.
[[nodiscard]] bool size_admitted(const Case& c);

}  // namespace writ::arbiter
