#pragma once

#include "host/arbiter/order_terms.hpp"
#include "host/arbiter/risk_view.hpp"

#include <writ/abi/intent.h>
#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/rate.hpp>

#include <cstdint>
#include <optional>

namespace writ::arbiter {

/// Leaves out the working order a REPLACE is about: the venue puts one in the place of the other.
/// What a target cancels stays: it may fill all the same.
void leave_out_replaced(const writ_intent& intent, const RiskView& view, Holding& holding);

/// Leaves out the working orders the intent takes back: the one it replaces, or all of the
/// strategy's own where a target or flatten cancels them first. `holding` is the account's or the
/// strategy's in the intent's instrument.
void leave_out_taken_back(const writ_intent& intent, const RiskView& view, Holding& holding);

/// Counts one more working order. False, and nothing counted, if a bet's numbers do not fit.
[[nodiscard]] bool add_order(std::uint32_t kind, const OrderTerms& terms, Holding& holding);

/// Gross exposure of a holding whichever of its orders fill, in the asset its results are in; of a
/// selection what its bets can lose. Nothing without a mark for what it may come to.
[[nodiscard]] std::optional<Money> gross_exposure(std::uint32_t kind, const Holding& holding,
                                                  const MarkPrices& marks);

/// The same of all but selections, with one order more.
[[nodiscard]] std::optional<Money> gross_exposure_with(const OrderTerms& terms,
                                                       const Holding& holding,
                                                       const MarkPrices& marks);

/// In the reporting currency, rounded up; nothing without a rate or out of bounds.
[[nodiscard]] std::optional<Money> reported(std::optional<Money> amount, std::optional<Rate> rate);

}  // namespace writ::arbiter
