#include "host/execution/order_incident.hpp"

#include "host/model/record_view.hpp"

namespace writ::execution {

void append_incident(const OrderIncident& incident, std::string_view text,
                     model::RecordSink& sink) {
  auto fixed = model::make_record<writ_incident>();
  fixed.code = incident.code;
  fixed.severity = incident.severity;
  fixed.account = incident.account;
  fixed.instrument = incident.instrument;
  fixed.instance = incident.instance;
  fixed.cause_seq = incident.cause_seq;
  fixed.text_size = static_cast<std::uint32_t>(text.size());
  model::RecordBuffer buffer;
  buffer.begin(fixed).append(text.data(), text.size());
  sink.append(buffer.finish());
}

}  // namespace writ::execution
