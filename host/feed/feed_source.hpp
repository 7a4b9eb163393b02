#pragma once

#include <writ/abi/record.h>

#include <cstdint>
#include <optional>

namespace writ::feed {

/// Where market records come from: a tape, the simulated market, a venue. Deterministic sources
/// give the same records for the same start.
class FeedSource {
 public:
  virtual ~FeedSource() = default;

  /// Core time of the next record; nothing while there is none. [sequencer-thread]
  [[nodiscard]] virtual std::optional<std::int64_t> next_ts() = 0;

  /// Takes the next record: ingest_ts, event_ts and stream set, seq not. Valid until the next call.
  /// Needs next_ts() to have had a value. [sequencer-thread]
  [[nodiscard]] virtual const writ_record& take() = 0;

  /// No record will ever come again.
  [[nodiscard]] virtual bool exhausted() const = 0;
};

}  // namespace writ::feed
