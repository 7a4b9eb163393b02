#pragma once

#include "host/base/error.hpp"
#include "host/engine/core_sink.hpp"
#include "host/engine/stage_times.hpp"
#include "host/journal/writer.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace writ::engine {

/// A run's sink: the journal, or nothing behind the numbers. [sequencer-thread]
class JournalSink final : public CoreSink {
 public:
  /// nullptr: records are numbered as a journal would, and not kept.
  JournalSink(journal::Writer* writer, RunNumber run) : writer_(writer), run_(run) {}

  /// From now on it is told when an input, an intent or a verdict is on record.
  void tell(std::shared_ptr<StageTimes> stage_times) { stage_times_ = std::move(stage_times); }

  [[nodiscard]] RunNumber run() const override { return run_; }
  [[nodiscard]] Seq next_seq() const override {
    return writer_ == nullptr ? Seq{unkept_seq_} : writer_->next_seq();
  }

  /// Appends an input: its seq is stamped, its times are the caller's. False if it is not on
  /// record.
  bool append_input(writ_record& input);

  /// Why the journal can no longer be written; nothing while it can. Sticky.
  [[nodiscard]] const std::optional<base::Error>& failure() const noexcept { return failure_; }

  /// The journal failed otherwise than by an append.
  void fail(const base::Error& error) {
    if (!failure_) failure_ = error;
  }

  /// From here on inputs too may use the space kept for cancels and halts. What follows from an
  /// input may from the start: on a full disk no input is left half told.
  void use_reserve() noexcept { reserve_ = true; }

 protected:
  /// A record that could not be appended has seq 0 and gets id 0.
  std::uint64_t put(writ_record& record) override;

 private:
  base::Result<Seq> give_seq(writ_record& record, bool use_reserve);

  journal::Writer* writer_;
  RunNumber run_;
  std::shared_ptr<StageTimes> stage_times_;  // nullptr: nobody wants to know
  std::uint64_t unkept_seq_ = 1;             // of the next record, without a journal
  bool reserve_ = false;
  std::optional<base::Error> failure_;
};

}  // namespace writ::engine
