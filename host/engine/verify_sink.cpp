#include "host/engine/verify_sink.hpp"

#include "host/model/catalogue.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <cstring>

namespace writ::engine {
namespace {

bool is_halt(const writ_record& record) {
  const auto* command = model::as<writ_command>(record);
  return command != nullptr && command->command == WRIT_OPERATOR_HALT;
}

}  // namespace

const writ_record* VerifySink::peek() {
  if (held_.empty() && !failure_) {
    const auto next = reader_.next();
    if (!next) {
      failure_ = next.error();
      return nullptr;
    }
    if (*next == nullptr) return nullptr;
    model::assign(held_, **next);
  }
  if (held_.empty()) return nullptr;
  return &model::record_in(held_);
}

Seq VerifySink::next_seq() const { return Seq{last_seq_ + 1}; }

base::Result<const writ_record*> VerifySink::next_input() {
  const auto* next = peek();
  if (failure_) return *failure_;
  if (next == nullptr) return nullptr;
  if (!model::is_input(*next)) {
    if (!difference_) {
      difference_ = {Seq{next->seq}, "recorded " + std::string(model::type_name(next->type)) +
                                         " was not derived again"};
    }
    return nullptr;
  }
  last_seq_ = next->seq;
  input_ = held_;
  consume();
  return &model::record_in(input_);
}

std::uint64_t VerifySink::put(writ_record& record) {
  record.seq = last_seq_ + 1;
  const auto id = record_id<IntentId>(run_, Seq{record.seq}).raw();
  if (difference_ || failure_) {
    ++last_seq_;
    return id;
  }
  const auto* expected = peek();
  if (record.type == WRIT_RECORD_CHECKPOINT && expected != nullptr && is_halt(*expected)) {
    return id;  // the journal failed while it was being written
  }
  if (expected == nullptr || model::is_input(*expected)) {
    // The end of a run that was killed is no difference: it had not come to record this.
    if (expected != nullptr) {
      difference_ = {Seq{record.seq},
                     "derived " + std::string(model::type_name(record.type)) + " is not on record"};
    }
    ++last_seq_;
    return id;
  }
  if (record.size != expected->size || std::memcmp(&record, expected, record.size) != 0) {
    difference_ = {Seq{expected->seq}, model::first_difference(*expected, record)};
  } else {
    ++compared_[record.type];
  }
  last_seq_ = expected->seq;
  consume();
  return id;
}

}  // namespace writ::engine
