#include "host/engine/pipeline.hpp"

#include "host/base/assert.hpp"
#include "host/model/market_key.hpp"
#include "host/model/record_words.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>

namespace writ::engine {
namespace {

bool is_market(const writ_record& record) {
  return record.type >= WRIT_RECORD_BOOK_SNAPSHOT && record.type < WRIT_RECORD_SIGNAL_INPUT;
}

/// Nothing but the market is another by it: no table, no money, no order.
bool is_market_alone(const writ_record& record) {
  return record.type >= WRIT_RECORD_BOOK_SNAPSHOT && record.type <= WRIT_RECORD_BAR;
}

/// Positions or tables may change by it in other ways than by a fill.
bool moves_holdings(const writ_record& record) {
  switch (record.type) {
    case WRIT_RECORD_ACCOUNT:
    case WRIT_RECORD_INSTRUMENT:
    case WRIT_RECORD_COMMAND:
    case WRIT_RECORD_DEPOSIT:
    case WRIT_RECORD_CONVERSION:
    case WRIT_RECORD_ADJUSTMENT:
    case WRIT_RECORD_TOKENS:
    case WRIT_RECORD_SETTLEMENT:
    case WRIT_RECORD_TICK_CHANGE:
    case WRIT_RECORD_REDUCTION:
      return true;
    default:
      return false;
  }
}

bool is_halt(const writ_record& record) {
  const auto* command = model::as<writ_command>(record);
  return command != nullptr && command->command == WRIT_OPERATOR_HALT;
}

}  // namespace

Pipeline::Pipeline(const CoreOptions& options, CoreSink& sink)
    : options_(options),
      sink_(sink),
      markets_(options.markets),
      orders_(options.orders),
      ledger_(tables_),
      arbiter_(tables_, options.arbiter),
      veto_marks_(tables_, ledger_),
      risk_sums_(tables_, orders_, ledger_),
      risk_views_(sink, tables_, markets_, orders_, ledger_, arbiter_, risk_sums_),
      snapshots_(sink, markets_, orders_, ledger_, arbiter_, board_, risk_views_),
      services_(
          sink, tables_, timers_, markets_, orders_,
          [this](const plugin::Actor& actor, std::uint32_t instrument) -> const writ_snapshot& {
            return snapshots_.build(actor, instrument);
          },
          options.progress, options.stage_times),
      host_intents_(sink, services_,
                    [this](std::uint32_t instance, std::uint32_t account,
                           std::uint32_t instrument) -> const writ_snapshot& {
                      return snapshots_.build({instance, account, true}, instrument);
                    }),
      flattening_(sink, orders_, ledger_, host_intents_),
      targets_(orders_) {
  sink_.set_tables(tables_);
  risk_sums_.set_slippage(arbiter_.options().market_order_slippage);
}

// The life of one input. The order is part of the contract: a replay depends on it. Most are market
// data from which nothing follows: those pass by all that is not due.
bool Pipeline::on_input(const writ_record& input) {
  sink_.begin(input);
  values_.clear();
  if (input.type != WRIT_RECORD_CLOCK) ++inputs_since_checkpoint_;  // time alone changes little
  const bool attentive = needs_attention(input);
  if (attentive) begin_input(input);

  const auto change = markets_.apply(input, sink_);  // books and trades
  if (change.top_changed) on_top(change.instrument);
  if (attentive) book(input);  // money, reports and fills, commands
  if (!halted_) {
    if (attentive) {
      flattening_.go_on(change.top_changed ? change.instrument : 0);
      if (!reconciling_) send_held_back();
    }
    update_signals(input, change);  // values go on record as they are published
    inform_strategies(input, change);
    evaluate_strategies(change);  // each submit has put its intent on record when it returns
  }
  if (!attentive && !sink_.has_derived()) return false;
  conclude(input, change);
  return true;
}

bool Pipeline::needs_attention(const writ_record& input) const {
  const auto now = sink_.now();
  return !is_market_alone(input) || !ahead_ || now >= ahead_->attention || timers_.is_due(now) ||
         markets_.is_due(now);
}

// What time has brought until then comes before what happened.
void Pipeline::begin_input(const writ_record& input) {
  ahead_.reset();
  retired_.clear();
  halted_ = halted_ || is_halt(input);
  tell_of_restart();
  review_swaps();
  if (!halted_) end_quarantines();
  markets_.on_time(sink_.now(), sink_);
  review_expired_leases();
  veto_marks_.mark(sink_.now(), sink_);                 // at what was known until then
  orders_.on_time(sink_.now(), Seq{input.seq}, sink_);  // what got no answer is looked up
  if (!halted_) fire_timers();                          // what was asked for earlier comes first
}

void Pipeline::on_top(std::uint32_t instrument) {
  const auto quote = MarketQuotes{markets_, sink_.now()}.quote(instrument);
  ledger_.on_quote(instrument, quote, sink_);
  veto_marks_.on_quote(instrument, quote);
  watch_book(instrument, quote);
}

// What follows from what plugins and the core itself did.
void Pipeline::conclude(const writ_record& input, const market::Change& change) {
  if (!halted_) try_candidates(input, change);
  while (const auto stopped = sink_.take_stopped()) {
    cancel_scope({0, 0, stopped}, Seq{sink_.input_seq()});
  }
  if (sink_.now() >= portfolio_due_) {
    mark_portfolio();
    halt_on_drawdown();  // before judging: what adds is not approved any more
  }
  if (!halted_ && !reconciling_) look_after_groups();  // what a failed leg leaves over is undone
  release_legs(input);
  judge_pending();  // a verdict for each, orders for the approved
  if (sink_.restarting()) apply_rest_of_past();
  if (sink_.now() >= checkpoint_due_) ask_for_checkpoint();
  ahead_ = look_ahead();
}

// What risk is measured by moved, and maybe too far.
void Pipeline::watch_book(std::uint32_t instrument, const ledger::Quote& quote) {
  risk_sums_.touch(instrument);
  if (!quote.fresh || quote.bid.is_none() || quote.ask.is_none()) return;
  if (!arbiter_.on_book(instrument, quote.bid, quote.ask, sink_.now())) return;
  incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_CIRCUIT_BREAK, 0,
           std::string(tables_.instrument_name(instrument)) +
               " moved too far too fast: nothing is added in its market for now");
}

