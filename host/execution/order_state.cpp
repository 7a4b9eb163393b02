#include "host/execution/order_state.hpp"

#include "host/base/assert.hpp"

namespace writ::execution {
namespace {

/// A cell of the table: the next state, or one of two words.
enum class Cell : std::uint8_t {
  kAck = WRIT_ORDER_ACK,
  kOpen = WRIT_ORDER_OPEN,
  kPart = WRIT_ORDER_PARTIAL,
  kFill = WRIT_ORDER_FILLED,
  kCanc = WRIT_ORDER_CANCELLED,
  kExpi = WRIT_ORDER_EXPIRED,
  kReje = WRIT_ORDER_REJECTED,
  kUnkn = WRIT_ORDER_UNKNOWN,
  kFail = WRIT_ORDER_FAILED,
  kStay = 100,
  kNo = 101,
};
using enum Cell;

// A row for each state, a column for each event.
// Late answers to commands (an amendment of what has ended, cancel and replace rejected, an
// acknowledgement after a fill) change nothing anywhere. No answer is news only of an order nothing
// is known of.
// clang-format off
constexpr Cell kTable[kOrderStateCount][kOrderEventCount] = {
//              acknow. opened reject. cancel. expir. c.rej. repl.  r.rej. unansw. failed f.part f.whole
/* NEW       */ {kAck,  kOpen, kReje,  kCanc,  kExpi, kStay, kOpen, kStay, kUnkn,  kFail, kPart, kFill},
/* ACK       */ {kStay, kOpen, kReje,  kCanc,  kExpi, kStay, kOpen, kStay, kStay,  kNo,   kPart, kFill},
/* OPEN      */ {kStay, kStay, kNo,    kCanc,  kExpi, kStay, kStay, kStay, kStay,  kNo,   kPart, kFill},
/* PARTIAL   */ {kStay, kStay, kNo,    kCanc,  kExpi, kStay, kStay, kStay, kStay,  kNo,   kPart, kFill},
/* FILLED    */ {kStay, kStay, kNo,    kStay,  kStay, kStay, kStay, kStay, kStay,  kNo,   kNo,   kNo},
/* CANCELLED */ {kStay, kStay, kNo,    kStay,  kStay, kStay, kStay,  kStay, kStay,  kNo,   kStay, kFill},
/* EXPIRED   */ {kStay, kStay, kNo,    kStay,  kStay, kStay, kStay, kStay, kStay,  kNo,   kStay, kFill},
/* REJECTED  */ {kNo,   kNo,   kStay,  kNo,    kNo,   kStay, kNo,   kStay, kStay,  kStay, kNo,   kNo},
/* UNKNOWN   */ {kAck,  kOpen, kReje,  kCanc,  kExpi, kStay, kOpen, kStay, kStay,  kFail, kPart, kFill},
/* FAILED    */ {kNo,   kNo,   kStay,  kNo,    kNo,   kStay, kNo,   kStay, kStay,  kStay, kNo,   kNo},
};
// clang-format on

}  // namespace

Transition next_state(OrderState state, OrderEvent event) noexcept {
  const auto row = static_cast<std::size_t>(state) - WRIT_ORDER_NEW;
  const auto column = static_cast<std::size_t>(event);
  WRIT_ASSERT(row < kOrderStateCount && column < kOrderEventCount);
  const Cell cell = kTable[row][column];
  if (cell == kStay) return {Move::kStay, state};
  if (cell == kNo) return {Move::kRefuse, state};
  return {Move::kGo, static_cast<OrderState>(cell)};
}

std::string_view to_string(OrderState state) noexcept {
  switch (state) {
    case OrderState::kNew:
      return "NEW";
    case OrderState::kAck:
      return "ACK";
    case OrderState::kOpen:
      return "OPEN";
    case OrderState::kPartial:
      return "PARTIAL";
    case OrderState::kFilled:
      return "FILLED";
    case OrderState::kCancelled:
      return "CANCELLED";
    case OrderState::kExpired:
      return "EXPIRED";
    case OrderState::kRejected:
      return "REJECTED";
    case OrderState::kUnknown:
      return "UNKNOWN";
    case OrderState::kFailed:
      return "FAILED";
  }
  return "?";
}

std::string_view to_string(OrderEvent event) noexcept {
  switch (event) {
    case OrderEvent::kAcknowledged:
      return "acknowledged";
    case OrderEvent::kOpened:
      return "opened";
    case OrderEvent::kRejected:
      return "rejected";
    case OrderEvent::kCancelled:
      return "cancelled";
    case OrderEvent::kExpired:
      return "expired";
    case OrderEvent::kCancelRejected:
      return "cancel rejected";
    case OrderEvent::kReplaced:
      return "replaced";
    case OrderEvent::kReplaceRejected:
      return "replace rejected";
    case OrderEvent::kUnanswered:
      return "unanswered";
    case OrderEvent::kFailed:
      return "failed";
    case OrderEvent::kFilledPart:
      return "filled in part";
    case OrderEvent::kFilledWhole:
      return "filled";
  }
  return "?";
}

}  // namespace writ::execution
