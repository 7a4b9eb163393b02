#pragma once

#include "words.hpp"

#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace writ::venue_sim {

/// What a client asks for.
struct NewOrder {
  std::string symbol;
  Side side = Side::kBuy;
  OrderType type = OrderType::kLimit;
  TimeInForce time_in_force = TimeInForce::kGtc;
  SelfTrade self_trade = SelfTrade::kNone;
  Price price;            ///< 0 of a market order
  Quantity quantity;      ///< 0 where `quote_quantity` says how much
  Money quote_quantity;   ///< of a market order on spot
  std::string client_id;  ///< empty: the venue makes one
  bool reduce_only = false;
  std::int64_t good_till_ts = 0;
};

struct Order : NewOrder {
  std::uint64_t id = 0;
  std::uint32_t account = 0;
  Status status = Status::kNew;
  Quantity executed;
  Money executed_quote;
  std::int64_t created_ts = 0;
  std::int64_t updated_ts = 0;
  bool forced = false;             ///< the venue's own: a liquidation
  bool resting = false;            ///< on the book
  std::vector<std::size_t> fills;  ///< places in Exchange::fills()

  [[nodiscard]] Quantity left() const { return quantity - executed; }
};

/// One side of a trade, of an account.
struct Fill {
  std::uint64_t trade_id = 0;
  std::uint64_t order_id = 0;
  std::uint32_t account = 0;
  std::string symbol;
  Side side = Side::kBuy;
  Price price;
  Quantity quantity;
  Money quote;
  Money commission;
  std::string commission_asset;
  Money realised;  ///< futures
  bool maker = false;
  std::int64_t ts = 0;
};

}  // namespace writ::venue_sim
