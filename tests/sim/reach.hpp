#pragma once

#include "tests/sim/run_state.hpp"

#include <writ/int128.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace writ::test {

// What any set of fills of the orders that may still fill could lead to: cancels nobody confirmed
// and amendments nobody answered included. Each order fills on its own, so the worst set is found
// by taking of each what is worse; `reach_test` compares that with every set there is.

/// What may still fill of one order at the worst, signed.
struct OpenOrder {
  std::uint32_t instrument = 0;
  std::uint32_t instance = 0;
  Int128 quantity = 0;
  std::int64_t price = 0;  ///< WRIT_NONE: a market order
};

/// Of an account, or of one strategy in it; `instance` 0 = all. One whose amendment has no answer
/// may fill under the old terms first; the one an amendment is being made of counts at its new
/// terms alone where the old ones let no more in reach than was there before.
[[nodiscard]] std::vector<OpenOrder> open_orders(const RunState& run, std::uint32_t account,
                                                 std::uint32_t instance);

/// The most a position can be, long or short, times its mark.
[[nodiscard]] Int128 gross_reach(Int128 position, const std::vector<OpenOrder>& orders,
                                 std::int64_t mark_of_long, std::int64_t mark_of_short);

/// A result in each of several outcomes.
using Outcomes = std::vector<Int128>;

/// What the worst set of fills leaves of the worst outcome, less nothing if that is a gain:
/// `changes` has one order's change in each outcome.
[[nodiscard]] Int128 worst_loss(const Outcomes& held, const std::vector<Outcomes>& changes);

}  // namespace writ::test
