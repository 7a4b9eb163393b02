#include "host/engine/pipeline.hpp"

#include <cstring>

#include <writ/money_abi.hpp>

#include "host/base/assert.hpp"

namespace writ::engine {
namespace {

// Outcomes may lead to intents, whose outcomes may lead to intents: so far, within one input.
constexpr int kCascadeMax = 8;

const writ_record& record_in(const std::vector<std::uint64_t>& words) {
  return reinterpret_cast<const writ_record&>(*words.data());
}

}  // namespace

Pipeline::Pipeline(const CoreOptions& options, CoreSink& sink)
    : options_(options),
      sink_(sink),
      markets_(options.markets),
      orders_(options.orders),
      ledger_(tables_),
      arbiter_(tables_, options.arbiter),
      risk_views_(sink, tables_, markets_, orders_, ledger_, arbiter_),
      snapshots_(sink, markets_, orders_, ledger_, arbiter_, board_, risk_views_),
      services_(sink, timers_, markets_, orders_,
                [this](const plugin::Actor& actor, std::uint32_t instrument)
                    -> const writ_snapshot& { return snapshots_.build(actor, instrument); }) {
  sink_.set_tables(tables_);
}

// The life of one input. The order is part of the contract: a replay depends on it.
void Pipeline::on_input(const writ_record& input) {
  sink_.begin(input);
  tell_of_restart();
  markets_.on_time(sink_.now(), sink_);

  fire_timers();                                     // what was asked for earlier comes first
  const auto change = markets_.apply(input, sink_);  // books and trades
  if (change.top_changed) {
    ledger_.on_quote(change.instrument,
                     MarketQuotes{markets_, sink_.now()}.quote(change.instrument));
  }
  book(input);                       // money, reports and fills, commands
  update_signals(input, change);     // values go on record as they are published
  inform_strategies(input, change);
  evaluate_strategies(change);       // each submit has put its intent on record when it returns
  judge_pending();                   // a verdict for each, orders for the approved

  if (sink_.now() >= portfolio_due_) mark_portfolio();
  if (sink_.now() >= checkpoint_due_) checkpoint_asked_ = true;
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
  const auto id = record_id<FillId>(sink_.input_run(), Seq{input.seq});
  switch (input.type) {
    case WRIT_RECORD_RUN_STARTED:
      enter_run(*model::as<writ_run_started>(input));
      break;
    case WRIT_RECORD_CONFIG:
      commit_reload();
      break;
    case WRIT_RECORD_RUN_STOPPED:
      if (model::as<writ_run_stopped>(input)->reason == WRIT_STOP_FOUND_DEAD) {
        incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_RUN_FOUND_DEAD, 0,
                 "the run before had no end; its state was taken over from its journal");
        break;
      }
      markets_.finish(sink_);
      mark_portfolio();
      break;
    case WRIT_RECORD_DEPOSIT:
      ledger_.on_deposit(*model::as<writ_deposit>(input), id.raw(), sink_);
      break;
    case WRIT_RECORD_CONVERSION:
      ledger_.on_conversion(*model::as<writ_conversion>(input));
      break;
    case WRIT_RECORD_FUNDING:
      ledger_.on_funding(*model::as<writ_funding>(input), id.raw(), sink_);
      break;
    case WRIT_RECORD_SETTLEMENT:
      ledger_.on_settlement(*model::as<writ_settlement>(input), id.raw(), sink_);
      break;
    case WRIT_RECORD_REPORT:
      orders_.on_report(*model::as<writ_report>(input), sink_);
      settle_orders();
      break;
    case WRIT_RECORD_FILL:
      on_fill(*model::as<writ_fill>(input));
      break;
    case WRIT_RECORD_COMMAND:
      obey(*model::as<writ_command>(input));
      break;
    default:
      enter_table(input);
      break;
  }
}

void Pipeline::on_fill(const writ_fill& fill) {
  if (!orders_.on_fill(fill, sink_)) return;  // delivered twice: money moves once
  ledger_.on_fill(fill, record_id<FillId>(sink_.input_run(), Seq{fill.header.seq}), sink_);
  deliver(fill.instance, fill.header);
  settle_orders();
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
      incident(WRIT_SEVERITY_CRITICAL, WRIT_INCIDENT_KILL, 0, why);
      orders_.cancel_scope({command.account, 0, 0}, Seq{command.header.seq}, sink_);
      break;
    case WRIT_OPERATOR_RESUME_AFTER_KILL:
      arbiter_.resume_after_kill(command.account);
      incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_RESUMED, 0, why);
      break;
    case WRIT_OPERATOR_HALT:
      incident(WRIT_SEVERITY_CRITICAL, WRIT_INCIDENT_HALT, 0, why);
      orders_.cancel_scope({command.account, 0, 0}, Seq{command.header.seq}, sink_);
      break;
    case WRIT_OPERATOR_RELOAD_REFUSED:
      incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_RELOAD_REFUSED, 0, why);
      break;
    default:
      break;
  }
  settle_orders();
}

