#include "host/engine/core_sink.hpp"

#include "host/base/assert.hpp"
#include "host/execution/orders.hpp"
#include "host/model/record_view.hpp"

namespace writ::engine {

void CoreSink::begin(const writ_record& input) {
  WRIT_ASSERT(model::is_input(input));
  WRIT_ASSERT(input.ingest_ts >= now_);  // core time never goes back
  event_ts_ = input.event_ts;
  now_ = input.ingest_ts;
  input_seq_ = input.seq;
  derived_ = false;
  count(input);
}

std::uint64_t CoreSink::append(writ_record& record) {
  WRIT_ASSERT(!model::is_input(record));
  WRIT_ASSERT(record.size >= sizeof(writ_record) && record.size % 8 == 0);
  derived_ = true;
  record.stream = 0;
  record.event_ts = event_ts_;
  record.ingest_ts = now_;
  const std::uint64_t id = put(record);
  if (id != 0) {
    count(record);
    if (listener_) listener_(record);
  } else if (const auto* order = model::as<writ_order>(record)) {
    // Not on record: no order is made or amended, but a cancel goes out all the same, and what the
    // venue said of an order stays so.
    if (!execution::Orders::makes_or_amends(*order)) orders_.push_back(*order);
  }
  if (record.type == WRIT_RECORD_INCIDENT && incident_listener_) incident_listener_(record);
  return id;
}

void CoreSink::count(const writ_record& record) {
  summary_.add(record);
  if (model::is_input(record)) return;
  if (tables_ != nullptr) hashes_.add(record, *tables_);
  if (const auto* order = model::as<writ_order>(record)) orders_.push_back(*order);
}

}  // namespace writ::engine
