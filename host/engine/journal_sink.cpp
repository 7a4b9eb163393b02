#include "host/engine/journal_sink.hpp"

namespace writ::engine {

bool JournalSink::append_input(writ_record& input) {
  if (failure_ && !reserve_) return false;
  const auto seq = writer_.append(input, reserve_);
  if (!seq && !failure_) failure_ = seq.error();
  return seq.has_value();
}

std::uint64_t JournalSink::put(writ_record& record) {
  auto seq = writer_.append(record);
  if (!seq) {
    if (!failure_) failure_ = seq.error();
    // A checkpoint that was cut off is no checkpoint: the reserve is not for it.
    if (record.type != WRIT_RECORD_CHECKPOINT) seq = writer_.append(record, true);
  }
  if (!seq) {
    record.seq = 0;
    return 0;
  }
  return record_id<IntentId>(run_, *seq).raw();
}

}  // namespace writ::engine
