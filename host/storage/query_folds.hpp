#pragma once

#include "host/storage/named_queries.hpp"

namespace writ::storage {

// What the named queries make of their rows; the columns they read are those of their SQL.
using FoldedRows = base::Result<std::vector<QueryRow>>;

/// The rows as they come.
[[nodiscard]] FoldedRows fold_rows(Statement& rows, const QueryValues& values);
/// day, strategy, asset: sums of results by kind.
[[nodiscard]] FoldedRows fold_daily_pnl(Statement& rows, const QueryValues& values);
/// What vetoed orders would have lost and made, by strategy, reason, check, horizon and asset.
[[nodiscard]] FoldedRows fold_veto_value(Statement& rows, const QueryValues& values);
/// Percentiles of the steps of an order's way, by strategy.
[[nodiscard]] FoldedRows fold_latency(Statement& rows, const QueryValues& values);
[[nodiscard]] FoldedRows fold_time_to_fill(Statement& rows, const QueryValues& values);
/// What became of the orders, by strategy.
[[nodiscard]] FoldedRows fold_fill_rates(Statement& rows, const QueryValues& values);
/// The fills after which the mid moved against them.
[[nodiscard]] FoldedRows fold_toxic_fills(Statement& rows, const QueryValues& values);
/// How many they are, by strategy.
[[nodiscard]] FoldedRows fold_toxic_rates(Statement& rows, const QueryValues& values);

}  // namespace writ::storage
