#include "host/engine/pipeline.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "host/base/assert.hpp"
#include "host/base/byte_stream.hpp"
#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/engine/risk_views.hpp"

namespace writ::engine {
namespace {

// Outcomes may lead to intents, whose outcomes may lead to intents: so far, within one input.
constexpr int kCascadeMax = 8;

}  // namespace

Pipeline::Pipeline(const CoreOptions& options, CoreSink& sink)
    : options_(options),
      sink_(sink),
      markets_(options.markets),
      orders_(options.orders),
      arbiter_(options.arbiter),
      snapshots_(sink, markets_, orders_, ledger_, arbiter_, board_),
      services_(sink, timers_, markets_, orders_,
                [this](const plugin::Actor& actor, std::uint32_t instrument) -> const writ_snapshot& {
                  return snapshots_.build(actor, instrument);
                }) {}

// The life of one input. The order is part of the contract: replay depends on it.
void Pipeline::on_input(const writ_record& input) {
  sink_.begin(input);
  report_cold_starts();
  markets_.on_time(sink_.now(), sink_);

  fire_timers();                                     // what was asked for earlier comes first
  const auto change = markets_.apply(input, sink_);  // books and trades
  book(input);                                       // money, reports, fills, commands
  update_signals(input, change);                     // values go on record as they are published
  inform_strategies(input, change);
  evaluate_strategies(change);                       // each submit has put its intent on record
  judge_pending();                                   // a verdict for each; orders for the approved

  mark_portfolio_if_due();
  if (sink_.now() >= checkpoint_due_) checkpoint_now_ = true;
}

void Pipeline::fire_timers() {
  while (const auto due = timers_.take_due(sink_.now())) {
    auto fired = model::make_record<writ_timer>();
    fired.instance = due->instance;
    fired.timer = due->timer;
    fired.due_ts = due->due_ts;
    sink_.append(fired.header);
    deliver(due->instance, fired.header);
  }
}

// What an input means for tables, money and orders.
void Pipeline::book(const writ_record& input) {
  switch (input.type) {
    case WRIT_RECORD_ASSET:
    case WRIT_RECORD_ACCOUNT:
    case WRIT_RECORD_INSTRUMENT:
    case WRIT_RECORD_STREAM:
    case WRIT_RECORD_INSTANCE:
      enter_table(input);
      break;
    case WRIT_RECORD_RUN_STARTED:
      orders_.apply(*model::as<writ_run_started>(input));
      break;
    case WRIT_RECORD_DEPOSIT:
      ledger_.on_deposit(*model::as<writ_deposit>(input), sink_);
      break;
    case WRIT_RECORD_CONVERSION:
      ledger_.on_conversion(*model::as<writ_conversion>(input), sink_);
      break;
    case WRIT_RECORD_FUNDING:
      ledger_.on_funding(*model::as<writ_funding>(input), sink_);
      break;
    case WRIT_RECORD_REPORT:
      orders_.on_report(*model::as<writ_report>(input), sink_);
      settle_orders();
      break;
    case WRIT_RECORD_FILL: {
      const auto& fill = *model::as<writ_fill>(input);
      if (!orders_.on_fill(fill, sink_)) break;  // delivered twice: money moves once
      ledger_.on_fill(fill, sink_);
      deliver(fill.instance, input);
      settle_orders();
      break;
    }
    case WRIT_RECORD_COMMAND:
      obey(*model::as<writ_command>(input));
      break;
    default:
      break;
  }
}

void Pipeline::enter_table(const writ_record& record) {
  if (const auto applied = tables_.apply(record); !applied) {
    incident(WRIT_SEVERITY_ERROR, WRIT_INCIDENT_BAD_MESSAGE, 0, to_string(applied.error()));
    return;
  }
  ledger_.on_table(record);
  if (const auto* instrument = model::as<writ_instrument>(record)) {
    orders_.apply(*instrument);
    for (const auto& strategy : strategies_) deliver_about(strategy->actor, *instrument);
    for (const auto& actor : signals_) deliver_about(*actor, *instrument);
  }
  if (const auto* instance = model::as<writ_instance>(record)) orders_.apply(*instance);
}

void Pipeline::obey(const writ_command& command) {
  const auto why = model::tail_text(command, command.text_size);
  switch (command.command) {
    case WRIT_OPERATOR_PAUSE:
      arbiter_.pause(command.account, command.instance);
      incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_PAUSED, command.instance, why);
      break;
    case WRIT_OPERATOR_RESUME:
      arbiter_.resume(command.account, command.instance);
      incident(WRIT_SEVERITY_INFO, WRIT_INCIDENT_RESUMED, command.instance, why);
      break;
    case WRIT_OPERATOR_KILL:
      arbiter_.kill(command.account);
      orders_.cancel_scope({command.account, 0, 0}, Seq{command.header.seq}, sink_);
      incident(WRIT_SEVERITY_CRITICAL, WRIT_INCIDENT_KILL, 0, why);
      break;
    case WRIT_OPERATOR_RESUME_AFTER_KILL:
      arbiter_.resume_after_kill(command.account);
      incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_RESUMED, 0, why);
      break;
    default:
      break;
  }
  settle_orders();
}

