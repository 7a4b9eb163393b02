#include "host/plugin/delivery.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace writ::plugin {

std::uint32_t instrument_of(const writ_record& record) noexcept {
  // Every market record begins, after the header, with its instrument.
  const bool market =
      record.type >= WRIT_RECORD_BOOK_SNAPSHOT && record.type < WRIT_RECORD_SIGNAL_INPUT;
  if (!market || record.size < sizeof(writ_record) + sizeof(std::uint32_t)) return 0;
  std::uint32_t instrument = 0;
  std::memcpy(&instrument, reinterpret_cast<const std::byte*>(&record) + sizeof(writ_record),
              sizeof instrument);
  return instrument;
}

Delivery::Delivery(const Descriptor& descriptor, std::vector<std::uint32_t> instruments)
    : subscriptions_(descriptor.subscriptions), instruments_(std::move(instruments)) {}

bool Delivery::wants(const writ_record& record, Change change) {
  const auto* subscription = find(record.type);
  if (subscription == nullptr) return false;
  const auto instrument = instrument_of(record);
  if (instrument != 0 && !change.concerned &&
      !std::binary_search(instruments_.begin(), instruments_.end(), instrument)) {
    return false;
  }
  switch (subscription->trigger) {
    case WRIT_TRIGGER_EVENT:
      return true;
    case WRIT_TRIGGER_TOP:
      return change.top;
    case WRIT_TRIGGER_TRADE:
      return change.trade;
    case WRIT_TRIGGER_TIMER:
    case WRIT_TRIGGER_CONFLATED: {
      const auto [earliest, first] = earliest_.try_emplace({record.type, instrument}, INT64_MIN);
      if (record.ingest_ts < earliest->second) {
        ++conflated_;
        return false;
      }
      // A plugin may ask for any interval: one past the end of time never ends.
      earliest->second = record.ingest_ts > INT64_MAX - subscription->interval_ns
                             ? INT64_MAX
                             : record.ingest_ts + subscription->interval_ns;
      return true;
    }
    default:
      return false;
  }
}

void Delivery::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(earliest_.size()));
  for (const auto& [key, ts] : earliest_) {
    out.put(key.first);
    out.put(key.second);
    out.put(ts);
  }
}

bool Delivery::load(base::ByteReader& in) {
  earliest_.clear();
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto type = in.get<std::uint16_t>();
    const auto instrument = in.get<std::uint32_t>();
    earliest_[{type, instrument}] = in.get<std::int64_t>();
  }
  return in.ok();
}

}  // namespace writ::plugin