// Signal plugins in topological order: the input, then what those before them published. Strategies
// come after.
void Pipeline::update_signals(const writ_record& input, const market::Change& change) {
  values_.clear();
  const bool market = plugin::instrument_of(input) != 0;
  for (const auto& actor : signals_) {
    if (market) {
      actor->warm_up.on_event(sink_.now());
      if (actor->delivery.wants(input, {change.top_changed, change.traded})) give(*actor, input);
    }
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (board_.feeds(record_in(values_[i]), actor->number())) {
        give(*actor, record_in(values_[i]));
      }
    }
  }
}

void Pipeline::inform_strategies(const writ_record& input, const market::Change& change) {
  const bool market = plugin::instrument_of(input) != 0;
  for (const auto& strategy : strategies_) {
    auto& actor = strategy->actor;
    if (market) {
      actor.warm_up.on_event(sink_.now());
      if (actor.delivery.wants(input, {change.top_changed, change.traded})) give(actor, input);
    }
    for (const auto& words : values_) {
      const auto& value = record_in(words);
      if (actor.delivery.subscribed(value.type) && board_.feeds(value, actor.number())) {
        give(actor, value);
      }
    }
  }
}

void Pipeline::evaluate_strategies(const market::Change& change) {
  for (const auto& strategy : strategies_) {
    if (strategy->schedule.on_change({change.instrument, change.top_changed, change.traded},
                                     sink_.now())) {
      evaluate(*strategy, change.instrument);
    }
    while (const auto instrument = strategy->schedule.take_due(sink_.now())) {
      evaluate(*strategy, *instrument);
    }
  }
}

void Pipeline::evaluate(strategy::Strategy& strategy, std::uint32_t instrument) {
  auto& actor = strategy.actor;
  if (actor.instance->stopped() || sink_.differs(actor.number())) return;
  // A copy: a submit for another instrument builds another snapshot meanwhile.
  const auto bytes = model::bytes_of(snapshots_.build(actor, instrument).header);
  snapshot_.resize(bytes.size() / 8);
  std::memcpy(snapshot_.data(), bytes.data(), bytes.size());
  const auto& snapshot = *model::as<writ_snapshot>(record_in(snapshot_));

  std::uint64_t recorded_seq = 0;
  if (snapshot_due(actor.number(), instrument)) {
    auto copy = snapshot_;
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
  const auto [due, first] = snapshot_due_.try_emplace({instance, instrument}, INT64_MIN);
  if (sink_.now() < due->second) return false;
  due->second = sink_.now() + options_.snapshot_period_ns;
  return true;
}

// Every intent on record gets its verdict here, in the order of submission; then what the outcomes
// led strategies to submit, a bounded number of times.
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
  const auto view = risk_views_.build(intent);
  decide(pending, view);
  auto& record = verdict_.finish();
  const VerdictId verdict_id{sink_.append(record)};
  const auto verdict = *model::as<writ_verdict>(record);
  arbiter_.apply(verdict, intent);
  if (verdict.approved != 0) {
    const execution::Approved approved{intent, verdict, verdict_id};
    const bool died_before_order = sink_.cut_off() && !sink_.past_order(pending.id) &&
                                   arbiter_.terms(intent, view).makes_order;
    const Money free = view.cash_free.raw > 0 ? view.cash_free : Money{};
    const execution::Funding funding{free, view.cash_required.value_or(Money{})};
    if (died_before_order) {
      orders_.fail_unsent(approved, view.strategy.position, funding, sink_);
    } else {
      orders_.carry_out(approved, view.strategy.position, funding, sink_);
    }
  }
  deliver(intent.instance, record);
  settle_orders();
}

