#pragma once

#include "host/arbiter/arbiter.hpp"
#include "host/arbiter/batch.hpp"
#include "host/engine/core_sink.hpp"
#include "host/engine/flattening.hpp"
#include "host/engine/groups.hpp"
#include "host/engine/host_intents.hpp"
#include "host/engine/market_quotes.hpp"
#include "host/engine/newcomer.hpp"
#include "host/engine/plugin_services.hpp"
#include "host/engine/risk_view_builder.hpp"
#include "host/engine/setup.hpp"
#include "host/engine/snapshot_builder.hpp"
#include "host/engine/swaps.hpp"
#include "host/engine/timers.hpp"
#include "host/engine/veto_marks.hpp"
#include "host/engine/waiting_legs.hpp"
#include "host/execution/open_targets.hpp"
#include "host/execution/orders.hpp"
#include "host/journal/checkpoint.hpp"
#include "host/ledger/ledger.hpp"
#include "host/market/markets.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_words.hpp"
#include "host/signal/signal_board.hpp"
#include "host/strategy/strategy.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::engine {

/// The deterministic core: one input record at a time, from what happened to what is to be sent.
/// The same inputs give the same records, in a run, a replay and a restart; only the sink differs.
/// It knows no clock, file or thread. [sequencer-thread]
class Pipeline {
 public:
  Pipeline(const CoreOptions& options, CoreSink& sink);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// Makes the instance and announces its instruments to it. Strategies are called in the order
  /// they are added, signals in the order of the graph. Throws base::InputError if the plugin
  /// refuses or the signals form a cycle. [main]
  void add_instance(const InstanceSetup& setup);

  /// Makes ready what a new configuration asks for: instances to add, to replace, to remove,
  /// limits. `made` are those made already, elsewhere. The next CONFIG record puts it into effect;
  /// each replacement follows when it is warm, at the INSTANCE record that says so. Throws
  /// base::InputError, and nothing is changed, if a plugin refuses anything, a state included.
  void prepare_reload(Reload reload, Made made = {});
  /// The next step of a replacement, each told once; nothing if there is none.
  [[nodiscard]] std::optional<SwapStep> take_swap_step();
  /// Instances that are not called any more, since the last call. Those nobody takes are destroyed
  /// with the next input.
  [[nodiscard]] std::vector<Retired> take_retired() { return std::exchange(retired_, {}); }
  [[nodiscard]] bool has_retired() const noexcept { return !retired_.empty(); }
  /// Whether the instance is to be replaced, or was a moment ago: its new build is tried.
  [[nodiscard]] bool is_tried(std::uint32_t instance) const {
    return candidates_.contains(instance) || probations_.contains(instance);
  }
  /// What serves an instance in this core; for those made elsewhere.
  [[nodiscard]] plugin::HostServices& services() noexcept { return services_; }

  /// One input, from what happened to what is to be sent. False: nothing followed from it but that
  /// the market is as it says, and there is nothing to take.
  bool on_input(const writ_record& input);
  /// A wish of a plugin beside the core, before it is recorded: WRIT_OK, or why it is refused.
  [[nodiscard]] writ_status examine(const writ_record& wanted) const;
  /// Makes an input of it: account and warm-up are those of now, and on record.
  void complete_wish(writ_record& wanted) const;
  /// The intent that the last INTENT_INPUT became; 0: none.
  [[nodiscard]] std::uint64_t intent_taken() const noexcept { return intent_taken_; }
  /// Lets a plugin beside the core read books and orders as they are now.
  void look(std::uint32_t instance, const std::function<void(plugin::HostServices&)>& reader);

  /// A table record, known without being an event: what stands before a checkpoint.
  void enter_table(const writ_record& record);
  /// The run that ids are made for.
  void enter_run(const writ_run_started& run);

  /// Calls `send(const writ_order&)` for each order with a command for the gateway, decided since
  /// the last call, in order.
  template <class Send>
  void take_commands(Send&& send) {
    for (const auto& order : commands_) send(order);
    commands_.clear();
  }

