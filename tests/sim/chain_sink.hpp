#pragma once

#include "host/base/crc32c.hpp"
#include "host/engine/core_sink.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/record.h>
#include <writ/ids.hpp>

#include <cstdint>
#include <functional>
#include <utility>

namespace writ::test {

/// The records of a run so far, as one number.
struct RecordChain {
  std::uint64_t last_seq = 0;
  std::uint64_t digest = 0;

  /// Gives the record its seq and takes it in.
  void add(writ_record& record) {
    record.seq = ++last_seq;
    digest = (digest ^ base::crc32c(model::bytes_of(record))) * 0x9e37'79b9'7f4a'7c15U;
    digest ^= digest >> 29U;
  }
};

/// Numbers and hashes what the core derives, shows it, and keeps none of it. The chain outlives the
/// sink: a core taken over from a saved state goes on with it.
class ChainSink final : public engine::CoreSink {
 public:
  using Watch = std::function<void(const writ_record&)>;

  /// `attentive`: the core passes by nothing, as if each input might have consequences on record.
  ChainSink(RecordChain& chain, RunNumber run, Watch watch, bool attentive = false)
      : chain_(chain), run_(run), watch_(std::move(watch)), attentive_(attentive) {}

  void append_input(writ_record& input) {
    chain_.add(input);
    watch_(input);
  }
  [[nodiscard]] bool knows_past() const override { return attentive_; }
  [[nodiscard]] RunNumber run() const override { return run_; }
  [[nodiscard]] Seq next_seq() const override { return Seq{chain_.last_seq + 1}; }

 protected:
  std::uint64_t put(writ_record& record) override {
    chain_.add(record);
    watch_(record);
    return record_id<IntentId>(run_, Seq{record.seq}).raw();
  }

 private:
  RecordChain& chain_;
  RunNumber run_;
  Watch watch_;
  bool attentive_;
};

}  // namespace writ::test
