#include "host/model/execution_metrics.hpp"

#include <writ/abi/market.h>
#include <writ/abi/outcome.h>
#include <writ/muldiv.hpp>
#include <writ/rounding.hpp>

#include <algorithm>

namespace writ::model {
namespace {

constexpr std::int64_t kOne = 1'000'000'000;
constexpr std::int64_t kMidAgeMaxNs = 30 * kOne;
constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr Int128 kBpsOfOne = Int128{10'000} * kOne;

std::optional<Rate> ratio_of(Int128 part, Int128 whole) {
  const auto scaled = muldiv(part, kOne, whole, Rounding::kHalfEven);
  const auto raw = scaled ? narrow_to_int64(*scaled) : std::nullopt;
  return raw ? std::optional(Rate{*raw}) : std::nullopt;
}

}  // namespace

OrderRollup rollup_of(std::span<const OrderFill> fills) {
  OrderRollup rollup;
  Int128 filled = 0;
  auto value = std::optional{Money{}};
  auto fee = std::optional{Money{}};
  for (const OrderFill& fill : fills) {
    filled += fill.quantity.raw;
    const auto notional = checked_notional(fill.price, fill.quantity);
    value = value && notional ? checked_add(*value, *notional) : std::nullopt;
    fee = fee ? checked_add(*fee, fill.fee) : std::nullopt;
    rollup.first_ts = std::min(rollup.first_ts.value_or(fill.ts), fill.ts);
    rollup.last_ts = std::max(rollup.last_ts.value_or(fill.ts), fill.ts);
  }
  rollup.filled = Quantity{narrow_to_int64(filled).value_or(Quantity::max().raw)};
  rollup.fee = fee.value_or(Money{});
  if (value && filled > 0) rollup.vwap = unit_price(*value, rollup.filled, Rounding::kHalfEven);
  return rollup;
}

std::optional<std::int64_t> submit_latency(const OrderOutcome& order) {
  if (!order.acked_ts) return std::nullopt;
  return *order.acked_ts - order.submitted_ts;
}

std::optional<std::int64_t> time_to_first_fill(const OrderOutcome& order) {
  if (!order.fills.first_ts) return std::nullopt;
  return *order.fills.first_ts - order.submitted_ts;
}

std::optional<std::int64_t> time_to_full_fill(const OrderOutcome& order) {
  if (order.state != WRIT_ORDER_FILLED || !order.fills.last_ts) return std::nullopt;
  return *order.fills.last_ts - order.submitted_ts;
}

void OrderCounts::add(const OrderOutcome& order) {
  ++submitted;
  const Quantity traded_here = order.fills.filled;
  if (order.state == WRIT_ORDER_FILLED) ++filled;
  if (order.state == WRIT_ORDER_PARTIAL) ++partial;
  if (order.fills.first_ts && traded_here < order.ordered) ++partial_ever;
  if (order.state == WRIT_ORDER_CANCELLED || order.state == WRIT_ORDER_EXPIRED) ++cancelled;
  if (order.state == WRIT_ORDER_REJECTED) ++rejected;
  ordered += order.ordered.raw;
  traded += traded_here.raw;
}

std::optional<Rate> OrderCounts::of_submitted(std::int64_t count) const {
  return ratio_of(count, submitted);
}

std::optional<Rate> OrderCounts::fill_rate_by_quantity() const { return ratio_of(traded, ordered); }

std::int64_t nearest_rank(std::span<const std::int64_t> sorted, std::size_t percent) {
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

bool holds_at(const Mid& mid, std::int64_t ts) { return ts - mid.ts <= kMidAgeMaxNs; }

std::optional<Mid> mid_at(std::span<const Mid> mids, std::int64_t ts) {
  const auto after = std::upper_bound(mids.begin(), mids.end(), ts,
                                      [](std::int64_t at, const Mid& mid) { return at < mid.ts; });
  if (after == mids.begin() || !holds_at(*(after - 1), ts)) return std::nullopt;
  return *(after - 1);
}

std::optional<Bps> adverse_bps(std::uint16_t side, Int128 mid_before, Int128 mid_after) {
  const Int128 against = side == WRIT_SIDE_BUY ? mid_before - mid_after : mid_after - mid_before;
  return muldiv(against, kBpsOfOne, mid_before, Rounding::kHalfEven);
}

std::optional<Bps> slippage_bps(std::uint16_t side, Price reference, Price vwap) {
  return adverse_bps(side == WRIT_SIDE_BUY ? WRIT_SIDE_SELL : WRIT_SIDE_BUY, reference.raw,
                     vwap.raw);
}

bool is_toxic(Bps adverse, Bps threshold) { return adverse >= threshold; }

void ToxicCounts::add(std::optional<Bps> adverse, Bps threshold) {
  ++fills;
  if (!adverse) return;
  ++measured;
  if (is_toxic(*adverse, threshold)) ++toxic;
}

std::optional<Rate> ToxicCounts::rate() const { return ratio_of(toxic, measured); }

std::optional<std::int64_t> protection_gap(std::int64_t first_fill_ts,
                                           std::optional<std::int64_t> stop_live_ts) {
  if (!stop_live_ts) return std::nullopt;
  return std::max<std::int64_t>(0, *stop_live_ts - first_fill_ts);
}

std::int64_t milliseconds(std::int64_t ns) {
  const std::int64_t whole = ns / kMillisecondNs;
  return ns % kMillisecondNs < 0 ? whole - 1 : whole;
}

}  // namespace writ::model
