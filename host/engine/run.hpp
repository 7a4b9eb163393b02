#pragma once

#include "host/engine/journal_sink.hpp"
#include "host/engine/past.hpp"
#include "host/engine/pipeline.hpp"
#include "host/engine/ports.hpp"
#include "host/engine/restart.hpp"
#include "host/engine/restart_reconciliation.hpp"
#include "host/engine/setup.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/feed/feed_source.hpp"
#include "host/journal/hashes.hpp"
#include "host/journal/storage.hpp"
#include "host/journal/writer.hpp"
#include "host/model/record_words.hpp"
#include "host/plugin/outside_port.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace writ::engine {

/// When the gateway gets an order.
enum class OrderPromise : std::uint8_t {
  kAppended,  ///< its record survives the process
  /// Its record is on disk. For real venues: when an order arrives then depends on the disk, so
  /// that a simulated venue could not repeat itself.
  kDurable
};

/// What becomes of a run's records.
enum class Keep : std::uint8_t {
  kJournal,
  /// Numbered, counted and hashed as ever, and gone: for a backtest of which only the result is
  /// wanted, since the same inputs make the same records again at any time.
  kNothing
};

/// A record of the run's tables, made before the run: any ASSET, ACCOUNT, INSTRUMENT, STREAM or
/// INSTANCE. Numbers are the run's.
using TableRecord = model::RecordWords;

/// Everything a run is made of.
struct RunSetup {
  std::uint32_t mode = 0;  ///< WRIT_MODE_*
  journal::WriterOptions writer;
  journal::RunIdentity identity;
  std::string manifest;                ///< canonical JSON: versions, hashes, CPU class, seed
  std::string config_text;             ///< canonical JSON of the configuration
  std::vector<TableRecord> tables;     ///< in the order of the tables' dependencies
  std::vector<writ_deposit> deposits;  ///< the first money of accounts that never had any
  CoreOptions core;
  std::vector<InstanceSetup> instances;  ///< signals and strategies, in config order
  /// Of the run this one continues, at its last checkpoint; nothing: made of the same as this one.
  std::optional<Recipe> past;
  /// Names of instances that are left out of going through the past, and stopped: they hung there.
  std::set<std::string> left_out;
  OrderPromise promise = OrderPromise::kAppended;
  Keep keep = Keep::kJournal;
  ReconcileOptions reconcile;              ///< with a real venue
  plugin::OutsidePort* outside = nullptr;  ///< plugins beside the core; outlives the run
  RetirementPort* retirement = nullptr;    ///< nullptr: destroyed where they are; outlives the run
  IncidentPort* incidents = nullptr;       ///< nullptr: nobody; outlives the run
  /// A call of a plugin that is tried, before or after it took another's place, may last so long;
  /// nothing: any time.
  std::optional<std::int64_t> tried_call_max_ns;
  std::optional<std::int64_t> duration_ns;  ///< of core time, from the first market event
  /// So often it goes on record what the instances cost. Real times, so not in a backtest, which
  /// must be the same again; 0: never.
  std::int64_t statistics_period_ns = 0;
};

/// A change of a running run: what the new configuration asks for.
struct ReloadSetup {
  std::string config_text;
  base::Sha256Digest config_hash{};
  std::vector<TableRecord> tables;     ///< new or changed records only
  std::vector<writ_deposit> deposits;  ///< as of a start
  Reload changes;
  Made made;                        ///< of the changes, elsewhere and before
  std::int64_t preparation_ns = 0;  ///< real time that took
};

/// What became of one instance's replacement so far.
struct SwapTold {
  std::uint32_t step = 0;  ///< WRIT_RELOAD_*
  std::int64_t preparation_ns = 0;
  std::int64_t pause_ns = 0;
};

/// What came of an intent that was put in from outside.
struct IntentOutcome {
  std::uint64_t intent_id = 0;     ///< 0: not on record, the journal cannot be written
  model::RecordWords verdict;      ///< empty: it has none
  std::vector<writ_order> orders;  ///< records the verdict led to: made, cancelled, replaced
};

