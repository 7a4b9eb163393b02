#pragma once

#include "host/engine/core_sink.hpp"
#include "host/model/record_words.hpp"

#include <writ/abi/intent.h>
#include <writ/abi/journal.h>
#include <writ/abi/outcome.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <vector>

namespace writ::engine {

/// The sink of a run judged again: no plugin is called, the intents on record are judged as they
/// stand, in the batches they were judged in, and what is derived goes nowhere but to whoever
/// listens. Recorded records keep their ids; what is new is numbered far above them.
/// [sequencer-thread]
class RearbitrationSink final : public CoreSink {
 public:
  using Listener = std::function<void(const writ_record& derived)>;

  /// `derived` is called with every derived record, its seq set.
  RearbitrationSink(RunNumber run, Listener derived) : run_(run), derived_(std::move(derived)) {}

  /// The next input and what follows it on record; the records must stay until the next call.
  void set_recorded(const writ_record& input, const std::vector<const writ_record*>& consequences);

  /// A seq no recorded record has.
  [[nodiscard]] std::uint64_t take_new_seq() { return ++last_new_seq_; }

  [[nodiscard]] RunNumber run() const override { return run_; }
  [[nodiscard]] Seq next_seq() const override { return Seq{last_new_seq_ + 1}; }
  [[nodiscard]] bool knows_past() const override { return true; }
  [[nodiscard]] const writ_verdict* past_verdict(std::uint64_t intent_id) const override;
  [[nodiscard]] const writ_record* take_unrepeated(std::uint16_t type, Whose whose,
                                                   std::uint32_t instance) override;
  [[nodiscard]] std::uint64_t past_id(const writ_record& record) const override;
  [[nodiscard]] std::uint32_t take_stopped() override;
  [[nodiscard]] bool left_out(std::uint32_t /*instance*/) const override { return true; }

 protected:
  std::uint64_t put(writ_record& record) override;

 private:
  using Batch = std::vector<const writ_intent*>;

  void add_batch(const Batch& batch, const writ_record& input);
  [[nodiscard]] std::uint64_t seq_of(const writ_record& derived);

  RunNumber run_;
  Listener derived_;
  std::uint64_t last_new_seq_ = std::uint64_t{1} << 39U;
  std::deque<std::deque<const writ_intent*>> batches_;  // by plugins, not judged again yet
  std::deque<const writ_intent*> made_by_core_;         // made again by it, if at all
  std::deque<std::uint32_t> stopped_;
  std::map<std::uint64_t, const writ_verdict*> verdicts_;  // on record, by intent
};

}  // namespace writ::engine
