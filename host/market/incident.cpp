#include "host/market/incident.hpp"

#include "host/model/record_view.hpp"

#include <writ/abi/journal.h>

namespace writ::market {

void report_incident(const IncidentFacts& facts, std::string_view text, model::RecordSink& sink) {
  auto fixed = model::make_record<writ_incident>();
  fixed.severity = facts.severity;
  fixed.code = facts.code;
  fixed.instrument = facts.instrument;
  fixed.cause_seq = facts.cause_seq;
  fixed.value.lo = facts.value;
  fixed.threshold.lo = facts.threshold;
  fixed.unit = facts.unit;
  fixed.text_size = static_cast<std::uint32_t>(text.size());
  model::RecordBuffer record;
  record.begin(fixed).append(text.data(), text.size());
  sink.append(record.finish());
}

}  // namespace writ::market
