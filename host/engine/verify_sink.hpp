#pragma once

#include "host/base/result.hpp"
#include "host/engine/core_sink.hpp"
#include "host/journal/reader.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace writ::engine {

/// Where a recomputation first left the record.
struct Difference {
  Seq seq{0};        ///< of the recorded record
  std::string text;  ///< one line: which record, which field, both values
};

/// A verification's sink: what the core derives is compared, byte for byte, with what the run
/// recorded at the same place. After the first difference nothing is compared any more.
/// [sequencer-thread]
class VerifySink final : public CoreSink {
 public:
  /// The reader stands where the verification begins.
  VerifySink(journal::Reader& reader, RunNumber run) : reader_(reader), run_(run) {}

  /// The next recorded input, valid until the next call; nullptr at the end. Derived records that
  /// were recorded but not derived again are a difference. Errors: as Reader.
  [[nodiscard]] base::Result<const writ_record*> next_input();

  /// The reader has been read up to this record.
  void start_after(Seq seq) { last_seq_ = seq.raw(); }

  /// Derived records found equal, by type.
  [[nodiscard]] const std::map<std::uint16_t, std::uint64_t>& compared() const noexcept {
    return compared_;
  }
  [[nodiscard]] const std::optional<Difference>& difference() const noexcept { return difference_; }
  [[nodiscard]] const std::optional<base::Error>& failure() const noexcept { return failure_; }

  [[nodiscard]] RunNumber run() const override { return run_; }
  [[nodiscard]] Seq next_seq() const override;

 protected:
  std::uint64_t put(writ_record& record) override;

 private:
  /// The next recorded record, kept until consumed; nullptr at the end or after a failure.
  const writ_record* peek();
  void consume() { held_.clear(); }

  journal::Reader& reader_;
  RunNumber run_;
  std::vector<std::uint64_t> held_;   // copy of the record peeked at
  std::vector<std::uint64_t> input_;  // copy of the input given out
  std::uint64_t last_seq_ = 0;
  std::map<std::uint16_t, std::uint64_t> compared_;
  std::optional<Difference> difference_;
  std::optional<base::Error> failure_;
};

}  // namespace writ::engine
