#include "host/engine/restart_sink.hpp"

#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace writ::engine {
namespace {

// Records an instance makes begin, after the header, with its number.
bool made_by_instance(std::uint16_t type) {
  return type == WRIT_RECORD_SNAPSHOT || type == WRIT_RECORD_SIGNAL || type == WRIT_RECORD_INTENT ||
         type == WRIT_RECORD_SIGNAL_REPORT || type == WRIT_RECORD_TIMER || type == WRIT_RECORD_LOG;
}

bool by_host(const writ_intent& intent) { return (intent.flags & WRIT_INTENT_BY_HOST) != 0; }

std::uint32_t maker_of(const writ_record& record) {
  if (!made_by_instance(record.type)) return 0;
  if (const auto* intent = model::as<writ_intent>(record); intent && by_host(*intent)) return 0;
  std::uint32_t instance = 0;
  std::memcpy(&instance, reinterpret_cast<const std::byte*>(&record) + sizeof(writ_record),
              sizeof instance);
  return instance;
}

/// The instance a record would not be there without, or that it is about; 0 = none.
std::uint32_t instance_of(const writ_record& record) {
  if (const auto* order = model::as<writ_order>(record)) return order->instance;
  if (const auto* incident = model::as<writ_incident>(record)) return incident->instance;
  return maker_of(record);
}

/// Whether two records of what follows one input can be the same one.
bool same_subject(const writ_record& a, const writ_record& b) {
  if (a.type != b.type || instance_of(a) != instance_of(b)) return false;
  if (const auto* intent = model::as<writ_intent>(a); intent != nullptr && by_host(*intent)) {
    const auto* other = model::as<writ_intent>(b);
    return by_host(*other) && intent->instance == other->instance &&
           intent->instrument == other->instrument && intent->kind == other->kind;
  }
  if (const auto* verdict = model::as<writ_verdict>(a)) {
    return verdict->intent_id == model::as<writ_verdict>(b)->intent_id;
  }
  if (const auto* order = model::as<writ_order>(a)) {
    const auto* other = model::as<writ_order>(b);
    return order->intent_id == other->intent_id && order->leg == other->leg &&
           order->cause_seq == other->cause_seq;
  }
  if (const auto* incident = model::as<writ_incident>(a)) {
    const auto* other = model::as<writ_incident>(b);
    return incident->code == other->code && incident->instrument == other->instrument;
  }
  return true;
}

}  // namespace

void RestartSink::set_past(std::vector<PastRecord> consequences, bool last) {
  consequences_ = std::move(consequences);
  last_ = last;
  unmatched_ = 0;
  snapshots_.clear();
}

std::size_t RestartSink::unmatched() const {
  const auto waiting =
      std::count_if(consequences_.begin(), consequences_.end(), [&](const PastRecord& past) {
        // A checkpoint that was cut off is not missed, nor a line of a log, nor what a start that
        // came to nothing had to record.
        const bool counts = past.record->type != WRIT_RECORD_CHECKPOINT &&
                            past.record->type != WRIT_RECORD_LOG && past.run == past_;
        return counts && !past.used && !left_out(instance_of(*past.record));
      });
  return unmatched_ + static_cast<std::size_t>(waiting);
}

RestartSink::PastRecord* RestartSink::find(const writ_record& record) {
  const auto found = std::find_if(
      consequences_.begin(), consequences_.end(),
      [&](const PastRecord& past) { return !past.used && same_subject(*past.record, record); });
  return found == consequences_.end() ? nullptr : &*found;
}

std::uint64_t RestartSink::put(writ_record& record) {
  auto* found = find(record);
  if (found == nullptr) return put_unrecorded(record);
  if (const auto maker = maker_of(record); maker != 0 && !is_repeated(record, *found)) {
    if (record.type != WRIT_RECORD_LOG) note_difference(maker);
    return 0;
  }
  found->used = true;
  if (record.type == WRIT_RECORD_SNAPSHOT) snapshots_.push_back(found);
  if (record.size == found->record->size) {
    std::memcpy(&record, found->record, record.size);
  } else {
    ++unmatched_;
  }
  return record_id<IntentId>(found->run, Seq{found->record->seq}).raw();
}