  /// Why the run must halt after the last input, if it must; asking ends it.
  [[nodiscard]] std::optional<std::string> take_halt() {
    auto why = orders_.take_halt();
    return why ? why : std::exchange(halt_reason_, std::nullopt);
  }
  /// No intent is approved: the orders are being brought together with the venue's.
  [[nodiscard]] bool reconciling() const noexcept { return reconciling_; }

  /// Core time at which something is due even if nothing happens.
  [[nodiscard]] std::optional<std::int64_t> next_deadline() const;

  /// Whether a checkpoint is due; asking ends it.
  [[nodiscard]] bool take_checkpoint_due();
  [[nodiscard]] journal::CheckpointSections save() const;

  /// What a checkpoint is taken over for.
  enum class LoadFor : std::uint8_t {
    kRepeat,  ///< the same run again: every instance is as it was made there
    kGoOn     ///< another life: an instance without state there begins cold
  };
  /// Instances that took no state over.
  struct Loaded {
    std::set<std::uint32_t> cold;   ///< known there, and begin anew
    std::set<std::uint32_t> added;  ///< not known there
  };
  /// Takes a checkpoint over, after the tables and the instances. Errors: kCorrupt; kMismatch,
  /// kUnsupported or kRejected if an instance cannot read its state and its name is not in
  /// `reset_allowed`. Do not use it after an error.
  [[nodiscard]] base::Result<Loaded> load(const journal::CheckpointSections& sections,
                                          const std::set<std::string>& reset_allowed,
                                          LoadFor purpose);

  /// First money of accounts, to be put on record as DEPOSITs in this order after what is due.
  void expect_deposits(const std::vector<writ_deposit>& deposits) {
    deposits_due_.insert(deposits_due_.end(), deposits.begin(), deposits.end());
  }
  /// Those of them not on record yet.
  [[nodiscard]] std::vector<writ_deposit> deposits_due() const {
    return {deposits_due_.begin(), deposits_due_.end()};
  }
  /// Of the inputs before, back to the last that was no DEPOSIT, those of accounts that had no
  /// money until then.
  [[nodiscard]] const std::vector<writ_deposit>& deposits_last() const noexcept {
    return deposits_last_;
  }

  /// What a start found in the past of this run.
  struct Found {
    std::uint64_t run = 0;              ///< the one that is continued
    std::set<std::uint32_t> differing;  ///< instances that did otherwise than is on record
    std::set<std::uint32_t> hung;       ///< instances that did not come back, and were left out
    std::set<std::uint32_t> cold;       ///< instances that begin anew
    std::uint64_t torn_bytes = 0;       ///< dropped from the end of its journal
  };
  /// It goes on record with the next input: instances that did otherwise or hung are stopped, those
  /// that begin cold are named, orders and leases of instances that are gone are given up.
  void after_restart(const Found& found);

  // Reading.
  [[nodiscard]] const model::InstrumentTable& tables() const noexcept { return tables_; }
  [[nodiscard]] const market::Markets& markets() const noexcept { return markets_; }
  [[nodiscard]] const execution::Orders& orders() const noexcept { return orders_; }
  [[nodiscard]] const ledger::Ledger& ledger() const noexcept { return ledger_; }
  [[nodiscard]] const arbiter::Arbiter& arbiter() const noexcept { return arbiter_; }
  [[nodiscard]] const CoreSink& sink() const noexcept { return sink_; }
  [[nodiscard]] const Flattening& flattening() const noexcept { return flattening_; }
  /// What an account's book is not flat by, in one line: a position of a strategy, working orders;
  /// nothing if it is flat.
  [[nodiscard]] std::optional<std::string> why_not_flat(AccountId account) const;
  /// nullptr: no such instance.
  [[nodiscard]] const plugin::Instance* instance(std::uint32_t number) const;
  /// What each instance did and cost since the last time, those left out that were not called: to
  /// be put on record as inputs, which change nothing.
  [[nodiscard]] std::vector<writ_plugin_stat> take_statistics();
  /// Calls that came back later than the instance's budget allows, since the last time: to be put
  /// on record as inputs, by which they are found.
  [[nodiscard]] std::vector<writ_plugin_fault> take_overruns();
  /// Numbers of the instances at work, signals first, in calling order.
  [[nodiscard]] std::vector<std::uint32_t> instances() const;
  /// What they are made of, by number.
  [[nodiscard]] std::vector<InstanceSetup> setups() const;
  /// The tables with the builds that RELOAD records announced for the next CONFIG record.
  [[nodiscard]] model::InstrumentTable announced_tables() const;

