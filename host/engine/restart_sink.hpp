#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "host/engine/journal_sink.hpp"

namespace writ::engine {

/// A restart's sink. What the core derives from an input of the dead run is looked up among what
/// that run recorded after the input: the past decides. What it had not come to record when it died
/// is appended to the new run's journal. [sequencer-thread]
class RestartSink final : public CoreSink {
 public:
  RestartSink(JournalSink& journal, RunNumber past) : journal_(journal), past_(past) {}

  /// The derived records that follow the next input of the dead run; `last` if nothing follows them.
  void set_past(std::vector<const writ_record*> consequences, bool last);

  /// Recorded consequences of the current input that the core did not derive again. Anything but
  /// zero, with the same build and configuration, is a defect.
  [[nodiscard]] std::size_t unmatched() const;

  [[nodiscard]] RunNumber run() const override { return journal_.run(); }
  [[nodiscard]] Seq next_seq() const override { return journal_.next_seq(); }
  [[nodiscard]] const writ_verdict* past_verdict(std::uint64_t intent_id) const override;
  [[nodiscard]] const writ_intent* take_unrepeated_intent() override;
  [[nodiscard]] std::uint64_t past_id(const writ_record& record) const override;
  [[nodiscard]] bool past_order(std::uint64_t intent_id) const override;
  [[nodiscard]] bool differs(std::uint32_t instance) const override {
    return differing_.contains(instance);
  }
  [[nodiscard]] RunNumber input_run() const override { return past_; }
  [[nodiscard]] bool cut_off() const override { return last_; }
  [[nodiscard]] bool restarting() const override { return true; }
  [[nodiscard]] const std::set<std::uint32_t>& differing() const noexcept { return differing_; }

 protected:
  std::uint64_t put(writ_record& record) override;

 private:
  struct Past {
    const writ_record* record;
    bool used;
  };

  JournalSink& journal_;
  RunNumber past_;
  std::vector<Past> consequences_;
  bool last_ = false;
  std::set<std::uint32_t> differing_;
};

}  // namespace writ::engine
