#pragma once

#include <cstdint>
#include <utility>

#include <vector>

#include <writ/abi/outcome.h>

#include "host/engine/run_summary.hpp"
#include "host/journal/hashes.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_sink.hpp"

namespace writ::engine {

/// Where the core's derived records go, and the one difference between the ways a run is made: a run
/// appends them to its journal, a verification compares them with the journal, a restart looks up
/// what was recorded. [sequencer-thread]
class CoreSink : public model::RecordSink {
 public:
  /// The input whose consequences follow: they get its times.
  void begin(const writ_record& input);

  std::uint64_t append(writ_record& record) final;

  /// Core time: that of the input being handled.
  [[nodiscard]] std::int64_t now() const noexcept { return now_; }

  /// The venue's time of that input.
  [[nodiscard]] std::int64_t event_ts() const noexcept { return event_ts_; }
  /// Seq of that input.
  [[nodiscard]] std::uint64_t input_seq() const noexcept { return input_seq_; }

  /// ORDER records since the last time, in order.
  [[nodiscard]] std::vector<writ_order> take_orders() { return std::exchange(orders_, {}); }

  /// Names for the hashes; must outlive the sink.
  void set_tables(const model::InstrumentTable& tables) { tables_ = &tables; }

  [[nodiscard]] const RunSummary& summary() const noexcept { return summary_; }
  [[nodiscard]] const journal::RunHashes& hashes() const noexcept { return hashes_; }

  /// Restart only: the verdict that is on record for this intent. Recorded verdicts are never made
  /// again.
  [[nodiscard]] virtual const writ_verdict* past_verdict(std::uint64_t /*intent_id*/) const {
    return nullptr;
  }
  /// Restart only: an intent on record that no instance has repeated; it takes effect as recorded.
  [[nodiscard]] virtual const writ_intent* take_unrepeated_intent() { return nullptr; }
  /// Restart only: the id of a record of the past.
  [[nodiscard]] virtual std::uint64_t past_id(const writ_record& /*record*/) const { return 0; }
  /// Restart only: whether an order came of this intent.
  [[nodiscard]] virtual bool past_order(std::uint64_t /*intent_id*/) const { return false; }
  /// Restart only: the instance did otherwise than is on record.
  [[nodiscard]] virtual bool differs(std::uint32_t /*instance*/) const { return false; }
  /// Run of the input being handled.
  [[nodiscard]] virtual RunNumber input_run() const { return run(); }
  /// Restart only: the input is the last one, whose consequences the crash may have cut off.
  [[nodiscard]] virtual bool cut_off() const { return false; }
  /// True while the past is being folded.
  [[nodiscard]] virtual bool restarting() const { return false; }

 protected:
  /// Gives the record its seq and puts it where it belongs; the id of what it created.
  virtual std::uint64_t put(writ_record& record) = 0;

 private:
  void count(const writ_record& record);

  std::int64_t event_ts_ = 0;
  std::int64_t now_ = 0;
  std::uint64_t input_seq_ = 0;
  std::vector<writ_order> orders_;
  const model::InstrumentTable* tables_ = nullptr;
  RunSummary summary_;
  journal::RunHashes hashes_;
};

}  // namespace writ::engine
