#include "host/venue/binance/order_words.hpp"

#include <writ/abi/market.h>

namespace writ::venue::binance {

using execution::OrderState;

std::optional<OrderState> state_of_status(std::string_view status) noexcept {
  // The last two are of orders the venue made itself.
  if (status == "NEW" || status == "PENDING_NEW" || status == "PENDING_CANCEL" ||
      status == "NEW_INSURANCE" || status == "NEW_ADL") {
    return OrderState::kOpen;
  }
  if (status == "PARTIALLY_FILLED") return OrderState::kPartial;
  if (status == "FILLED") return OrderState::kFilled;
  if (status == "CANCELED") return OrderState::kCancelled;
  if (status == "REJECTED") return OrderState::kRejected;
  if (status == "EXPIRED" || status == "EXPIRED_IN_MATCH") return OrderState::kExpired;
  return std::nullopt;
}

std::uint16_t reason_of_end(const OrderEnd& end) noexcept {
  const auto says = [&](std::string_view word) {
    return end.reason.find(word) != std::string_view::npos;
  };
  if (end.status == "CANCELED") return WRIT_REPORT_REASON_USER;
  if (end.status == "EXPIRED_IN_MATCH") return WRIT_REPORT_REASON_SELF_TRADE;
  if (end.status == "REJECTED") {
    if (says("BALANCE") || says("MARGIN")) return WRIT_REPORT_REASON_BALANCE;
    if (says("IMMEDIATELY")) return WRIT_REPORT_REASON_POST_ONLY;
    if (says("MARKET_CLOSED")) return WRIT_REPORT_REASON_MARKET;
    return WRIT_REPORT_REASON_OTHER;
  }
  if (end.time_in_force == "GTX") return WRIT_REPORT_REASON_POST_ONLY;
  if (end.time_in_force == "GTD") return WRIT_REPORT_REASON_EXPIRY;
  if (end.time_in_force == "IOC" || end.time_in_force == "FOK" || end.type == "MARKET") {
    return WRIT_REPORT_REASON_NO_LIQUIDITY;
  }
  return WRIT_REPORT_REASON_OTHER;
}

std::uint16_t side_of(std::string_view word) noexcept {
  return word == "BUY" ? WRIT_SIDE_BUY : word == "SELL" ? WRIT_SIDE_SELL : WRIT_SIDE_NONE;
}

}  // namespace writ::venue::binance
