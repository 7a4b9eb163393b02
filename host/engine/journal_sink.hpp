#pragma once

#include "host/base/error.hpp"
#include "host/engine/core_sink.hpp"
#include "host/journal/writer.hpp"

#include <optional>

namespace writ::engine {

/// A run's sink: the journal. [sequencer-thread]
class JournalSink final : public CoreSink {
 public:
  JournalSink(journal::Writer& writer, RunNumber run) : writer_(writer), run_(run) {}

  [[nodiscard]] RunNumber run() const override { return run_; }
  [[nodiscard]] Seq next_seq() const override { return writer_.next_seq(); }

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
  journal::Writer& writer_;
  RunNumber run_;
  bool reserve_ = false;
  std::optional<base::Error> failure_;
};

}  // namespace writ::engine
