#include "host/engine/rearbitration_sink.hpp"

#include "host/base/assert.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <utility>

namespace writ::engine {
namespace {

/// Whether the core makes the intent by itself: on a strategy's behalf, or out of the input.
bool is_made_by_core(const writ_intent& intent, const writ_record& input) {
  return (intent.flags & WRIT_INTENT_BY_HOST) != 0 || input.type == WRIT_RECORD_INTENT_INPUT;
}

/// Verdicts no rule book has a say in.
bool is_unjudged(const writ_verdict& verdict) {
  return verdict.reason == WRIT_REASON_PLUGIN_ERROR || verdict.reason == WRIT_REASON_RESTART;
}

bool is_stop(const writ_incident& told) {
  return told.code == WRIT_INCIDENT_PLUGIN_STOPPED || told.code == WRIT_INCIDENT_PLUGIN_DIFFERS ||
         told.code == WRIT_INCIDENT_QUARANTINED;
}

}  // namespace

// A batch was judged when each of its intents had its verdict; what its outcomes led to meanwhile
// is the next one.
void RearbitrationSink::set_recorded(const writ_record& input,
                                     const std::vector<const writ_record*>& consequences) {
  batches_.clear();
  made_by_core_.clear();
  verdicts_.clear();
  stopped_.clear();
  Batch batch;
  Batch next;
  std::size_t judged = 0;
  for (const auto* record : consequences) {
    if (const auto* intent = model::as<writ_intent>(*record)) {
      if ((intent->flags & WRIT_INTENT_WARMUP) != 0) continue;
      (judged == 0 ? batch : next).push_back(intent);
    } else if (const auto* verdict = model::as<writ_verdict>(*record)) {
      verdicts_[verdict->intent_id] = verdict;
      if (++judged < batch.size()) continue;
      add_batch(batch, input);
      batch = std::exchange(next, {});
      judged = 0;
    } else if (const auto* told = model::as<writ_incident>(*record)) {
      if (is_stop(*told)) stopped_.push_back(told->instance);
    }
  }
  add_batch(batch, input);
}

void RearbitrationSink::add_batch(const Batch& batch, const writ_record& input) {
  std::deque<const writ_intent*> by_plugins;
  for (const auto* intent : batch) {
    // One the crash left without a verdict was judged in another run.
    if (!verdicts_.contains(record_id<IntentId>(run_, Seq{intent->header.seq}).raw())) continue;
    (is_made_by_core(*intent, input) ? made_by_core_ : by_plugins).push_back(intent);
  }
  if (!by_plugins.empty()) batches_.push_back(std::move(by_plugins));
}

const writ_verdict* RearbitrationSink::past_verdict(std::uint64_t intent_id) const {
  const auto found = verdicts_.find(intent_id);
  return found != verdicts_.end() && is_unjudged(*found->second) ? found->second : nullptr;
}

// A batch at a time: its end is told once.
const writ_record* RearbitrationSink::take_unrepeated(std::uint16_t type, Whose whose,
                                                      std::uint32_t /*instance*/) {
  if (type != WRIT_RECORD_INTENT || whose != Whose::kLeftOut || batches_.empty()) return nullptr;
  auto& batch = batches_.front();
  if (batch.empty()) {
    batches_.pop_front();
    return nullptr;
  }
  const auto* intent = batch.front();
  batch.pop_front();
  return &intent->header;
}

std::uint64_t RearbitrationSink::past_id(const writ_record& record) const {
  return record_id<IntentId>(run_, Seq{record.seq}).raw();
}

std::uint32_t RearbitrationSink::take_stopped() {
  if (stopped_.empty()) return 0;
  const auto instance = stopped_.front();
  stopped_.pop_front();
  return instance;
}

std::uint64_t RearbitrationSink::seq_of(const writ_record& derived) {
  const auto* intent = model::as<writ_intent>(derived);
  if (intent == nullptr) return take_new_seq();
  const auto same =
      std::find_if(made_by_core_.begin(), made_by_core_.end(), [&](const writ_intent* recorded) {
        return recorded->instance == intent->instance &&
               recorded->instrument == intent->instrument && recorded->kind == intent->kind;
      });
  if (same == made_by_core_.end()) return take_new_seq();
  const auto seq = (*same)->header.seq;
  made_by_core_.erase(same);
  return seq;
}

std::uint64_t RearbitrationSink::put(writ_record& record) {
  record.seq = seq_of(record);
  derived_(record);
  return record_id<IntentId>(run_, Seq{record.seq}).raw();
}

}  // namespace writ::engine
