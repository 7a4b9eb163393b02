#pragma once

#include <writ/abi/record.h>
#include <writ/ids.hpp>

#include <cstdint>

namespace writ::model {

/// Where the core's modules put the records they derive. The one behind it in a run appends to the
/// journal; in a verification it compares with the record; in a restart it gives back what was
/// recorded. [sequencer-thread]
class RecordSink {
 public:
  virtual ~RecordSink() = default;

  /// Number of the run the next record will belong to, and its place there. Together they are the
  /// id of what the record creates, known before it is appended.
  [[nodiscard]] virtual RunNumber run() const = 0;
  [[nodiscard]] virtual Seq next_seq() const = 0;

  /// Stamps seq, event_ts and ingest_ts (those of the input being handled), appends, and returns
  /// the id of what the record created. On return `record` holds what is on record: the same bytes
  /// in a run; in a restart, those of the past.
  virtual std::uint64_t append(writ_record& record) = 0;

  /// The id of what the next record creates.
  template <class Id>
  [[nodiscard]] Id next_id() const {
    return record_id<Id>(run(), next_seq());
  }
};

}  // namespace writ::model
