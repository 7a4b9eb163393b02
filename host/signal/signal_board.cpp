#include "host/signal/signal_board.hpp"

#include "host/base/assert.hpp"
#include "host/base/byte_stream.hpp"

#include <algorithm>
#include <utility>

namespace writ::signal {
namespace {

// A report begins like a signal, so both are read as one.
const writ_signal& common_part(const writ_record& record) {
  WRIT_ASSERT(record.type == WRIT_RECORD_SIGNAL || record.type == WRIT_RECORD_SIGNAL_REPORT ||
              record.type == WRIT_RECORD_SIGNAL_INPUT ||
              record.type == WRIT_RECORD_SIGNAL_REPORT_INPUT);
  WRIT_ASSERT(record.size >= sizeof(writ_signal));
  return reinterpret_cast<const writ_signal&>(record);
}

static_assert(offsetof(writ_signal, value) == offsetof(writ_signal_report, value));
static_assert(offsetof(writ_signal, instrument) == offsetof(writ_signal_report, instrument));

}  // namespace

void SignalBoard::disconnect(std::uint32_t subscriber) {
  std::erase_if(wires_, [&](const Wire& wire) { return wire.subscriber == subscriber; });
}

void SignalBoard::post(const writ_record& value) {
  const auto& signal = common_part(value);
  latest_[{signal.instance, signal.signal, signal.instrument}] = {
      signal.flags, signal.header.ingest_ts, signal.value};
}

std::vector<writ_signal_value> SignalBoard::values_for(std::uint32_t subscriber,
                                                       std::uint32_t instrument) const {
  std::vector<writ_signal_value> values;
  for (const auto& wire : wires_) {
    if (wire.subscriber != subscriber) continue;
    for (const std::uint32_t about : {instrument, std::uint32_t{0}}) {
      const auto found = latest_.find({wire.publisher, wire.signal, about});
      if (found == latest_.end()) continue;
      values.push_back({wire.publisher, wire.port, about, found->second.flags,
                        found->second.ingest_ts, found->second.value});
      if (instrument == 0) break;
    }
  }
  return values;
}

bool SignalBoard::feeds(const writ_record& value, std::uint32_t subscriber) const {
  const auto& signal = common_part(value);
  return std::any_of(wires_.begin(), wires_.end(), [&](const Wire& wire) {
    return wire.subscriber == subscriber && wire.publisher == signal.instance &&
           wire.signal == signal.signal;
  });
}

std::vector<std::byte> SignalBoard::save() const {
  base::ByteWriter out;
  out.put(static_cast<std::uint64_t>(latest_.size()));
  for (const auto& [key, latest] : latest_) {
    out.put(std::get<0>(key));
    out.put(std::get<1>(key));
    out.put(std::get<2>(key));
    out.put(latest.flags);
    out.put(latest.ingest_ts);
    out.put_double(latest.value);
  }
  return out.take();
}

base::Result<void> SignalBoard::load(std::span<const std::byte> state) {
  base::ByteReader in{state};
  std::map<Key, Latest> latest;
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto publisher = in.get<std::uint32_t>();
    const auto signal = in.get<std::uint32_t>();
    const auto instrument = in.get<std::uint32_t>();
    const auto flags = in.get<std::uint32_t>();
    const auto ingest_ts = in.get<std::int64_t>();
    latest[{publisher, signal, instrument}] = {flags, ingest_ts, in.get_double()};
  }
  if (!in.complete()) return base::Error{base::Errc::kCorrupt, "signal values"};
  latest_ = std::move(latest);
  return {};
}

}  // namespace writ::signal