 private:
  /// What is to come if nothing happens. Until something follows from an input it stays so.
  struct Ahead {
    std::int64_t deadline = INT64_MAX;   ///< of next_deadline, but for timers and schedules
    std::int64_t attention = INT64_MIN;  ///< until then market data need nothing but to be told
  };
  [[nodiscard]] Ahead look_ahead() const;
  [[nodiscard]] bool is_under_way() const;
  [[nodiscard]] bool needs_attention(const writ_record& input) const;
  void begin_input(const writ_record& input);
  void conclude(const writ_record& input, const market::Change& change);
  void on_top(std::uint32_t instrument);
  void tell_of_restart();
  void watch_book(std::uint32_t instrument, const ledger::Quote& quote);
  void fire_timers();
  void ask_for_checkpoint();
  void book(const writ_record& input);
  void book_table(const writ_record& record);
  void note_deposit(const writ_deposit& deposit);
  void on_fill(const writ_fill& fill);
  void obey(const writ_command& command);
  void update_signals(const writ_record& input, const market::Change& change);
  void inform_strategies(const writ_record& input, const market::Change& change);
  void inform(plugin::Actor& actor, const writ_record& input, const market::Change& change);
  [[nodiscard]] std::optional<bool> concerns(const writ_record& input,
                                             const plugin::Instance& instance) const;
  void evaluate_strategies(const market::Change& change);
  void judge_pending();
  void adopt_intents(CoreSink::Whose whose);
  /// Intents of a batch that are judged as one: the legs of a group, or one alone.
  struct Together {
    std::vector<const PendingIntent*> intents;
    std::uint32_t group_legs = 0;  // of their group, in the batch
  };
  void judge(const PendingIntent& pending, std::uint32_t group_legs);
  void judge_group(const Together& group);
  void decide(const PendingIntent& pending, const arbiter::RiskView& view);
  void decide_group(const Together& group);
  void look_after_groups();
  void release_legs(const writ_record& input);
  void tell_of_failed_leg(const IntentGroups::Group& group, const IntentGroups::Leg& leg);
  void give_up(IntentGroups::Group& group);
  void submit_closing(std::uint32_t instance, IntentGroups::Leg& leg);
  [[nodiscard]] bool close_what_is_over(IntentGroups::Group& group);
  [[nodiscard]] bool cannot_be_closed(const writ_intent& intent, const arbiter::RiskView& view,
                                      const writ_verdict& verdict) const;
  void carry_out(const PendingIntent& pending, const arbiter::RiskView& view,
                 const writ_verdict& verdict, VerdictId verdict_id);
  [[nodiscard]] execution::Funding funding_of(const writ_intent& wanted,
                                              const arbiter::RiskView& view, Money free) const;
  [[nodiscard]] Quantity part_of(const arbiter::OrderTerms& terms,
                                 const arbiter::RiskView& view) const;
  void hold_back(const execution::Approved& approved, const arbiter::RiskView& view);
  void send_held_back();
  void cancel_scope(const execution::OrderScope& scope, Seq cause);
  void make_way(const writ_intent& exit, const arbiter::RiskView& view, Seq cause);
  void abandon_replace(const writ_intent& intent, Seq cause);
  void apply_rest_of_past();
  void settle_orders();
  [[nodiscard]] std::vector<Together> judging_order(const std::vector<PendingIntent>& batch) const;
  void review_lease(std::uint32_t account, std::uint32_t instrument);
  void review_leases();
  void review_expired_leases();
  void take_intent(const writ_record& input);
  void take_value(const writ_record& input);
  void on_plugin_fault(const writ_plugin_fault& fault);
  void mark_account(AccountId account);
  void mark_portfolio();
  void flatten(const writ_command& command, std::string_view why);
  void halt_on_drawdown();
  void reset_drawdown(const writ_command& command, std::string_view why);

