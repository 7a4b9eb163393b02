#pragma once

#include "api.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace writ::venue_sim {

/// What both markets answer alike.
[[nodiscard]] boost::json::value ping_answer(Call& call);
[[nodiscard]] boost::json::value time_answer(Call& call);
[[nodiscard]] boost::json::value depth_answer(Call& call);
[[nodiscard]] boost::json::value trades_answer(Call& call);
[[nodiscard]] boost::json::value aggregates_answer(Call& call);
[[nodiscard]] boost::json::value candles_answer(Call& call);
[[nodiscard]] boost::json::value price_answer(Call& call);
[[nodiscard]] boost::json::value book_ticker_answer(Call& call);
[[nodiscard]] boost::json::value day_answer(Call& call);

[[nodiscard]] boost::json::value place_answer(Call& call);
[[nodiscard]] boost::json::value test_answer(Call& call);
[[nodiscard]] boost::json::value order_answer(Call& call);
[[nodiscard]] boost::json::value cancel_answer(Call& call);
[[nodiscard]] boost::json::value open_orders_answer(Call& call);
[[nodiscard]] boost::json::value all_orders_answer(Call& call);
[[nodiscard]] boost::json::value fills_answer(Call& call);
[[nodiscard]] boost::json::value logon_answer(Call& call);
[[nodiscard]] boost::json::value logout_answer(Call& call);

/// `orderId` or `origClientOrderId`; refuses where both are missing (-1102).
[[nodiscard]] OrderName order_name(const Request& request);
[[nodiscard]] const Listing& listing_of(const Call& call);

}  // namespace writ::venue_sim