bool RestartSink::is_repeated(writ_record& record, const PastRecord& past) {
  const auto* intent = model::as<writ_intent>(*past.record);
  if (intent == nullptr || past.run == past_) return model::same_payload(record, *past.record);
  // It was completed by a start that came to nothing, with its snapshot taken along.
  for (auto& snapshot : consequences_) {
    if (snapshot.run == past.run && snapshot.record->seq == intent->snapshot_seq) {
      snapshot.used = true;
    }
  }
  reinterpret_cast<writ_intent&>(record).snapshot_seq = intent->snapshot_seq;
  return model::same_payload(record, *past.record);
}

// An intent names its snapshot by its place in the run: one made before the crash is put on record
// once more, beside the intent.
void RestartSink::take_snapshot_along(writ_intent& intent) {
  const auto made =
      std::find_if(snapshots_.rbegin(), snapshots_.rend(), [&](const PastRecord* past) {
        return past->record->seq == intent.snapshot_seq &&
               maker_of(*past->record) == intent.instance;
      });
  if (made == snapshots_.rend()) return;
  for (auto& copy : consequences_) {
    if (copy.run != past_ && !copy.used && copy.record->type == WRIT_RECORD_SNAPSHOT &&
        model::same_payload(*copy.record, *(*made)->record)) {
      copy.used = true;
    }
  }
  auto words = model::words_of(*(*made)->record);
  auto& again = model::record_in(words);
  journal_.append(again);
  intent.snapshot_seq = again.seq;
}

// Derived, but not on record.
std::uint64_t RestartSink::put_unrecorded(writ_record& record) {
  writ_order* order = nullptr;
  if (record.type == WRIT_RECORD_ORDER) order = &reinterpret_cast<writ_order&>(record);
  if (last_) {
    // The crash came first. An order nobody had heard of is not sent so much later.
    if (order != nullptr && order->command == WRIT_COMMAND_SEND) {
      order->state = WRIT_ORDER_FAILED;
      order->command = WRIT_COMMAND_NONE;
      order->reason = WRIT_REPORT_REASON_RESTART;
    }
    if (record.type == WRIT_RECORD_INTENT) {
      take_snapshot_along(reinterpret_cast<writ_intent&>(record));
    }
    return journal_.append(record);
  }
  if (order != nullptr) order->command = WRIT_COMMAND_NONE;
  if (left_out(instance_of(record))) return 0;  // of the call in which it first did otherwise
  if (const auto maker = maker_of(record); maker == 0) {
    ++unmatched_;
  } else if (record.type != WRIT_RECORD_LOG) {
    note_difference(maker);
  }
  return 0;
}

void RestartSink::note_difference(std::uint32_t instance) {
  differing_.insert(instance);
  left_out_.insert(instance);
}

const writ_verdict* RestartSink::past_verdict(std::uint64_t intent_id) const {
  for (const auto& past : consequences_) {
    const auto* verdict = model::as<writ_verdict>(*past.record);
    if (verdict != nullptr && verdict->intent_id == intent_id) return verdict;
  }
  return nullptr;
}

const writ_record* RestartSink::take_unrepeated(std::uint16_t type, Whose whose,
                                                std::uint32_t instance) {
  for (auto& past : consequences_) {
    const auto its = instance_of(*past.record);
    if (past.used || past.record->type != type || (instance != 0 && its != instance)) continue;
    if (!left_out(its)) {
      if (whose == Whose::kLeftOut) continue;
      ++unmatched_;
      if (maker_of(*past.record) != 0) note_difference(its);
    }
    past.used = true;
    return past.record;
  }
  return nullptr;
}

std::uint64_t RestartSink::past_id(const writ_record& record) const {
  const auto found = std::find_if(consequences_.begin(), consequences_.end(),
                                  [&](const PastRecord& past) { return past.record == &record; });
  return found == consequences_.end() ? 0 : record_id<IntentId>(found->run, Seq{record.seq}).raw();
}

bool RestartSink::carried_out(const writ_verdict& verdict, std::uint64_t intent_id) const {
  if (!last_) return true;
  return std::any_of(consequences_.begin(), consequences_.end(), [&](const PastRecord& past) {
    const auto* order = model::as<writ_order>(*past.record);
    return order != nullptr && order->cause_seq == verdict.header.seq &&
           order->intent_id == intent_id;
  });
}

}  // namespace writ::engine