  void evaluate(strategy::Strategy& strategy, std::uint32_t instrument);
  [[nodiscard]] bool snapshot_due(std::uint32_t instance, std::uint32_t instrument);
  void deliver(std::uint32_t instance, const writ_record& record);
  void give(plugin::Actor& actor, const writ_record& record);
  [[nodiscard]] bool is_called(const plugin::Actor& actor) const;
  void begin_call(plugin::Actor& actor, const writ_snapshot* evaluated, std::uint64_t recorded_seq);
  void finish_call(plugin::Actor& actor, writ_status status);
  void count_error(plugin::Actor& actor, writ_status status);
  void quarantine(plugin::Actor& actor, const std::string& why);
  void quarantine_over_intents(plugin::Actor& actor);
  void end_quarantines();
  [[nodiscard]] std::optional<std::string> begin_anew(plugin::Actor& actor);
  [[nodiscard]] writ_status make_anew(plugin::Instance& instance) const;
  void stop_actor(plugin::Actor& actor, std::uint16_t code, std::string_view why);
  void incident(std::uint16_t severity, std::uint16_t code, std::uint32_t instance,
                std::string_view text, std::uint32_t account = 0);

  [[nodiscard]] plugin::Actor* find_actor(std::uint32_t number) const;
  /// Calls `visit(plugin::Actor&)` for each, signals first, in calling order.
  template <class Visit>
  void for_each_actor(Visit&& visit) const {
    for (const auto& signal : signals_) visit(*signal);
    for (const auto& strategy : strategies_) visit(strategy->actor);
  }
  void enlist(Newcomer newcomer, const InstanceSetup& setup);
  void try_hand_over(plugin::Actor& old, Newcomer& fresh, const InstanceSetup& setup) const;
  void remove(std::uint32_t number);

  // Replacements.
  void await(Successor successor, const InstanceSetup& setup);
  void try_candidates(const writ_record& input, const market::Change& change);
  void try_candidate(Candidate& candidate, const writ_record& input, const market::Change& change);
  template <class Call>
  bool try_call(Candidate& candidate, const writ_snapshot* snapshot, Call&& call);
  bool try_event(Candidate& candidate, const writ_record& record);
  bool try_evaluation(Candidate& candidate, std::uint32_t instrument);
  void give_up(std::uint32_t number, const std::string& why);
  void review_swaps();
  [[nodiscard]] bool swapping() const;
  void change_builds(const writ_instance& record);
  /// Who takes the place, and with what.
  struct Heir {
    plugin::Actor& actor;
    bool continues = false;  // with the state of the one that goes
    std::string how;
    std::string refusal;  // why it cannot stay; empty: it can
  };
  [[nodiscard]] Heir heir_of(plugin::Actor& working, Candidate& candidate) const;
  void cut_over(Candidate candidate);
  void take_place(plugin::Actor& actor, const InstanceSetup& setup);
  void tell_of_account(std::uint32_t before, const InstanceSetup& setup);
  void retire(plugin::Actor actor);
  void retire(Candidate& candidate);
  void note_tried_call(std::uint32_t number, writ_status status);
  [[nodiscard]] bool is_on_probation(const plugin::Actor& actor) const {
    return !probations_.empty() && probations_.contains(actor.number());
  }
  void fail_probation(std::uint32_t number, const std::string& why);
  void end_probation(std::uint32_t number);
  void roll_back(Probation probation);
  void catch_up(plugin::Actor& actor, const Probation& probation);
  void end_swaps();
  [[nodiscard]] bool took_too_long(const writ_plugin_fault& fault);
  void on_reload_record(const writ_reload& reload);
  [[nodiscard]] strategy::EvaluationSchedule* schedule_of(std::uint32_t number) const;
  void leave_other_books();
  [[nodiscard]] base::Result<bool> load_instance(plugin::Actor& actor,
                                                 std::span<const std::byte> state,
                                                 const std::set<std::string>& reset_allowed);
  [[nodiscard]] base::Result<void> load_core(std::span<const std::byte> bytes);
  void commit_reload();
  void check_signal_order(const Reload& reload) const;
  void tune(const InstanceSetup& setup);
  void wire(const InstanceSetup& setup);
  void sort_signals();