// Signal plugins in topological order; each value reaches the signals after it and, below, the
// strategies.
void Pipeline::update_signals(const writ_record& input, const market::Change& change) {
  values_.clear();
  for (const auto& actor : signals_) {
    if (plugin::instrument_of(input) != 0) {
      actor->warm_up.on_event(sink_.now());
      if (actor->delivery.wants(input, {change.top_changed, change.traded})) {
        call(*actor, nullptr, [&](plugin::Instance& i) { return i.on_event(input); });
      }
    }
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const auto& value = reinterpret_cast<const writ_record&>(*values_[i].data());
      if (!board_.feeds(value, actor->number())) continue;
      call(*actor, nullptr, [&](plugin::Instance& instance) { return instance.on_event(value); });
    }
  }
}

void Pipeline::inform_strategies(const writ_record& input, const market::Change& change) {
  for (const auto& strategy : strategies_) {
    auto& actor = strategy->actor;
    if (plugin::instrument_of(input) != 0) {
      actor.warm_up.on_event(sink_.now());
      if (actor.delivery.wants(input, {change.top_changed, change.traded})) {
        call(actor, nullptr, [&](plugin::Instance& i) { return i.on_event(input); });
      }
    }
    for (const auto& words : values_) {
      const auto& value = reinterpret_cast<const writ_record&>(*words.data());
      if (!board_.feeds(value, actor.number()) || !actor.delivery.subscribed(value.type)) continue;
      call(actor, nullptr, [&](plugin::Instance& i) { return i.on_event(value); });
    }
  }
}

void Pipeline::evaluate_strategies(const market::Change& change) {
  for (const auto& strategy : strategies_) {
    const bool now = strategy->schedule.on_change(
        {change.instrument, change.top_changed, change.traded}, sink_.now());
    if (now) evaluate(*strategy, change.instrument);
    while (const auto instrument = strategy->schedule.take_due(sink_.now())) {
      evaluate(*strategy, *instrument);
    }
  }
}

void Pipeline::evaluate(strategy::Strategy& strategy, std::uint32_t instrument) {
  auto& actor = strategy.actor;
  if (actor.instance->stopped() || sink_.differs(actor.number())) return;
  // A copy: submits from inside the call may build other snapshots.
  snapshot_words_.resize(0);
  const auto& built = snapshots_.build(actor, instrument);
  const auto bytes = model::bytes_of(built.header);
  snapshot_words_.resize(bytes.size() / 8);
  std::memcpy(snapshot_words_.data(), bytes.data(), bytes.size());
  const auto& snapshot = reinterpret_cast<const writ_snapshot&>(*snapshot_words_.data());

  std::uint64_t recorded_seq = 0;
  if (snapshot_due(actor.number(), instrument)) {
    auto copy = snapshot_words_;
    auto& record = reinterpret_cast<writ_record&>(*copy.data());
    sink_.append(record);
    recorded_seq = record.seq;
  }
  services_.begin_call(actor, &snapshot, recorded_seq);
  finish_call(actor, actor.instance->on_snapshot(snapshot));
}

bool Pipeline::snapshot_due(std::uint32_t instance, std::uint32_t instrument) {
  if (options_.snapshot_policy == SnapshotPolicy::kEvaluated) return true;
  if (options_.snapshot_policy == SnapshotPolicy::kIntent) return false;
  auto& due = snapshot_due_[{instance, instrument}];
  if (sink_.now() < due) return false;
  due = sink_.now() + options_.snapshot_period_ns;
  return true;
}

// Every intent on record gets its verdict here, in the order they were submitted; what the outcomes
// lead strategies to submit follows, a bounded number of times.
void Pipeline::judge_pending() {
  while (const auto* intent = sink_.take_unrepeated_intent()) {
    services_.adopt(*intent, sink_.past_id(intent->header));
  }
  for (int round = 0;; ++round) {
    const auto batch = services_.take_intents();
    if (batch.empty()) break;
    services_.refuse_submits(round >= kCascadeMax);
    for (const auto& pending : batch) judge(pending);
  }
  services_.refuse_submits(false);
}

void Pipeline::judge(const PendingIntent& pending) {
  const auto& intent = pending.intent();
  const auto view = risk_view(pending);
  if (const auto* past = sink_.past_verdict(pending.id)) {
    copy_verdict(*past);
  } else if (sink_.restarting()) {
    arbiter_.refuse(intent, pending.id, WRIT_REASON_RESTART, verdict_);
  } else if (pending.call_failed) {
    arbiter_.refuse(intent, pending.id, WRIT_REASON_PLUGIN_ERROR, verdict_);
  } else {
    arbiter_.judge(intent, pending.id, view, verdict_);
  }
  auto& record = verdict_.finish();
  const VerdictId verdict_id{sink_.append(record)};
  const auto& verdict = *model::as<writ_verdict>(record);
  arbiter_.apply(verdict, intent);
  deliver(intent.instance, record);

  if (verdict.approved != 0) {
    const execution::Approved approved{intent, verdict, verdict_id};
    if (sink_.restarting() && !sink_.past_order(pending.id) && makes_order(intent)) {
      orders_.fail_unsent(approved, sink_);
    } else {
      orders_.carry_out(approved, position_of(intent), funding_of(intent, verdict, view), sink_);
    }
    settle_orders();
  }
}

// Order records since the last time: to the gateway, and to the strategy they belong to.
void Pipeline::settle_orders() {
  for (const auto& order : sink_.take_orders()) {
    if (order.command != WRIT_COMMAND_NONE) commands_.push_back(order);
    if (!execution::Orders::is_working(order)) {
      arbiter_.release_if_idle(order.account, order.instance, order.instrument,
                               is_idle(order.account, order.instance, order.instrument));
    }
    deliver(order.instance, order.header);
  }
}

}  // namespace writ::engine