// The verdict of one intent, into verdict_. What is on record is never decided again.
void Pipeline::decide(const PendingIntent& pending, const arbiter::RiskView& view) {
  if (const auto* past = sink_.past_verdict(pending.id)) {
    verdict_.begin(*past);
    const auto checks = model::tail(*past);
    verdict_.append(checks.data(), checks.size());
  } else if (sink_.restarting()) {
    verdict_.begin(arbiter::unjudged_verdict(pending.intent(), pending.id, WRIT_REASON_RESTART));
  } else if (pending.call_failed) {
    verdict_.begin(
        arbiter::unjudged_verdict(pending.intent(), pending.id, WRIT_REASON_PLUGIN_ERROR));
  } else {
    arbiter_.judge(pending.intent(), pending.id, view, verdict_);
  }
}

// ORDER records since the last time: commands to the gateway, all of them to their strategy.
void Pipeline::settle_orders() {
  for (const auto& order : sink_.take_orders()) {
    if (order.command != WRIT_COMMAND_NONE) commands_.push_back(order);
    if (!execution::Orders::is_working(order)) release_lease(order);
    deliver(order.instance, order.header);
  }
}

void Pipeline::release_lease(const writ_order& order) {
  const auto* traded = tables_.instrument(order.instrument);
  if (traded == nullptr) return;
  Quantity position;
  std::uint32_t working = 0;
  for (const auto* instrument : tables_.instruments()) {
    const bool same_market =
        instrument->instrument == order.instrument ||
        (traded->market_group != 0 && instrument->market_group == traded->market_group);
    if (!same_market) continue;
    position += abs(ledger_.strategy_position(AccountId{order.account}, InstanceId{order.instance},
                                              InstrumentId{instrument->instrument}));
    working += orders_.sums({order.account, instrument->instrument, order.instance}).count;
  }
  arbiter_.release_if_idle(order.account, order.instrument, position, working);
}

void Pipeline::mark_portfolio() {
  const MarketQuotes quotes{markets_, sink_.now()};
  for (const auto account : ledger_.accounts()) {
    const auto open_orders = orders_.sums({account.raw(), 0, 0}).count;
    ledger_.portfolio(account, sink_.now(), quotes, open_orders, sink_);
  }
  portfolio_due_ = sink_.now() + options_.portfolio_period_ns;
}

void Pipeline::deliver(std::uint32_t instance, const writ_record& record) {
  if (auto* actor = find_actor(instance)) give(*actor, record);
}

void Pipeline::give(plugin::Actor& actor, const writ_record& record) {
  if (actor.instance->stopped() || sink_.differs(actor.number())) return;
  services_.begin_call(actor, nullptr, 0);
  finish_call(actor, actor.instance->on_event(record));
}

void Pipeline::finish_call(plugin::Actor& actor, writ_status status) {
  services_.end_call(status < 0);
  for (auto& value : services_.take_published()) {
    board_.post(record_in(value));
    values_.push_back(std::move(value));
  }
  if (status >= 0) return;
  incident(WRIT_SEVERITY_ERROR, WRIT_INCIDENT_PLUGIN_ERROR, actor.number(),
           std::string(actor.instance->name()) + ": " + plugin::status_name(status));
  if (actor.errors.add(sink_.now())) {
    stop_actor(actor, WRIT_INCIDENT_PLUGIN_STOPPED, "too many errors: stopped, orders cancelled");
  }
}

void Pipeline::stop_actor(plugin::Actor& actor, std::uint16_t code, std::string_view why) {
  actor.instance->stop();
  timers_.cancel_all(actor.number());
  incident(WRIT_SEVERITY_CRITICAL, code, actor.number(),
           std::string(actor.instance->name()) + ": " + std::string(why));
  orders_.cancel_scope({0, 0, actor.number()}, Seq{sink_.input_seq()}, sink_);
}

void Pipeline::incident(std::uint16_t severity, std::uint16_t code, std::uint32_t instance,
                        std::string_view text) {
  auto told = model::make_record<writ_incident>();
  told.severity = severity;
  told.code = code;
  told.instance = instance;
  told.cause_seq = sink_.input_seq();
  told.text_size = static_cast<std::uint32_t>(text.size());
  sink_.append(text_.begin(told).append(text.data(), text.size()).finish());
}

std::vector<writ_order> Pipeline::take_commands() { return std::exchange(commands_, {}); }

std::optional<std::int64_t> Pipeline::next_deadline() const {
  auto next = std::min(portfolio_due_, checkpoint_due_);
  if (const auto timer = timers_.next_due()) next = std::min(next, *timer);
  for (const auto& strategy : strategies_) {
    if (const auto due = strategy->schedule.next_due()) next = std::min(next, *due);
  }
  if (next == INT64_MAX) return std::nullopt;
  return next;
}

}  // namespace writ::engine