/// One run of the host: the only writer of its state. [sequencer-thread]
class Run {
 public:
  /// Makes the plugin instances, opens the journal, takes over what an earlier run left, and writes
  /// the run's beginning: RUN_STARTED, CONFIG, tables, checkpoint. `past` is the run it continues.
  /// Throws base::InputError if a plugin refuses, before there is a journal; errors of the journal
  /// and of a state that does not fit are results.
  [[nodiscard]] static base::Result<std::unique_ptr<Run>> start(
      RunSetup setup, journal::Storage& storage, const Past* past, feed::FeedSource& feed,
      execution::OrderGateway& gateway, Pacer& pacer, OperatorPort& operators);

  /// Takes inputs until the data end, the duration is over, someone stops it, or it must halt.
  /// Writes the run's end. Returns WRIT_STOP_*.
  std::uint32_t go();

  // For requests of the operator port, between two inputs.

  /// Journals and carries out what a person asked for. 0 = all, for account, instance, instrument.
  void command(std::uint32_t command, std::uint32_t account, std::uint32_t instance,
               std::string_view who_and_why, std::uint32_t instrument = 0);
  /// Journals an adjustment of the books, all of it but its text, and books it.
  void adjust(writ_adjustment adjustment, std::string_view who_and_why);
  /// Journals an intent from outside, an INTENT_INPUT with its tail, and has it judged like any.
  /// What came of it, as on record.
  IntentOutcome submit(const writ_intent& asked);
  void stop(std::uint32_t reason) { stop_ = reason; }
  /// Applies a new configuration at this boundary; who has to warm up first takes its place later.
  /// Throws base::InputError, and nothing is changed, if a plugin refuses or cannot take its state
  /// over.
  void reload(ReloadSetup setup);
  /// Puts on record whether a build that was replaced has left the process.
  void tell_unloaded(std::uint32_t instance, const base::Sha256Digest& build, bool still_loaded);
  /// Of the last reload, by instance: those it replaces.
  [[nodiscard]] std::map<std::uint32_t, SwapTold> swaps() const;
  /// Puts on record that a reload was refused, and why.
  void refuse_reload(std::string_view why);

  [[nodiscard]] const Pipeline& pipeline() const noexcept { return *pipeline_; }
  /// What serves an instance of this run; for those made elsewhere.
  [[nodiscard]] plugin::HostServices& services() const noexcept { return pipeline_->services(); }
  /// The time that inputs are put on record with now.
  [[nodiscard]] std::int64_t core_ts() const noexcept { return last_ts_; }
  [[nodiscard]] const RunSummary& summary() const noexcept { return sink_->summary(); }
  [[nodiscard]] const RunSetup& setup() const noexcept { return setup_; }
  [[nodiscard]] std::string intents_hash() const { return sink_->hashes().intents(); }
  [[nodiscard]] std::string verdicts_hash() const { return sink_->hashes().verdicts(); }
  [[nodiscard]] std::string ledger_hash() const { return sink_->hashes().ledger(); }
  /// Nothing is durable of what is not kept.
  [[nodiscard]] Seq durable_seq() const { return writer_ ? writer_->durable_seq() : Seq{0}; }
  [[nodiscard]] Seq last_seq() const { return Seq{sink_->next_seq().raw() - 1}; }
  /// Needs a journal.
  [[nodiscard]] const std::filesystem::path& run_folder() const { return writer_->run_folder(); }
  /// What was taken over from the run before; nothing if this one continues none.
  [[nodiscard]] const std::optional<Restarted>& restarted() const noexcept { return restarted_; }
  /// Why the run halted of itself; empty if it did not.
  [[nodiscard]] const std::string& halt_reason() const noexcept { return halt_reason_; }
  /// Why the journal cannot be written any more; nothing while it can.
  [[nodiscard]] const std::optional<base::Error>& journal_failure() const {
    return sink_->failure();
  }