void Pipeline::fire_timers() {
  if (!timers_.is_due(sink_.now())) return;
  for (const auto& due : timers_.due(sink_.now())) {
    if (!timers_.take(due) || sink_.left_out(due.instance)) continue;
    auto fired = model::make_record<writ_timer>();
    fired.instance = due.instance;
    fired.timer = due.timer;
    fired.due_ts = due.due_ts;
    sink_.append(fired.header);
    deliver(due.instance, fired.header);
  }
}

// What an input means for tables, money and orders.
void Pipeline::book(const writ_record& input) {
  const auto id = record_id<FillId>(sink_.input_run(), Seq{input.seq});
  if (moves_holdings(input)) risk_sums_.touch_all();
  if (input.type != WRIT_RECORD_DEPOSIT) deposits_last_.clear();
  switch (input.type) {
    case WRIT_RECORD_RUN_STARTED:
      enter_run(*model::as<writ_run_started>(input));
      portfolio_due_ = sink_.now() + options_.portfolio_period_ns;
      checkpoint_due_ = sink_.now() + options_.checkpoint_period_ns;
      break;
    case WRIT_RECORD_CONFIG:
      commit_reload();
      break;
    case WRIT_RECORD_RELOAD:
      on_reload_record(*model::as<writ_reload>(input));
      break;
    case WRIT_RECORD_RUN_STOPPED:
      if (model::as<writ_run_stopped>(input)->reason == WRIT_STOP_FOUND_DEAD) {
        incident(WRIT_SEVERITY_WARN, WRIT_INCIDENT_RUN_FOUND_DEAD, 0,
                 "the run before had no end; its state was taken over from its journal");
        break;
      }
      end_swaps();
      markets_.finish(sink_);
      mark_portfolio();
      break;
    case WRIT_RECORD_DEPOSIT:
      note_deposit(*model::as<writ_deposit>(input));
      ledger_.on_deposit(*model::as<writ_deposit>(input), id.raw(), sink_);
      break;
    case WRIT_RECORD_CONVERSION:
      ledger_.on_conversion(*model::as<writ_conversion>(input), sink_);
      break;
    case WRIT_RECORD_FUNDING:
      ledger_.on_funding(*model::as<writ_funding>(input), id.raw(), sink_);
      break;
    case WRIT_RECORD_SETTLEMENT:
      ledger_.on_settlement(*model::as<writ_settlement>(input), id.raw(), sink_);
      review_leases();
      break;
    case WRIT_RECORD_REDUCTION:
      ledger_.on_reduction(*model::as<writ_reduction>(input), id.raw(), sink_);
      break;
    case WRIT_RECORD_ADJUSTMENT:
      ledger_.on_adjustment(*model::as<writ_adjustment>(input), id.raw(), sink_);
      break;
    case WRIT_RECORD_TOKENS:
      ledger_.on_token_change(*model::as<writ_token_change>(input), id.raw(), sink_);
      break;
    case WRIT_RECORD_REPORT:
      orders_.on_report(*model::as<writ_report>(input), sink_);
      risk_sums_.touch_orders(model::as<writ_report>(input)->instrument);
      settle_orders();
      break;
    case WRIT_RECORD_FILL:
      on_fill(*model::as<writ_fill>(input));
      break;
    case WRIT_RECORD_COMMAND:
      obey(*model::as<writ_command>(input));
      break;
    case WRIT_RECORD_INTENT_INPUT:
      take_intent(input);
      break;
    case WRIT_RECORD_SIGNAL_INPUT:
    case WRIT_RECORD_SIGNAL_REPORT_INPUT:
      take_value(input);
      break;
    case WRIT_RECORD_PLUGIN_STAT:
      break;  // for people and the database
    case WRIT_RECORD_PLUGIN_FAULT:
      on_plugin_fault(*model::as<writ_plugin_fault>(input));
      break;
    default:
      if (!is_market(input)) book_table(input);
      break;
  }
}

