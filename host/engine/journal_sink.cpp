#include "host/engine/journal_sink.hpp"

namespace writ::engine {

void JournalSink::append_input(writ_record& input) {
  if (failure_) return;
  const auto seq = writer_.append(input, reserve_);
  if (!seq) failure_ = seq.error();
}

std::uint64_t JournalSink::put(writ_record& record) {
  if (failure_) return 0;
  const auto seq = writer_.append(record, reserve_);
  if (!seq) {
    failure_ = seq.error();
    return 0;
  }
  return record_id<IntentId>(run_, *seq).raw();
}

}  // namespace writ::engine
