#pragma once

#include "host/execution/order_state.hpp"

#include <writ/abi/outcome.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace writ::venue::binance {

/// Where an order stands by the venue's word for it (NEW, PARTIALLY_FILLED, EXPIRED_IN_MATCH ...);
/// nothing for a word not known here.
[[nodiscard]] std::optional<execution::OrderState> state_of_status(
    std::string_view status) noexcept;

/// What ended an order. Words are the venue's; empty where a message has none.
struct OrderEnd {
  std::string_view status;
  std::string_view type;           ///< LIMIT, MARKET, LIMIT_MAKER ...
  std::string_view time_in_force;  ///< GTC, IOC, FOK, GTX, GTD
  std::string_view reason;         ///< why it was rejected
};

/// WRIT_REPORT_REASON_* of an order in a final state.
[[nodiscard]] std::uint16_t reason_of_end(const OrderEnd& end) noexcept;

/// BUY or SELL; WRIT_SIDE_NONE for anything else.
[[nodiscard]] std::uint16_t side_of(std::string_view word) noexcept;

}  // namespace writ::venue::binance