  CoreOptions options_;
  CoreSink& sink_;
  model::InstrumentTable tables_;
  market::Markets markets_;
  execution::Orders orders_;
  ledger::Ledger ledger_;
  arbiter::Arbiter arbiter_;
  VetoMarks veto_marks_;
  Timers timers_;
  signal::SignalBoard board_;
  RiskSums risk_sums_;
  RiskViewBuilder risk_views_;
  SnapshotBuilder snapshots_;
  PluginServices services_;
  HostIntents host_intents_;
  Flattening flattening_;
  execution::OpenTargets targets_;
  IntentGroups groups_;
  std::vector<signal::Wire> wires_;
  std::vector<std::unique_ptr<plugin::Actor>> signals_;          // publishers before subscribers
  std::vector<std::unique_ptr<strategy::Strategy>> strategies_;  // in the order of the config

  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> snapshot_due_;  // kPeriodic
  std::optional<Ahead> ahead_;  // nothing: something changed since it was known
  std::int64_t portfolio_due_ = INT64_MAX;
  std::int64_t checkpoint_due_ = INT64_MAX;
  bool checkpoint_asked_ = false;
  std::uint64_t inputs_since_checkpoint_ = 0;
  std::set<std::uint32_t> drawdown_halted_;  // accounts whose halt was carried out
  std::deque<writ_deposit> deposits_due_;
  std::vector<writ_deposit> deposits_last_;
  bool reconciling_ = false;
  std::optional<std::string> halt_reason_;  // never outlives one input
  std::uint64_t intent_taken_ = 0;
  WaitingLegs waiting_legs_;
  bool overran_ = false;  // some instance, since take_overruns
  bool halted_ = false;   // the journal fails: nothing new begins in this run

  // Of the input being handled; kept to be reused.
  std::vector<std::vector<std::uint64_t>> values_;  // signal values published
  std::vector<std::uint64_t> snapshot_;
  std::vector<PendingIntent> batch_;
  std::vector<writ_order> settling_;
  std::vector<writ_order> commands_;
  model::RecordBuffer verdict_;
  std::vector<model::RecordWords> verdicts_;  // of a group
  model::RecordBuffer text_;

  /// A reload made ready, until its CONFIG record comes.
  struct Prepared {
    Reload reload;
    std::vector<Newcomer> added;
    std::vector<Successor> changed;
  };
  std::optional<Prepared> prepared_;
  std::map<std::uint32_t, writ_reload> announced_;  // by instance, until the CONFIG record
  std::map<std::uint32_t, InstanceSetup> setups_;   // of the instances at work
  std::map<std::uint32_t, Candidate> candidates_;
  std::map<std::uint32_t, Probation> probations_;
  std::deque<SwapStep> swap_steps_;
  std::vector<Retired> retired_;

  std::map<std::uint32_t, std::vector<Timers::Due>> first_timers_;  // by instance, until load

  // To be told with the next input.
  Found found_;
  bool restarted_ = false;
};

}  // namespace writ::engine
