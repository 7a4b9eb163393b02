#include "host/plugin/record_check.hpp"

#include "host/model/record_view.hpp"
#include "host/plugin/utf8.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace writ::plugin {
namespace {

constexpr std::uint32_t kPluginFlags = WRIT_INTENT_POST_ONLY | WRIT_INTENT_REDUCE_ONLY |
                                       WRIT_INTENT_CLOSE_POSITION | WRIT_INTENT_WARMUP |
                                       WRIT_INTENT_OPAQUE_RATIONALE | WRIT_INTENT_NO_REDUCTION;
constexpr std::int64_t kOne = 1'000'000'000;

[[nodiscard]] constexpr std::uint32_t padded(std::uint32_t size) { return (size + 7U) / 8U * 8U; }

[[nodiscard]] constexpr bool within(std::uint32_t value, std::uint32_t first, std::uint32_t last) {
  return value >= first && value <= last;
}

/// Zero where the kind has no use for the field, one of the enumerators where it has.
[[nodiscard]] constexpr bool enumerated(std::uint32_t value, bool needed, std::uint32_t last) {
  return within(value, needed ? 1 : 0, last);
}

[[nodiscard]] bool enumerations_known(const writ_intent& intent) {
  if (!within(intent.kind, WRIT_INTENT_PLACE, WRIT_INTENT_NOOP)) return false;
  const bool place = intent.kind == WRIT_INTENT_PLACE;
  return enumerated(intent.side, place, WRIT_SIDE_SELL) &&
         enumerated(intent.order_type, place, WRIT_ORDER_MARKET) &&
         enumerated(intent.time_in_force, place, WRIT_TIF_GTD) &&
         enumerated(intent.urgency, place, WRIT_URGENCY_TAKER) &&
         within(intent.group_policy, WRIT_GROUP_NONE, WRIT_GROUP_ALL_OR_NONE_UNWIND);
}

[[nodiscard]] bool port_known(const Descriptor& publisher, std::uint32_t id) {
  return std::any_of(publisher.signals_out.begin(), publisher.signals_out.end(),
                     [id](const Port& port) { return port.id == id; });
}

}  // namespace

writ_status check_intent(const writ_intent& intent, JsonText& json) {
  if (intent.tags_size > kTagsMax || intent.rationale_size > kRationaleMax) return WRIT_E_INVALID;
  if (intent.header.size != sizeof intent + padded(intent.tags_size + intent.rationale_size)) {
    return WRIT_E_INVALID;
  }
  if (!enumerations_known(intent) || (intent.flags & ~kPluginFlags) != 0) return WRIT_E_INVALID;
  if (intent.confidence < 0 || intent.confidence > kOne || intent.ttl_ns < 0) return WRIT_E_INVALID;
  if ((intent.group_policy == WRIT_GROUP_NONE) != (intent.group_size == 0)) return WRIT_E_INVALID;
  if (intent.tags_size != 0 &&
      json.kind_of(model::tail_text(intent, intent.tags_size)) != JsonText::Kind::kArray) {
    return WRIT_E_INVALID;
  }
  const bool opaque = (intent.flags & WRIT_INTENT_OPAQUE_RATIONALE) != 0;
  if (intent.rationale_size != 0 && !opaque) {
    const auto text = model::tail_text(intent, intent.rationale_size, intent.tags_size);
    if (json.kind_of(text) == JsonText::Kind::kInvalid) return WRIT_E_INVALID;
  }
  return WRIT_OK;
}

writ_status check_signal(const writ_signal& signal, const Descriptor& publisher) {
  if (signal.header.size != sizeof signal) return WRIT_E_INVALID;
  if (!std::isfinite(signal.value) || (signal.flags & ~WRIT_SIGNAL_WARM) != 0)
    return WRIT_E_INVALID;
  return port_known(publisher, signal.signal) ? WRIT_OK : WRIT_E_NOT_FOUND;
}

writ_status check_signal_report(const writ_signal_report& report, const Descriptor& publisher,
                                JsonText& json) {
  if (report.payload_size > kPayloadMax) return WRIT_E_INVALID;
  if (report.header.size != sizeof report + padded(report.payload_size)) return WRIT_E_INVALID;
  if (!std::isfinite(report.value) || (report.flags & ~WRIT_SIGNAL_WARM) != 0)
    return WRIT_E_INVALID;
  if (report.reserved != 0 || ::strnlen(report.scope, sizeof report.scope) == sizeof report.scope) {
    return WRIT_E_INVALID;
  }
  if (!is_utf8(model::text_of(report.scope))) return WRIT_E_INVALID;
  if (json.kind_of(model::tail_text(report, report.payload_size)) != JsonText::Kind::kObject) {
    return WRIT_E_INVALID;
  }
  return port_known(publisher, report.signal) ? WRIT_OK : WRIT_E_NOT_FOUND;
}

}  // namespace writ::plugin
