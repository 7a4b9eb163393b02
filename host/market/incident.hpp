#pragma once

#include "host/model/record_sink.hpp"

#include <writ/abi/journal.h>
#include <writ/abi/outcome.h>

#include <cstdint>
#include <string_view>

namespace writ::market {

/// What a person must be able to find, without its text.
struct IncidentFacts {
  std::uint16_t code = 0;  ///< WRIT_INCIDENT_*
  std::uint16_t severity = WRIT_SEVERITY_WARN;
  std::uint32_t instrument = 0;
  std::uint64_t cause_seq = 0;
  std::uint64_t value = 0;  ///< never negative here
  std::uint64_t threshold = 0;
  std::uint32_t unit = WRIT_UNIT_NONE;
};

/// Puts an incident with one line of text on record.
void report_incident(const IncidentFacts& facts, std::string_view text, model::RecordSink& sink);

}  // namespace writ::market
