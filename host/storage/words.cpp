#include "host/storage/words.hpp"

#include "host/model/names.hpp"
#include "host/model/utf8_text.hpp"

#include <writ/abi/journal.h>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

namespace writ::storage {

std::string_view mode_word(std::uint32_t mode) noexcept {
  return mode == WRIT_MODE_REPLAY ? "BACKTEST" : model::kModeWords.text(mode);
}

std::string_view side_word(std::uint16_t side) noexcept {
  return side == WRIT_SIDE_NONE ? std::string_view() : model::kSideWords.text(side);
}

std::string_view urgency_word(std::uint16_t urgency) noexcept {
  return urgency == 0 ? "Neutral" : model::kUrgencyWords.text(urgency);
}

std::string_view incident_word(std::uint16_t code) noexcept {
  switch (code) {
    case WRIT_INCIDENT_STALE_FEED:
      return "STALE_STATE";
    case WRIT_INCIDENT_HALT:
      return "RISK_HALT";
    case WRIT_INCIDENT_ORDER_REJECTED:
      return "EXEC_ERROR";
    case WRIT_INCIDENT_KILL:
      return "KILL_SWITCH";
    default:
      return model::kIncidentWords.text(code);
  }
}

std::string_view entry_word(std::uint16_t ledger, std::uint16_t kind) noexcept {
  // A perpetual's realised result moves cash as a trade does; what a deposit or a settlement does
  // to a result is an adjustment of it.
  if (ledger == WRIT_LEDGER_CASH && kind == WRIT_ENTRY_REALIZED) return "trade";
  if (ledger == WRIT_LEDGER_PNL) {
    if (kind == WRIT_ENTRY_TRADE) return "realized";
    if (kind == WRIT_ENTRY_DEPOSIT || kind == WRIT_ENTRY_WITHDRAWAL ||
        kind == WRIT_ENTRY_SETTLEMENT) {
      return "adjustment";
    }
  }
  return model::kEntryWords.text(kind);
}

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string(model::utf8_text(text)));
}

std::string queryable_json(std::string_view json) {
  constexpr std::size_t kDigitsMax = 3;      // of an exponent
  constexpr std::size_t kIntegerMax = 1000;  // digits of a number without one
  bool fits = json.find("\\u0000") == json.npos && json.find("\\ud") == json.npos &&
              json.find("\\uD") == json.npos;
  std::size_t digits = 0;
  bool exponent = false;
  for (const char c : json) {
    if (c >= '0' && c <= '9') {
      if (++digits > (exponent ? kDigitsMax : kIntegerMax)) fits = false;
    } else if (!(exponent && digits == 0 && (c == '+' || c == '-'))) {
      exponent = digits > 0 && (c == 'e' || c == 'E');
      digits = 0;
    }
  }
  return fits ? std::string(json) : R"({"text":)" + quoted(json) + "}";
}

int unit_scale(std::uint32_t unit) noexcept {
  switch (unit) {
    case WRIT_UNIT_MONEY:
      return 18;
    case WRIT_UNIT_PRICE:
    case WRIT_UNIT_QUANTITY:
    case WRIT_UNIT_RATE:
      return 9;
    default:
      return 0;
  }
}

bool is_final(std::uint16_t order_state) noexcept {
  return order_state == WRIT_ORDER_FILLED || order_state == WRIT_ORDER_CANCELLED ||
         order_state == WRIT_ORDER_EXPIRED || order_state == WRIT_ORDER_REJECTED ||
         order_state == WRIT_ORDER_FAILED;
}

bool is_acknowledged(std::uint16_t order_state) noexcept {
  return order_state >= WRIT_ORDER_ACK && order_state <= WRIT_ORDER_FILLED;
}

}  // namespace writ::storage