// One of those the account begins with is made once.
void Pipeline::note_deposit(const writ_deposit& deposit) {
  const auto known = ledger_.accounts();
  const bool is_first =
      std::find(known.begin(), known.end(), AccountId{deposit.account}) == known.end();
  const bool goes_on =
      std::any_of(deposits_last_.begin(), deposits_last_.end(),
                  [&](const auto& made) { return made.account == deposit.account; });
  if (is_first || goes_on) deposits_last_.push_back(deposit);
  if (deposits_due_.empty()) return;
  const auto& due = deposits_due_.front();
  if (due.account == deposit.account && due.asset == deposit.asset &&
      from_abi(due.amount) == from_abi(deposit.amount)) {
    deposits_due_.pop_front();
  }
}

void Pipeline::book_table(const writ_record& record) {
  if (!tables_.apply(record)) {
    incident(WRIT_SEVERITY_ERROR, WRIT_INCIDENT_BAD_MESSAGE, 0, "a table record was refused");
    return;
  }
  enter_table(record);
  if (const auto* made = model::as<writ_instance>(record)) change_builds(*made);
  const auto* instrument = model::as<writ_instrument>(record);
  if (instrument == nullptr) return;
  for (const auto number : instances()) {
    auto* actor = find_actor(number);
    if (actor->instance->names(instrument->instrument)) give(*actor, record);
  }
}

void Pipeline::on_fill(const writ_fill& fill) {
  if (!orders_.on_fill(fill, sink_)) return;  // delivered twice: money moves once
  ledger_.on_fill(fill, record_id<FillId>(sink_.input_run(), Seq{fill.header.seq}), sink_);
  arbiter_.on_fill(fill);
  risk_sums_.touch(fill.instrument);
  deliver(fill.instance, fill.header);
  settle_orders();
}

// Signal plugins in topological order: the input, then what those before them published. Strategies
// come after.
void Pipeline::update_signals(const writ_record& input, const market::Change& change) {
  for (const auto& actor : signals_) {
    if (sink_.left_out(actor->number())) {
      for (const auto type : {WRIT_RECORD_SIGNAL, WRIT_RECORD_SIGNAL_REPORT}) {
        while (const auto* past = sink_.take_unrepeated(
                   static_cast<std::uint16_t>(type), CoreSink::Whose::kLeftOut, actor->number())) {
          board_.post(*past);
          values_.push_back(model::words_of(*past));
        }
      }
    } else {
      inform(*actor, input, change);
    }
  }
}

