#pragma once

#include <writ/abi/outcome.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace writ::execution {

/// State of an order, as records carry it.
enum class OrderState : std::uint16_t {
  kNew = WRIT_ORDER_NEW,
  kAck = WRIT_ORDER_ACK,
  kOpen = WRIT_ORDER_OPEN,
  kPartial = WRIT_ORDER_PARTIAL,
  kFilled = WRIT_ORDER_FILLED,
  kCancelled = WRIT_ORDER_CANCELLED,
  kExpired = WRIT_ORDER_EXPIRED,
  kRejected = WRIT_ORDER_REJECTED,
  kUnknown = WRIT_ORDER_UNKNOWN,
  kFailed = WRIT_ORDER_FAILED,
};
inline constexpr std::size_t kOrderStateCount = 10;

/// What may happen to an order after it was sent.
enum class OrderEvent : std::uint8_t {
  kAcknowledged,  ///< accepted, and never rests: IOC, FOK, market
  kOpened,        ///< accepted, and may rest
  kRejected,
  kCancelled,
  kExpired,
  kCancelRejected,
  kReplaced,
  kReplaceRejected,
  kUnanswered,  ///< no answer in time
  kFailed,      ///< proven never accepted
  kFilledPart,
  kFilledWhole,
};
inline constexpr std::size_t kOrderEventCount = 12;

/// What an event does in a state.
enum class Move : std::uint8_t {
  kGo,      ///< the order is in `state` now
  kStay,    ///< legal or merely late; the state does not change
  kRefuse,  ///< contradicts what the venue said before
};

struct Transition {
  Move move;
  OrderState state;

  friend constexpr bool operator==(const Transition&, const Transition&) noexcept = default;
};

/// The state machine. A fill of a final order is refused as a transition, except that a late one of
/// a cancelled or expired order is applied, and makes it FILLED if it completes it: a venue's
/// answers may overtake each other. The money of a refused fill has moved all the same.
[[nodiscard]] Transition next_state(OrderState state, OrderEvent event) noexcept;

/// No report changes it any more, a late fill of a cancelled or expired order apart.
[[nodiscard]] constexpr bool is_final(OrderState state) noexcept {
  return state == OrderState::kFilled || state == OrderState::kCancelled ||
         state == OrderState::kExpired || state == OrderState::kRejected ||
         state == OrderState::kFailed;
}

[[nodiscard]] std::string_view to_string(OrderState state) noexcept;
[[nodiscard]] std::string_view to_string(OrderEvent event) noexcept;

}  // namespace writ::execution
