#include "host/engine/journal_sink.hpp"

#include "host/model/catalogue.hpp"

namespace writ::engine {

base::Result<Seq> JournalSink::give_seq(writ_record& record, bool use_reserve) {
  if (writer_ != nullptr) return writer_->append(record, use_reserve);
  if (const char* wrong = model::validate(record)) {
    return base::Error(base::Errc::kInvalid, wrong, record.type);
  }
  record.seq = unkept_seq_++;
  return Seq{record.seq};
}

bool JournalSink::append_input(writ_record& input) {
  if (failure_ && !reserve_) return false;
  const auto seq = give_seq(input, reserve_);
  if (!seq && !failure_) failure_ = seq.error();
  if (stage_times_) stage_times_->reached(Stage::kSequenced);
  return seq.has_value();
}

std::uint64_t JournalSink::put(writ_record& record) {
  auto seq = give_seq(record, false);
  if (!seq) {
    if (!failure_) failure_ = seq.error();
    // A checkpoint that was cut off is no checkpoint: the reserve is not for it.
    if (record.type != WRIT_RECORD_CHECKPOINT) seq = give_seq(record, true);
  }
  if (!seq) {
    record.seq = 0;
    return 0;
  }
  if (stage_times_) {
    if (record.type == WRIT_RECORD_INTENT) stage_times_->reached(Stage::kJournal);
    if (record.type == WRIT_RECORD_VERDICT) stage_times_->reached(Stage::kVerdict);
  }
  return record_id<IntentId>(run_, *seq).raw();
}

}  // namespace writ::engine
