#pragma once

#include "host/model/record_sink.hpp"

#include <writ/abi/journal.h>

#include <cstdint>
#include <string_view>

namespace writ::execution {

/// What an incident of execution is about.
struct OrderIncident {
  std::uint16_t code;
  std::uint16_t severity;
  std::uint32_t account = 0;
  std::uint32_t instrument = 0;
  std::uint32_t instance = 0;
  std::uint64_t cause_seq = 0;
};

/// Puts one incident with a line of text on record.
void append_incident(const OrderIncident& incident, std::string_view text, model::RecordSink& sink);

}  // namespace writ::execution
