#pragma once

#include <writ/ids.hpp>
#include <writ/quantity.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace writ::execution {

/// Prefix of every id this host gives to an order; ids of orders it did not make begin otherwise.
inline constexpr std::string_view kClientOrderIdPrefix = "wr1-";
/// Prefix of the id an order made by the venue, or by people there, is followed under.
inline constexpr std::string_view kExternalOrderIdPrefix = "ext-";
/// Longest id a record can carry.
inline constexpr std::size_t kClientOrderIdMax = 39;

/// The id an order carries at the venue: `wr1-` and 24 characters of [a-z2-7], a function of what
/// it is made from, so that a restart finds its own orders and never makes a second one. `run_id`
/// is the UUID in lower case; `leg` above 0 is one of several orders of one intent; `attempt` rises
/// only after a proven negative answer.
[[nodiscard]] std::string client_order_id(std::string_view run_id, std::string_view strategy,
                                          IntentId intent, std::uint32_t leg,
                                          std::uint32_t attempt);

/// The id an order this host did not make is followed under: `ext-<venue>-<venue order id>`, or a
/// digest of it where that is longer than an id may be.
[[nodiscard]] std::string external_order_id(std::string_view venue,
                                            std::string_view venue_order_id);

/// What stands for the trade id of a fill whose venue gives none: `cum-<cumulative quantity>`,
/// unique within its order.
[[nodiscard]] std::string cumulative_trade_id(Quantity cumulative);

/// Whether the id was made by client_order_id, by this host or another.
[[nodiscard]] constexpr bool is_own_client_order_id(std::string_view id) noexcept {
  return id.substr(0, kClientOrderIdPrefix.size()) == kClientOrderIdPrefix;
}

}  // namespace writ::execution
