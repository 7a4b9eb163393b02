#pragma once

#include <writ/int128.hpp>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

// How well orders were executed (domain §4). Pure; times are ns, ratios at 1e-9, half to even.

namespace writ::model {

/// One fill of an order.
struct OrderFill {
  std::int64_t ts;
  Price price;
  Quantity quantity;
  Money fee;
};

/// The fills of an order taken together.
struct OrderRollup {
  Quantity filled;
  std::optional<Price> vwap;  ///< nothing without fills, or if it does not fit
  Money fee;
  std::optional<std::int64_t> first_ts;
  std::optional<std::int64_t> last_ts;
};
[[nodiscard]] OrderRollup rollup_of(std::span<const OrderFill> fills);

/// What became of an order.
struct OrderOutcome {
  std::uint16_t state = 0;  ///< WRIT_ORDER_*, now
  std::int64_t submitted_ts = 0;
  std::optional<std::int64_t> acked_ts;
  Quantity ordered;
  OrderRollup fills;
};

/// From submit to acknowledgement, and to the first fill.
[[nodiscard]] std::optional<std::int64_t> submit_latency(const OrderOutcome& order);
[[nodiscard]] std::optional<std::int64_t> time_to_first_fill(const OrderOutcome& order);
/// From submit to the last fill; only of an order wholly filled.
[[nodiscard]] std::optional<std::int64_t> time_to_full_fill(const OrderOutcome& order);

/// Orders counted by what became of them. The population is every order submitted, rejected ones
/// included; ratios are nothing while there is none.
struct OrderCounts {
  std::int64_t submitted = 0;
  std::int64_t filled = 0;
  std::int64_t partial = 0;       ///< partly filled and still working
  std::int64_t partial_ever = 0;  ///< partly filled, whatever became of the rest
  std::int64_t cancelled = 0;     ///< or expired
  std::int64_t rejected = 0;
  Int128 ordered = 0;  ///< sums of quantities, at 1e-9
  Int128 traded = 0;

  void add(const OrderOutcome& order);
  [[nodiscard]] std::optional<Rate> of_submitted(std::int64_t count) const;
  [[nodiscard]] std::optional<Rate> fill_rate_by_quantity() const;
};

/// The smallest value with at least `percent` of all at or below it. `sorted` is not empty.
[[nodiscard]] std::int64_t nearest_rank(std::span<const std::int64_t> sorted, std::size_t percent);

/// A middle price and since when it held.
struct Mid {
  std::int64_t ts;
  Int128 price;  ///< on any scale, the same for all that are compared
};
/// Whether it still says something at `ts`: at most 30 s old.
[[nodiscard]] bool holds_at(const Mid& mid, std::int64_t ts);
/// The last at or before `ts`, if it holds. `mids` in order of time.
[[nodiscard]] std::optional<Mid> mid_at(std::span<const Mid> mids, std::int64_t ts);

/// Basis points at 1e-9. Nothing for a reference of zero, or if it does not fit.
using Bps = Int128;
/// How far the middle went against a fill of this side; positive = it cost.
[[nodiscard]] std::optional<Bps> adverse_bps(std::uint16_t side, Int128 mid_before,
                                             Int128 mid_after);
/// How much worse than `reference` the average price of the fills is; positive = it cost.
[[nodiscard]] std::optional<Bps> slippage_bps(std::uint16_t side, Price reference, Price vwap);
/// Whether a fill is toxic: the middle went at least so many basis points against it.
[[nodiscard]] bool is_toxic(Bps adverse, Bps threshold);

/// Fills by what the middle did within the horizon.
struct ToxicCounts {
  std::int64_t fills = 0;
  std::int64_t measured = 0;  ///< with a middle before and after
  std::int64_t toxic = 0;

  void add(std::optional<Bps> adverse, Bps threshold);
  [[nodiscard]] std::optional<Rate> rate() const;
};

/// How long a position was open before its stop was live at the venue; nothing if it never was,
/// which is an incident, not zero.
[[nodiscard]] std::optional<std::int64_t> protection_gap(std::int64_t first_fill_ts,
                                                         std::optional<std::int64_t> stop_live_ts);

/// Whole milliseconds in a difference of times, rounded down.
[[nodiscard]] std::int64_t milliseconds(std::int64_t ns);

}  // namespace writ::model
