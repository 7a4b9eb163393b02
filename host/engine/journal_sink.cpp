#include "host/engine/journal_sink.hpp"

namespace writ::engine {

bool JournalSink::append_input(writ_record& input) {
  if (failure_ && !reserve_) return false;
  const auto seq = writer_.append(input, reserve_);
  if (!seq && !failure_) failure_ = seq.error();
  return seq.has_value();
}

std::uint64_t JournalSink::put(writ_record& record) {
  if (failure_ && !reserve_) return 0;
  const auto seq = writer_.append(record, reserve_);
  if (!seq && !failure_) failure_ = seq.error();
  return seq ? record_id<IntentId>(run_, *seq).raw() : 0;
}

}  // namespace writ::engine