 private:
  Run(RunSetup setup, journal::Storage& storage, feed::FeedSource& feed,
      execution::OrderGateway& gateway, Pacer& pacer, OperatorPort& operators)
      : setup_(std::move(setup)),
        storage_(storage),
        feed_(feed),
        gateway_(gateway),
        pacer_(pacer),
        operators_(operators),
        tried_calls_(pacer) {}

  base::Result<void> begin(const Past* past);
  base::Result<void> take_over(const Past& past, const writ_run_started& started);
  [[nodiscard]] std::vector<writ_deposit> first_money(std::vector<writ_deposit> deposits) const;
  void pay_in(std::vector<writ_deposit> deposits);
  void journal_config(const std::string& text, const base::Sha256Digest& hash);
  bool step();
  void take_copy(const writ_record& record);
  bool take_from_outside();
  void take_wish(const writ_record& wanted);
  void take_input(writ_record& input);
  void work_on(writ_record& input);
  void take_what_followed();
  void send_ready();
  [[nodiscard]] bool is_by_the_clock() const noexcept {
    return setup_.mode == WRIT_MODE_PAPER || setup_.mode == WRIT_MODE_LIVE;
  }
  void begin_stages(std::int64_t feed_ts);
  void note_left(StageTimes& times);
  void record_statistics();
  void plan_statistics();
  void record_stages(StageTimes& times);
  void checkpoint();
  void settle_swaps();
  void take_swap_step(const SwapStep& step);
  void record_reload(const writ_reload& reload);
  void report_overruns();
  void retire();
  void identify(writ_record& answer) const;
  void begin_reconciliation(std::int64_t last_seen);
  void reconcile();
  void halt(std::string_view why);
  void end();
  void record_end();

  /// Measures calls into plugins that are tried.
  class TriedCalls final : public CallWatch {
   public:
    explicit TriedCalls(Pacer& pacer) : pacer_(pacer) {}
    void limit(std::int64_t max_ns) { max_ns_ = max_ns; }
    void call_begins() override { begun_ = pacer_.stopwatch(); }
    void call_ends(std::uint32_t instance) override {
      const auto took = pacer_.stopwatch() - begun_;
      if (took > max_ns_) overruns.emplace_back(instance, took);
    }
    std::vector<std::pair<std::uint32_t, std::int64_t>> overruns;

   private:
    Pacer& pacer_;
    std::int64_t max_ns_ = INT64_MAX;
    std::int64_t begun_ = 0;
  };
  /// An instance's replacement, from its reload on.
  struct Swap {
    writ_reload told;          // the last record of it
    TableRecord new_instance;  // what makes the cut
    TableRecord old_instance;  // what brings the old one back
    std::int64_t begun = 0;    // by the stopwatch, where the cut is to follow at once
  };

  RunSetup setup_;
  journal::Storage& storage_;
  feed::FeedSource& feed_;
  execution::OrderGateway& gateway_;
  Pacer& pacer_;
  OperatorPort& operators_;
  TriedCalls tried_calls_;
  std::map<std::uint32_t, Swap> swaps_;  // by instance

  std::unique_ptr<journal::Writer> writer_;  // nullptr: nothing is kept
  std::unique_ptr<JournalSink> sink_;
  std::unique_ptr<Pipeline> pipeline_;
  std::vector<writ_order> waiting_;  // commands whose record has not reached its promise yet
  std::vector<std::uint64_t> input_words_;
  std::uint64_t outside_turns_ = 0;
  std::int64_t last_ts_ = 0;
  std::int64_t statistics_due_ = 0;
  std::optional<std::int64_t> end_ts_;
  std::optional<std::uint32_t> stop_;
  std::optional<Restarted> restarted_;
  std::optional<RestartReconciliation> reconciliation_;
  std::string halt_reason_;
};

}  // namespace writ::engine
