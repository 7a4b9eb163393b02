#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "host/arbiter/arbiter.hpp"
#include "host/engine/core_sink.hpp"
#include "host/engine/plugin_services.hpp"
#include "host/engine/setup.hpp"
#include "host/engine/snapshot_builder.hpp"
#include "host/engine/timers.hpp"
#include "host/execution/orders.hpp"
#include "host/journal/checkpoint.hpp"
#include "host/ledger/ledger.hpp"
#include "host/market/markets.hpp"
#include "host/model/instrument_table.hpp"
#include "host/signal/signal_board.hpp"
#include "host/strategy/strategy.hpp"

namespace writ::engine {

/// The deterministic core: one input record at a time, from what happened to what is to be sent.
/// The same inputs give the same records, in a run, a replay and a restart; only the sink differs.
/// It knows no clock, file or thread. [sequencer-thread]
class Pipeline {
 public:
  Pipeline(const CoreOptions& options, CoreSink& sink);

  /// Makes the instance and hands it its instruments and wires; strategies are called in the order
  /// they are added, signals in the order of the graph. Throws base::InputError if the plugin
  /// refuses or the graph has a cycle; nothing is added then. [main]
  void add_instance(const InstanceSetup& setup);
  /// Takes an instance out; its working orders are cancelled by the next input's end.
  void remove_instance(std::uint32_t number);
  /// Replaces an instance by a new build or new parameters, its state handed over. Throws
  /// base::InputError and leaves the old one running if anything fails.
  void replace_instance(const InstanceSetup& setup);
  /// New limits from the next judgement on.
  void set_risk(const arbiter::ArbiterOptions& options);

  /// One input, from what happened to what is to be sent.
  void on_input(const writ_record& input);

  /// Orders with a command for the gateway, decided since the last call, in order.
  [[nodiscard]] std::vector<writ_order> take_commands();

  /// Core time at which something is due even if nothing happens.
  [[nodiscard]] std::optional<std::int64_t> next_deadline() const;

  /// The data have ended: what can only be said at the end.
  void finish();

  /// Cancels every working order; for a halt.
  void cancel_everything();

  [[nodiscard]] journal::CheckpointSections save() const;
  /// Takes a checkpoint over. An instance whose state cannot be taken over starts cold, with an
  /// incident at the next input. Errors: kCorrupt.
  [[nodiscard]] base::Result<void> load(const journal::CheckpointSections& sections);
  /// True once a checkpoint is due by core time; asking ends it.
  [[nodiscard]] bool take_checkpoint_due();

  /// Stops an instance that did not do what is on record.
  void stop_differing(std::uint32_t number);

  // Reading.
  [[nodiscard]] const model::InstrumentTable& tables() const noexcept { return tables_; }
  [[nodiscard]] const market::Markets& markets() const noexcept { return markets_; }
  [[nodiscard]] const execution::Orders& orders() const noexcept { return orders_; }
  [[nodiscard]] const ledger::Ledger& ledger() const noexcept { return ledger_; }
  [[nodiscard]] const arbiter::Arbiter& arbiter() const noexcept { return arbiter_; }
  [[nodiscard]] const CoreSink& sink() const noexcept { return sink_; }
  [[nodiscard]] const plugin::Instance* instance(std::uint32_t number) const;
  /// SHA-256 of each instance's saved state, by name; instances without state are left out.
  [[nodiscard]] std::map<std::string, std::string> state_hashes() const;

 private:
  void fire_timers();
  void book(const writ_record& input);
  void obey(const writ_command& command);
  void update_signals(const writ_record& input, const market::Change& change);
  void inform_strategies(const writ_record& input, const market::Change& change);
  void evaluate_strategies(const market::Change& change);
  void judge_pending();
  void judge(const PendingIntent& pending);
  void settle_orders();
  void mark_portfolio(bool now);

  void evaluate(strategy::Strategy& strategy, std::uint32_t instrument);
  void deliver(std::uint32_t instance, const writ_record& record);
  template <class Call>
  void call(plugin::Actor& actor, const writ_snapshot* evaluated, Call&& make_call);
  void on_failed_call(plugin::Actor& actor, writ_status status);
  void stop_actor(plugin::Actor& actor, std::uint16_t code, std::string_view why);
  void incident(std::uint16_t severity, std::uint16_t code, std::uint32_t instance,
                std::string_view text);
  [[nodiscard]] plugin::Actor* find_actor(std::uint32_t number);
  [[nodiscard]] std::unique_ptr<plugin::Instance> make_instance(const InstanceSetup& setup);
  void enlist(const InstanceSetup& setup, std::unique_ptr<plugin::Instance> made);
  [[nodiscard]] std::vector<std::uint32_t> order_signals(const InstanceSetup& added) const;

  CoreOptions options_;
  CoreSink& sink_;
  model::InstrumentTable tables_;
  market::Markets markets_;
  execution::Orders orders_;
  ledger::Ledger ledger_;
  arbiter::Arbiter arbiter_;
  Timers timers_;
  signal::SignalBoard board_;
  SnapshotBuilder snapshots_;
  PluginServices services_;
  std::vector<signal::Wire> wires_;
  std::vector<std::unique_ptr<plugin::Actor>> signals_;           // publishers before subscribers
  std::vector<std::unique_ptr<strategy::Strategy>> strategies_;   // in the order of the config
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> snapshot_due_;  // kPeriodic

  std::vector<writ_order> commands_;
  std::int64_t portfolio_due_ = INT64_MIN;
  std::int64_t checkpoint_due_ = INT64_MIN;
  bool checkpoint_now_ = false;
  std::vector<std::pair<std::uint32_t, std::string>> cold_starts_;  // to be told at the next input
  model::RecordBuffer buffer_;
};

}  // namespace writ::engine
