#pragma once

#include "host/engine/journal_sink.hpp"

#include <cstddef>
#include <set>
#include <vector>

namespace writ::engine {

/// A restart's sink. What the core derives from an input of the dead run is looked up among what
/// that run recorded after the input: the past decides. What it had not come to record when it died
/// is appended to the new run's journal; an order it had not come to record is not sent any more
/// but recorded as FAILED. [sequencer-thread]
class RestartSink final : public CoreSink {
 public:
  /// A derived record of the past, and the run whose journal holds it.
  struct PastRecord {
    const writ_record* record = nullptr;
    RunNumber run{0};
    bool used = false;
  };

  RestartSink(JournalSink& journal, RunNumber past) : journal_(journal), past_(past) {}

  /// What follows the next input on record. `last`: nothing follows that, so that the crash may
  /// have cut consequences off. The records must stay until the next call.
  void set_past(std::vector<PastRecord> consequences, bool last);

  /// The instance has no part in the fold: what is on record of it counts as recorded.
  void leave_out(std::uint32_t instance) { left_out_.insert(instance); }

  /// Consequences of the current input that are on record and were not derived again, or the other
  /// way round. Anything but zero, with the same build and configuration, is a defect.
  [[nodiscard]] std::size_t unmatched() const;

  /// Instances that did otherwise than is on record.
  [[nodiscard]] const std::set<std::uint32_t>& differing() const noexcept { return differing_; }

  [[nodiscard]] RunNumber run() const override { return journal_.run(); }
  [[nodiscard]] Seq next_seq() const override { return journal_.next_seq(); }
  [[nodiscard]] bool knows_past() const override { return true; }
  [[nodiscard]] bool restarting() const override { return true; }
  [[nodiscard]] RunNumber input_run() const override { return past_; }
  [[nodiscard]] const writ_verdict* past_verdict(std::uint64_t intent_id) const override;
  [[nodiscard]] const writ_record* take_unrepeated(std::uint16_t type, Whose whose,
                                                   std::uint32_t instance) override;
  [[nodiscard]] std::uint64_t past_id(const writ_record& record) const override;
  [[nodiscard]] bool carried_out(const writ_verdict& verdict,
                                 std::uint64_t intent_id) const override;
  [[nodiscard]] bool left_out(std::uint32_t instance) const override {
    return left_out_.contains(instance);
  }

 protected:
  std::uint64_t put(writ_record& record) override;

 private:
  [[nodiscard]] PastRecord* find(const writ_record& record);
  std::uint64_t put_unrecorded(writ_record& record);
  [[nodiscard]] bool is_repeated(writ_record& record, const PastRecord& past);
  void take_snapshot_along(writ_intent& intent);
  void note_difference(std::uint32_t instance);

  JournalSink& journal_;
  RunNumber past_;
  std::vector<PastRecord> consequences_;
  bool last_ = false;
  std::size_t unmatched_ = 0;                 // of those already looked at
  std::vector<const PastRecord*> snapshots_;  // of this input, repeated so far
  std::set<std::uint32_t> left_out_;
  std::set<std::uint32_t> differing_;
};

}  // namespace writ::engine
