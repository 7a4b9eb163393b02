#pragma once

#include "host/engine/run_summary.hpp"
#include "host/journal/hashes.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_sink.hpp"

#include <writ/abi/intent.h>
#include <writ/abi/outcome.h>

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace writ::engine {

/// Where the core's derived records go, and the one difference between the ways a run is made: a
/// run appends them to its journal, a verification compares them with the journal, a restart looks
/// up what was recorded. [sequencer-thread]
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

  /// Whether anything was derived from it so far, on record or not.
  [[nodiscard]] bool has_derived() const noexcept { return derived_; }

  /// ORDER records since the last time, in order.
  [[nodiscard]] std::vector<writ_order> take_orders() { return std::exchange(orders_, {}); }
  /// The same into `orders`, whose room is used again. False: there are none.
  bool take_orders(std::vector<writ_order>& orders) {
    orders.clear();
    orders.swap(orders_);
    return !orders.empty();
  }

  /// Told of every derived record that is put on record, until another listens; empty = nobody.
  using Listener = std::function<void(const writ_record& record)>;
  void listen(Listener listener) { listener_ = std::move(listener); }

  /// From now on told of every incident, on record or not.
  void tell_incidents(Listener listener) { incident_listener_ = std::move(listener); }

  /// Names for the hashes; must outlive the sink.
  void set_tables(const model::InstrumentTable& tables) { tables_ = &tables; }

  [[nodiscard]] const RunSummary& summary() const noexcept { return summary_; }
  [[nodiscard]] const journal::RunHashes& hashes() const noexcept { return hashes_; }

  /// Counts a record that is on record already: of a run's beginning, which nobody derives again.
  void note(const writ_record& record) { count(record); }

  // What a restart knows of the dead run. Elsewhere there is no past.

  /// What is on record may be a consequence of an input that nobody derives: it is asked for after
  /// each.
  [[nodiscard]] virtual bool knows_past() const { return false; }
  /// True while the past is being folded.
  [[nodiscard]] virtual bool restarting() const { return false; }
  /// Run of the input being handled.
  [[nodiscard]] virtual RunNumber input_run() const { return run(); }
  /// The verdict that is on record for this intent. Recorded verdicts are never made again.
  [[nodiscard]] virtual const writ_verdict* past_verdict(std::uint64_t /*intent_id*/) const {
    return nullptr;
  }
  /// The next record of this type that follows the input on record and was not derived again; only
  /// those of instances left out, or anyone's; `instance` 0 = any. It counts as recorded.
  enum class Whose : std::uint8_t { kLeftOut, kAnyones };
  [[nodiscard]] virtual const writ_record* take_unrepeated(std::uint16_t /*type*/, Whose /*whose*/,
                                                           std::uint32_t /*instance*/ = 0) {
    return nullptr;
  }
  /// The id of a record of the past.
  [[nodiscard]] virtual std::uint64_t past_id(const writ_record& /*record*/) const { return 0; }
  /// Whether a verdict led to a command for the order of an intent. True where nothing can have
  /// been cut off.
  [[nodiscard]] virtual bool carried_out(const writ_verdict& /*verdict*/,
                                         std::uint64_t /*intent_id*/) const {
    return true;
  }
  /// An instance that is not called, but that the present input made the host stop on record; each
  /// once, 0 = no more.
  [[nodiscard]] virtual std::uint32_t take_stopped() { return 0; }
  /// The instance is not called: it began cold, or it did otherwise than is on record.
  [[nodiscard]] virtual bool left_out(std::uint32_t /*instance*/) const { return false; }

 protected:
  /// Gives the record its seq and puts it where it belongs; the id of what it created, 0 if it is
  /// not on record.
  virtual std::uint64_t put(writ_record& record) = 0;

 private:
  void count(const writ_record& record);

  std::int64_t event_ts_ = 0;
  std::int64_t now_ = 0;
  std::uint64_t input_seq_ = 0;
  bool derived_ = false;
  std::vector<writ_order> orders_;
  Listener listener_;
  Listener incident_listener_;
  const model::InstrumentTable* tables_ = nullptr;
  RunSummary summary_;
  journal::RunHashes hashes_;
};

}  // namespace writ::engine