void Pipeline::inform_strategies(const writ_record& input, const market::Change& change) {
  for (const auto& strategy : strategies_) inform(strategy->actor, input, change);
}

// An input, then the signal values it led to so far, to those who asked for them.
void Pipeline::inform(plugin::Actor& actor, const writ_record& input,
                      const market::Change& change) {
  if (sink_.left_out(actor.number())) return;
  if (is_market(input)) {
    if (!actor.warm_up.settled() && actor.instance->names(plugin::instrument_of(input))) {
      actor.warm_up.on_event(sink_.now());
    }
    const auto concerned = is_market_alone(input) ? std::nullopt : concerns(input, *actor.instance);
    if (concerned.value_or(true) &&
        actor.delivery.wants(input, {change.top_changed, change.traded, concerned.has_value()})) {
      give(actor, input);
    }
  }
  for (std::size_t i = 0; i < values_.size(); ++i) {  // by index: it may publish more
    const auto& value = model::record_in(values_[i]);
    if (actor.delivery.subscribed(value.type) && board_.feeds(value, actor.number())) {
      give(actor, value);
    }
  }
}

// Of a record about more than its own instrument: whether the instance names one of those. A
// non-runner is the concern of its whole market, a connection that of all it feeds.
std::optional<bool> Pipeline::concerns(const writ_record& input,
                                       const plugin::Instance& instance) const {
  const auto any = [&instance](const auto& is_meant) {
    const auto named = instance.instruments();
    return std::any_of(named.begin(), named.end(), is_meant);
  };
  if (const auto* reduction = model::as<writ_reduction>(input)) {
    const auto* removed = tables_.instrument(reduction->instrument);
    if (removed == nullptr) return false;
    return any([&](std::uint32_t named) {
      return model::market_key(*tables_.instrument(named)) == model::market_key(*removed);
    });
  }
  if (const auto* status = model::as<writ_market_status>(input);
      status != nullptr && status->instrument == 0) {
    return any(
        [&](std::uint32_t named) { return markets_.feeds(input.stream, InstrumentId{named}); });
  }
  return std::nullopt;
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
  if (!is_called(actor)) return;
  // A copy: a submit for another instrument builds another snapshot meanwhile.
  model::assign(snapshot_, snapshots_.build(actor, instrument).header);
  const auto& snapshot = *model::as<writ_snapshot>(model::record_in(snapshot_));

  std::uint64_t recorded_seq = 0;
  if (snapshot_due(actor.number(), instrument)) {
    auto copy = snapshot_;
    auto& record = model::record_in(copy);
    sink_.append(record);
    recorded_seq = record.seq;
  }
  // Its intents come later, as inputs, and must be able to name it.
  const auto* isolation = actor.instance->isolation();
  if (isolation != nullptr && !isolation->has_state()) {
    model::record_in(snapshot_).seq = recorded_seq;
  }
  begin_call(actor, &snapshot, recorded_seq);
  if (options_.stage_times) options_.stage_times->reached(Stage::kSnapshot);
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

void Pipeline::mark_account(AccountId account) {
  const auto open_orders = orders_.sums({account.raw(), 0, 0}).count;
  ledger_.portfolio(account, sink_.now(), MarketQuotes{markets_, sink_.now()}, open_orders, sink_);
}

void Pipeline::mark_portfolio() {
  for (const auto account : ledger_.accounts()) mark_account(account);
  risk_sums_.touch_all();  // the marks of what coins wait for
  portfolio_due_ = sink_.now() + options_.portfolio_period_ns;
}

void Pipeline::deliver(std::uint32_t instance, const writ_record& record) {
  if (auto* actor = find_actor(instance)) give(*actor, record);
}

// Nothing new begins while the run halts.
bool Pipeline::is_called(const plugin::Actor& actor) const {
  if (halted_ || actor.instance->stopped() || sink_.left_out(actor.number())) return false;
  return !is_on_probation(actor) || probations_.at(actor.number()).failure.empty();
}

void Pipeline::give(plugin::Actor& actor, const writ_record& record) {
  if (!is_called(actor)) return;
  if (is_on_probation(actor)) {
    probations_.at(actor.number()).missed.push_back(model::words_of(record));
  }
  begin_call(actor, nullptr, 0);
  finish_call(actor, actor.instance->on_event(record));
}

void Pipeline::begin_call(plugin::Actor& actor, const writ_snapshot* evaluated,
                          std::uint64_t recorded_seq) {
  services_.begin_call(actor, evaluated, recorded_seq);
  if (options_.call_watch != nullptr && is_on_probation(actor)) {
    options_.call_watch->call_begins();
  }
}

void Pipeline::finish_call(plugin::Actor& actor, writ_status status) {
  const bool tried = is_on_probation(actor);
  if (tried && options_.call_watch != nullptr) options_.call_watch->call_ends(actor.number());
  services_.end_call(status < 0);
  if (services_.has_published()) {
    for (auto& value : services_.take_published()) {
      board_.post(model::record_in(value));
      values_.push_back(std::move(value));
    }
  }
  overran_ = overran_ || actor.instance->late();
  const bool too_many = actor.intents.exceeded();
  if (tried) return note_tried_call(actor.number(), too_many ? writ_status{WRIT_E_LIMIT} : status);
  if (too_many) return quarantine_over_intents(actor);
  if (status >= 0) return;
  if (const auto& fault = actor.instance->fault(); !fault.empty()) return quarantine(actor, fault);
  count_error(actor, status);
}

void Pipeline::count_error(plugin::Actor& actor, writ_status status) {
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
  cancel_scope({0, 0, actor.number()}, Seq{sink_.input_seq()});
}

void Pipeline::incident(std::uint16_t severity, std::uint16_t code, std::uint32_t instance,
                        std::string_view text, std::uint32_t account) {
  auto told = model::make_record<writ_incident>();
  told.severity = severity;
  told.code = code;
  told.account = account;
  told.instance = instance;
  told.cause_seq = sink_.input_seq();
  told.text_size = static_cast<std::uint32_t>(text.size());
  sink_.append(text_.begin(told).append(text.data(), text.size()).finish());
}

std::optional<std::int64_t> Pipeline::next_deadline() const {
  auto next = ahead_ ? ahead_->deadline : look_ahead().deadline;
  if (const auto timer = timers_.next_due()) next = std::min(next, *timer);
  for (const auto& strategy : strategies_) {
    if (const auto due = strategy->schedule.next_due()) next = std::min(next, *due);
  }
  if (next == INT64_MAX) return std::nullopt;
  return next;
}

Pipeline::Ahead Pipeline::look_ahead() const {
  auto next = portfolio_due_;
  // One that waits for a replacement comes with the end of that.
  if (!checkpoint_asked_ || !swapping()) next = std::min(next, checkpoint_due_);
  for (const auto& [number, candidate] : candidates_) next = std::min(next, candidate.wait_until);
  for (const auto& [number, probation] : probations_) next = std::min(next, probation.until);
  if (flattening_.open() != 0) next = std::min(next, flattening_.next_due().value_or(next));
  if (const auto mark = veto_marks_.next_due()) next = std::min(next, *mark);
  if (const auto lookup = orders_.next_due()) next = std::min(next, *lookup);
  if (const auto late = groups_.next_due(); late && !reconciling_) next = std::min(next, *late);
  if (const auto late = waiting_legs_.next_due()) next = std::min(next, *late);
  for_each_actor([&next](const plugin::Actor& actor) {
    if (const auto due = actor.quarantine.due()) next = std::min(next, *due);
  });
  if (is_under_way()) return {next, INT64_MIN};
  const auto expiry = arbiter_.leases().next_expiry(arbiter_.options().ownership_lease_ns);
  return {next, std::min(next, expiry.value_or(INT64_MAX))};
}

// Something goes on that every input may move.
bool Pipeline::is_under_way() const {
  return halted_ || restarted_ || sink_.knows_past() || swapping() || !found_.cold.empty() ||
         !deposits_last_.empty() || !retired_.empty() || !swap_steps_.empty() ||
         flattening_.open() != 0 || targets_.count() != 0 || !groups_.all().empty() ||
         !waiting_legs_.empty();
}

}  // namespace writ::engine
