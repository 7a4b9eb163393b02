#pragma once

#include "exchange.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <string>

namespace writ::venue_sim {

/// The venue's messages: every one as its documentation shows it, times in ms, numbers as text with
/// the symbol's decimals.
/// Source: Binance Spot API, rest-api.md, web-socket-streams.md, user-data-stream.md; USDS-M
/// futures, "Trade", "Account", "Websocket Market Streams", "User Data Streams".

[[nodiscard]] constexpr std::int64_t to_ms(std::int64_t ts) noexcept { return ts / 1'000'000; }

/// How much an answer to a new order says.
enum class AnswerKind : std::uint8_t { kAck, kResult, kFull };

[[nodiscard]] boost::json::object order_json(Market market, const Listing& listing,
                                             const Order& order);
[[nodiscard]] boost::json::object placed_json(const Exchange& exchange, const Order& order,
                                              AnswerKind kind);
/// Of a cancel; `cancel_id` is the request's own id (spot).
[[nodiscard]] boost::json::object cancelled_json(Market market, const Listing& listing,
                                                 const Order& order, const std::string& cancel_id);
[[nodiscard]] boost::json::object fill_json(Market market, const Listing& listing,
                                            const Fill& fill);

[[nodiscard]] boost::json::array levels_json(const Listing& listing, const BookLevels& levels);
[[nodiscard]] boost::json::object trade_json(const Listing& listing, const PublicTrade& trade);
[[nodiscard]] boost::json::object aggregate_json(const Listing& listing,
                                                 const AggregateTrade& trade);

// Streams.
[[nodiscard]] boost::json::object trade_event(const Listing& listing, const PublicTrade& trade);
[[nodiscard]] boost::json::object aggregate_event(const Listing& listing,
                                                  const AggregateTrade& trade);
/// `before_id` is the last update of the event before.
[[nodiscard]] boost::json::object depth_event(Market market, const Listing& listing,
                                              const BookChanges& changes, std::uint64_t before_id,
                                              std::int64_t ts);
[[nodiscard]] boost::json::object partial_depth_event(Market market, const Listing& listing,
                                                      const Book& book, std::size_t depth,
                                                      std::int64_t ts);
[[nodiscard]] boost::json::object book_ticker_event(Market market, const Listing& listing,
                                                    const Book& book, std::int64_t ts);
[[nodiscard]] boost::json::object mark_price_event(const Listing& listing, const Mark& mark,
                                                   std::int64_t ts);
[[nodiscard]] boost::json::object force_order_event(const Listing& listing,
                                                    const ForcedEvent& forced);

// User streams.
[[nodiscard]] boost::json::object order_event(Market market, const Listing& listing,
                                              const OrderEvent& event);
[[nodiscard]] boost::json::object balances_event(Market market, const Exchange& exchange,
                                                 const BalanceEvent& event);
/// Spot: what a deposit sends besides.
[[nodiscard]] boost::json::object balance_update_event(const BalanceEvent& event);

}  // namespace writ::venue_sim
