#include "host/engine/restart_sink.hpp"

#include <algorithm>
#include <cstring>

#include "host/model/record_view.hpp"

namespace writ::engine {
namespace {

// Records an instance makes begin, after the header, with its number.
bool made_by_instance(std::uint16_t type) {
  return type == WRIT_RECORD_SNAPSHOT || type == WRIT_RECORD_SIGNAL || type == WRIT_RECORD_INTENT ||
         type == WRIT_RECORD_SIGNAL_REPORT || type == WRIT_RECORD_TIMER || type == WRIT_RECORD_LOG;
}

std::uint32_t maker_of(const writ_record& record) {
  if (!made_by_instance(record.type)) return 0;
  std::uint32_t instance = 0;
  std::memcpy(&instance, reinterpret_cast<const std::byte*>(&record) + sizeof(writ_record),
              sizeof instance);
  return instance;
}

bool same_payload(const writ_record& a, const writ_record& b) {
  return a.size == b.size && std::memcmp(&a + 1, &b + 1, a.size - sizeof(writ_record)) == 0;
}

}  // namespace

void RestartSink::set_past(std::vector<const writ_record*> consequences, bool last) {
  consequences_.clear();
  for (const auto* record : consequences) consequences_.push_back({record, false});
  last_ = last;
}

std::size_t RestartSink::unmatched() const {
  return static_cast<std::size_t>(
      std::count_if(consequences_.begin(), consequences_.end(), [](const Past& past) {
        return !past.used && past.record->type != WRIT_RECORD_VERDICT;
      }));
}

std::uint64_t RestartSink::past_id(const writ_record& record) const {
  return record_id<IntentId>(past_, Seq{record.seq}).raw();
}

std::uint64_t RestartSink::put(writ_record& record) {
  const auto maker = maker_of(record);
  const auto found =
      std::find_if(consequences_.begin(), consequences_.end(), [&](const Past& past) {
        return !past.used && past.record->type == record.type && maker_of(*past.record) == maker;
      });
  if (found == consequences_.end()) {
    if (last_) return journal_.append(record);  // the crash came before it could be recorded
    if (maker != 0) differing_.insert(maker);
    return 0;
  }
  if (maker != 0 && !same_payload(record, *found->record)) {
    differing_.insert(maker);
    return 0;
  }
  found->used = true;
  if (record.size == found->record->size) std::memcpy(&record, found->record, record.size);
  return past_id(*found->record);
}

const writ_verdict* RestartSink::past_verdict(std::uint64_t intent_id) const {
  for (const auto& past : consequences_) {
    const auto* verdict = model::as<writ_verdict>(*past.record);
    if (verdict != nullptr && verdict->intent_id == intent_id) return verdict;
  }
  return nullptr;
}

const writ_intent* RestartSink::take_unrepeated_intent() {
  for (auto& past : consequences_) {
    if (past.used) continue;
    if (const auto* intent = model::as<writ_intent>(*past.record)) {
      past.used = true;
      return intent;
    }
  }
  return nullptr;
}

bool RestartSink::past_order(std::uint64_t intent_id) const {
  return std::any_of(consequences_.begin(), consequences_.end(), [&](const Past& past) {
    const auto* order = model::as<writ_order>(*past.record);
    return order != nullptr && order->intent_id == intent_id;
  });
}

}  // namespace writ::engine
