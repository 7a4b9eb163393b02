#pragma once

#include "host/base/result.hpp"
#include "host/execution/reconciliation.hpp"
#include "host/venue/binance/answer_records.hpp"
#include "host/venue/binance/venue_names.hpp"

#include <writ/abi/journal.h>
#include <writ/abi/outcome.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::venue::binance {

// What a venue says when it is asked what it holds: REST bodies, or the `result` of a WebSocket API
// answer. What this run does not trade is passed over and counted where `passed_over` is given.
// Errors of all: kCorrupt (not JSON), kInvalid (step names the field): nothing is given then.

/// openOrders, allOrders: a list of orders; order.status: one.
[[nodiscard]] base::Result<std::vector<execution::VenueOrder>> read_orders(
    std::string_view json, const VenueNames& names, std::size_t* passed_over = nullptr);

/// The client order id of one of the venue's orders, as it gave it; empty if it is not known.
using ClientIdOf = std::function<std::string(std::uint32_t instrument, std::int64_t order_id)>;

/// myTrades, userTrades: fills, oldest first; of an order without a known id under its external
/// one. `price` is what AnswerRecords asks.
[[nodiscard]] base::Result<std::vector<writ_fill>> read_trades(std::string_view json,
                                                               const VenueNames& names,
                                                               const ClientIdOf& client_id,
                                                               const AssetPrice& price);

/// Spot account, futures account (v2, v3) or balance (v2, v3): what is not zero.
[[nodiscard]] base::Result<std::vector<execution::VenueBalance>> read_balances(
    std::string_view json, const VenueNames& names, std::size_t* passed_over = nullptr);

/// positionRisk (v2, v3) or futures account: what is not zero. kUnsupported for a position of LONG
/// or SHORT: the account must be in one-way mode.
[[nodiscard]] base::Result<std::vector<execution::VenuePosition>> read_positions(
    std::string_view json, const VenueNames& names, std::size_t* passed_over = nullptr);

/// income of the kind FUNDING_FEE: adjustments of the kind FUNDING, oldest first.
[[nodiscard]] base::Result<std::vector<writ_adjustment>> read_fundings(
    std::string_view json, const VenueNames& names, std::size_t* passed_over = nullptr);

/// The orders that trades are of, by their number, and the number of the last trade; 0: none.
struct TradeNumbers {
  std::vector<std::pair<std::string, std::int64_t>> orders;  ///< (symbol, order), each once
  std::size_t trades = 0;
  std::int64_t last = 0;
};
[[nodiscard]] base::Result<TradeNumbers> read_trade_numbers(std::string_view json);

/// Whether an error says that the venue does not know the order.
[[nodiscard]] bool is_not_found(Market market, int status, std::string_view body);

/// What open positions of a futures account (v2, v3) cost, signed as they are, by settle asset and
/// at 1e-6: the venue rounds what it is made of.
[[nodiscard]] base::Result<std::map<std::uint32_t, Money>> read_position_costs(
    std::string_view json, const VenueNames& names);

/// time: the venue's clock, ns.
[[nodiscard]] base::Result<std::int64_t> read_server_time(std::string_view json);

}  // namespace writ::venue::binance
