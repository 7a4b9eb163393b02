#include "host/engine/run.hpp"

#include "host/base/assert.hpp"
#include "host/base/input_error.hpp"
#include "host/engine/checkpointing.hpp"
#include "host/engine/restart.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

namespace writ::engine {
namespace {

// Without anything scheduled, so long until operators are looked after again.
constexpr std::int64_t kIdleNs = 50'000'000;

/// Keeps nothing.
class RehearsalSink final : public CoreSink {
 public:
  explicit RehearsalSink(RunNumber run) : run_(run) {}
  [[nodiscard]] RunNumber run() const override { return run_; }
  [[nodiscard]] Seq next_seq() const override { return Seq{1}; }

 protected:
  std::uint64_t put(writ_record& /*record*/) override { return 0; }

 private:
  RunNumber run_;
};

/// Makes every instance once, to no effect: a plugin that refuses stops the start here.
void rehearse(const RunSetup& setup) {
  RehearsalSink sink{setup.identity.run_number};
  Pipeline pipeline{setup.core, sink};
  for (const auto& table : setup.tables) pipeline.enter_table(model::record_in(table));
  for (const auto& instance : setup.instances) pipeline.add_instance(instance);
}

}  // namespace

base::Result<std::unique_ptr<Run>> Run::start(RunSetup setup, journal::Storage& storage,
                                              const Past* past, feed::FeedSource& feed,
                                              execution::OrderGateway& gateway, Pacer& pacer,
                                              OperatorPort& operators) {
  rehearse(setup);
  std::unique_ptr<Run> run{new Run(std::move(setup), storage, feed, gateway, pacer, operators)};
  if (auto begun = run->begin(past); !begun) return begun.error();
  return run;
}

base::Result<void> Run::begin(const Past* past) {
  if (setup_.keep == Keep::kJournal) {
    auto writer = journal::Writer::create(storage_, setup_.writer, setup_.identity);
    if (!writer) return writer.error();
    writer_ = std::move(*writer);
  }
  // Only what can be made again may go unkept.
  WRIT_ASSERT(writer_ || (setup_.mode == WRIT_MODE_BACKTEST && past == nullptr));
  sink_ = std::make_unique<JournalSink>(writer_.get(), setup_.identity.run_number);
  sink_->tell(setup_.core.stage_times);
  if (setup_.tried_call_max_ns) {
    tried_calls_.limit(*setup_.tried_call_max_ns);
    setup_.core.call_watch = &tried_calls_;
  }
  pipeline_ = std::make_unique<Pipeline>(setup_.core, *sink_);
  if (setup_.incidents != nullptr) {
    sink_->tell_incidents([this](const writ_record& incident) {
      setup_.incidents->tell(incident, pipeline_->tables());
    });
  }

  last_ts_ = past == nullptr ? pacer_.stamp(feed_.next_ts().value_or(0))
                             : std::max(past->last_ts, pacer_.stamp(past->last_ts));

  model::RecordBuffer buffer;
  auto started = model::make_record<writ_run_started>();
  started.run_number = setup_.identity.run_number.raw();
  started.continues = past == nullptr ? 0 : past->run.identity.run_number.raw();
  started.mode = setup_.mode;
  std::memcpy(started.run_id, setup_.identity.run_id.bytes.data(), sizeof started.run_id);
  std::memcpy(started.config_hash, setup_.identity.config_hash.data(), sizeof started.config_hash);
  started.manifest_size = static_cast<std::uint32_t>(setup_.manifest.size());
  work_on(buffer.begin(started).append(setup_.manifest.data(), setup_.manifest.size()).finish());
  journal_config(setup_.config_text, setup_.identity.config_hash);
  for (auto& table : setup_.tables) work_on(model::record_in(table));
  for (const auto& instance : setup_.instances) pipeline_->add_instance(instance);
  if (past != nullptr) {
    if (auto taken = take_over(*past, started); !taken) return taken;
  }
  // Who is replaced is to leave the process: nothing but the core may hold a build.
  setup_.instances.clear();
  setup_.past.reset();
  pipeline_->expect_deposits(first_money(setup_.deposits));
  checkpoint();

  if (past != nullptr && !past->stop_reason) {
    auto found = model::make_record<writ_run_stopped>();
    found.run_number = past->run.identity.run_number.raw();
    found.reason = WRIT_STOP_FOUND_DEAD;
    work_on(found.header);
  }
  pay_in(pipeline_->deposits_due());  // with those a host that died had not come to make
  begin_reconciliation(past == nullptr ? last_ts_ : past->last_ts);
  plan_statistics();
  if (sink_->failure()) return *sink_->failure();
  return {};
}

base::Result<void> Run::take_over(const Past& past, const writ_run_started& started) {
  const auto recipe = setup_.past ? *setup_.past : Recipe{setup_.core, setup_.instances, {}};
  auto restarted = fold_past(past, storage_, recipe, setup_.left_out, started, *sink_, gateway_);
  if (!restarted) return restarted.error();
  (void)sink_->take_orders();  // completed by the fold, told to their strategies there
  const auto loaded =
      pipeline_->load(restarted->state, reset_allowed(setup_.instances), Pipeline::LoadFor::kGoOn);
  if (!loaded) return loaded.error();
  pipeline_->enter_run(started);
  enter_new_tables(setup_.tables, past.tables, *pipeline_, gateway_);
  restarted->cold.insert(loaded->cold.begin(), loaded->cold.end());
  const auto torn = past.run.torn_tail ? past.run.torn_tail->bytes : 0;
  pipeline_->after_restart({past.run.identity.run_number.raw(), restarted->differing,
                            restarted->hung, restarted->cold, torn});
  restarted_ = std::move(*restarted);
  return {};
}

// An account the books know, or are about to, has its first money. The deposits of a reload are one
// after the other: where a host died among them, those of the account last paid in are completed.
std::vector<writ_deposit> Run::first_money(std::vector<writ_deposit> deposits) const {
  std::set<std::uint32_t> known;
  for (const auto account : pipeline_->ledger().accounts()) known.insert(account.raw());
  std::set<std::pair<std::uint32_t, std::uint32_t>> made;
  for (const auto& paid : pipeline_->deposits_last()) {
    known.erase(paid.account);
    made.insert({paid.account, paid.asset});
  }
  for (const auto& due : pipeline_->deposits_due()) known.insert(due.account);
  std::erase_if(deposits, [&](const auto& deposit) {
    return known.contains(deposit.account) || made.contains({deposit.account, deposit.asset});
  });
  return deposits;
}

void Run::pay_in(std::vector<writ_deposit> deposits) {
  for (auto& deposit : deposits) work_on(deposit.header);
}

void Run::journal_config(const std::string& text, const base::Sha256Digest& hash) {
  model::RecordBuffer buffer;
  auto config = model::make_record<writ_config_change>();
  std::memcpy(config.config_hash, hash.data(), sizeof config.config_hash);
  config.text_size = static_cast<std::uint32_t>(text.size());
  work_on(buffer.begin(config).append(text.data(), text.size()).finish());
}

std::uint32_t Run::go() {
  while (step()) {
  }
  end();
  return *stop_;
}

// One turn: what people ask, then the earliest of what is due. At equal times the market goes
// before the venue's answers, and both before the clock.
bool Run::step() {
  while (const auto request = operators_.poll()) (*request)(*this);
  if (sink_->failure()) halt("the journal cannot be written");
  if (!stop_ && reconciliation_) {
    reconcile();
    if (!reconciliation_) return !stop_;  // whoever waited for it has the first word
  }
  if (stop_) return false;
  send_ready();
  if (setup_.core.stage_times) note_left(*setup_.core.stage_times);
  if (is_by_the_clock()) {
    for (auto& overrun : pipeline_->take_overruns()) take_input(overrun.header);
  }
  if (last_ts_ >= statistics_due_) record_statistics();
  if (take_from_outside()) return true;

  const auto feed_ts = feed_.next_ts();
  const auto report_ts = gateway_.next_due();
  const auto deadline = pipeline_->next_deadline();
  if (!feed_ts && feed_.exhausted()) {
    stop_ = WRIT_STOP_END_OF_DATA;
    return false;
  }
  auto next = feed_ts.value_or(INT64_MAX);
  next = std::min({next, report_ts.value_or(INT64_MAX), deadline.value_or(INT64_MAX)});
  const auto wake_ts =
      setup_.outside == nullptr ? INT64_MAX : setup_.outside->next_due().value_or(INT64_MAX);
  next = std::min(next, wake_ts);
  if (next == INT64_MAX) next = pacer_.stamp(last_ts_) + kIdleNs;
  if (end_ts_ && next > *end_ts_) {
    if (pacer_.wait_until(*end_ts_)) stop_ = WRIT_STOP_DURATION;
    return !stop_;
  }
  if (!pacer_.wait_until(next)) return true;

  if (feed_ts && *feed_ts == next) {
    if (setup_.core.stage_times) begin_stages(*feed_ts);
    take_copy(feed_.take());
    if (setup_.duration_ns && !end_ts_) end_ts_ = last_ts_ + *setup_.duration_ns;
  } else if (report_ts && *report_ts == next) {
    if (const auto* report = gateway_.take_report(next)) take_copy(*report);
  } else if ((deadline && *deadline == next) ||
             (wake_ts == next && pacer_.stamp(last_ts_) < next)) {  // nobody else's clock moves
    auto clock = model::make_record<writ_clock>();
    clock.header.ingest_ts = next;
    clock.header.event_ts = next;
    take_input(clock.header);
  }
  return true;
}

void Run::take_copy(const writ_record& record) {
  // It never shrinks: what is past the record is of those before.
  input_words_.resize(std::max<std::size_t>(input_words_.size(), record.size / 8));
  std::memcpy(input_words_.data(), &record, record.size);
  identify(model::record_in(input_words_));
  take_input(model::record_in(input_words_));
}

// What plugins beside the core want, a few at a time: the feed has its turn between. True:
// something was taken, so that there may be more and nothing is waited for.
bool Run::take_from_outside() {
  if (setup_.outside == nullptr) return false;
  constexpr int kAtOnce = 16;
  constexpr std::uint64_t kTurnsInARow = 4;
  bool any = false;
  const auto look = [this](std::uint32_t instance,
                           const std::function<void(plugin::HostServices&)>& reader) {
    pipeline_->look(instance, reader);
  };
  for (int taken = 0; taken < kAtOnce && !stop_; ++taken) {
    const auto* wanted = setup_.outside->poll(pacer_.stamp(last_ts_), look);
    if (wanted == nullptr) break;
    take_wish(*wanted);
    any = true;
  }
  return any && ++outside_turns_ % kTurnsInARow != 0;
}

void Run::take_wish(const writ_record& wanted) {
  const auto status = pipeline_->examine(wanted);
  std::uint64_t intent_id = 0;
  if (status >= 0) {
    model::assign(input_words_, wanted);
    auto& input = model::record_in(input_words_);
    pipeline_->complete_wish(input);
    take_input(input);
    if (input.type == WRIT_RECORD_INTENT_INPUT) intent_id = pipeline_->intent_taken();
  }
  setup_.outside->answer(status, intent_id);
}

void Run::take_input(writ_record& input) {
  last_ts_ = std::max(last_ts_, pacer_.stamp(input.ingest_ts));
  work_on(input);
  settle_swaps();
}

// Puts an input on record at the present core time and lets the core work on it.
void Run::work_on(writ_record& input) {
  if (setup_.core.stage_times) setup_.core.stage_times->begin();
  input.ingest_ts = last_ts_;
  if (input.event_ts == 0) input.event_ts = last_ts_;
  // A halt is carried out even if it cannot be put on record.
  if (!sink_->append_input(input) && stop_ != WRIT_STOP_HALT) return;
  gateway_.observe(input);
  if (pipeline_->on_input(input)) take_what_followed();
  if (setup_.core.stage_times) setup_.core.stage_times->end();
}

void Run::take_what_followed() {
  const auto waited_before = waiting_.size();
  pipeline_->take_commands([this](const writ_order& order) {
    // A cancel goes out even if it could not be put on record, nothing else does.
    if (order.header.seq == 0 && order.command != WRIT_COMMAND_CANCEL) return;
    waiting_.push_back(order);
    if (setup_.core.stage_times) setup_.core.stage_times->ordered(order.header.seq);
  });
  if (waiting_.size() > waited_before && setup_.promise == OrderPromise::kDurable) {
    writer_->hasten(Seq{waiting_.back().header.seq});
  }
  send_ready();
  if (const auto why = pipeline_->take_halt(); why && stop_ != WRIT_STOP_HALT) halt(*why);
  if (pipeline_->take_checkpoint_due()) checkpoint();
  retire();
}

// An order leaves once its record has reached the promised level; the sequencer never waits for it.
void Run::send_ready() {
  if (waiting_.empty()) return;
  const bool at_once = setup_.promise == OrderPromise::kAppended || stop_ == WRIT_STOP_HALT;
  auto next = waiting_.begin();
  for (; next != waiting_.end(); ++next) {
    const auto& order = *next;
    if (!at_once && durable_seq() < Seq{order.header.seq}) break;
    WRIT_ASSERT(order.header.seq != 0 || order.command == WRIT_COMMAND_CANCEL);
    WRIT_ASSERT(Seq{order.header.seq} < sink_->next_seq());
    gateway_.send(order);
    if (setup_.core.stage_times) setup_.core.stage_times->sent(order.header.seq);
  }
  waiting_.erase(waiting_.begin(), next);
}

// A simulated market's records are due when they say; those of others were read then.
void Run::begin_stages(std::int64_t feed_ts) {
  auto& times = *setup_.core.stage_times;
  if (is_by_the_clock()) {
    times.begin(feed_ts, pacer_.stamp(feed_ts));
  } else {
    times.begin();
  }
}

void Run::note_left(StageTimes& times) {
  while (const auto left = gateway_.take_left()) times.left(left->seq, left->ts);
}

void Run::record_statistics() {
  if (setup_.statistics_period_ns == 0) return;
  for (auto& statistic : pipeline_->take_statistics()) take_input(statistic.header);
  if (setup_.core.stage_times) {
    note_left(*setup_.core.stage_times);
    record_stages(*setup_.core.stage_times);
  }
  plan_statistics();
}

void Run::plan_statistics() {
  const auto period_ns = setup_.statistics_period_ns;
  statistics_due_ = period_ns == 0 ? INT64_MAX : last_ts_ + period_ns;
}

// As of instances that a run has for this alone.
void Run::record_stages(StageTimes& times) {
  for (std::size_t i = 0; i < kStageNames.size(); ++i) {
    const auto number = pipeline_->tables().find_instance(kStageNames[i]);
    const auto period = times.take_period(i);
    if (!number || period.calls == 0) continue;
    auto told = model::make_record<writ_plugin_stat>();
    told.instance = *number;
    told.calls = period.calls;
    told.total_ns = period.total_ns;
    told.p50_ns = period.p50_ns;
    told.p99_ns = period.p99_ns;
    told.p999_ns = period.p999_ns;
    told.max_ns = period.max_ns;
    take_input(told.header);
  }
}

void Run::checkpoint() {
  if (const auto written = write_checkpoint(*pipeline_, gateway_, *sink_); !written) {
    WRIT_ASSERT(written.error().code() != base::Errc::kInvalid);
  }
}

// An answer of a venue names an order by the id we gave it; a strategy's fill must find its owner.
void Run::identify(writ_record& answer) const {
  const auto complete = [this](auto& about) {
    if (about.order_id != 0) return;
    const auto* order =
        pipeline_->orders().find_by_client_id(model::text_of(about.client_order_id));
    if (order == nullptr) return;
    about.order_id = order->order_id;
    about.intent_id = order->intent_id;
    about.tag = order->tag;
    about.instance = order->instance;
    about.book = order->book;
  };
  if (answer.type == WRIT_RECORD_REPORT) complete(reinterpret_cast<writ_report&>(answer));
  if (answer.type == WRIT_RECORD_FILL) complete(reinterpret_cast<writ_fill&>(answer));
}

void Run::begin_reconciliation(std::int64_t last_seen) {
  auto* venue = gateway_.account();
  if (venue == nullptr) return;
  command(WRIT_OPERATOR_RECONCILE, 0, 0, "no intent is approved until host and venue agree");
  reconciliation_.emplace(*venue, last_seen, setup_.reconcile);
}

void Run::reconcile() {
  const auto stage =
      reconciliation_->turn(pacer_.stamp(last_ts_), *pipeline_, [this](writ_record& input) {
        identify(input);
        input.ingest_ts = last_ts_;
        take_input(input);
      });
  if (stage == RestartReconciliation::Stage::kUnderWay || stop_) return;
  const auto summary = reconciliation_->summary();
  reconciliation_.reset();
  if (stage == RestartReconciliation::Stage::kAgreed) {
    command(WRIT_OPERATOR_RECONCILED, 0, 0, summary);
  } else {
    halt(summary +
         ": what was found is on record; to take the venue's word for positions and balances: "
         "`writ reconcile --adopt`, or `reconcile: {adopt: true}` in the configuration");
  }
}

// Nothing new begins any more. Where the journal cannot be written no new order is possible, and
// cancels go out from the reserve.
void Run::halt(std::string_view why) {
  stop_ = WRIT_STOP_HALT;
  halt_reason_ = why;
  std::erase_if(waiting_, [](const writ_order& order) {
    return order.command != WRIT_COMMAND_CANCEL;  // not on record as promised: never sent
  });
  sink_->use_reserve();
  command(WRIT_OPERATOR_HALT, 0, 0, why);
}

void Run::end() {
  if (!sink_->failure() && stop_ != WRIT_STOP_HALT) record_statistics();
  record_end();
  if (sink_->failure() && stop_ != WRIT_STOP_HALT) {
    halt("the journal cannot be written");
    record_end();
  }
  if (!sink_->failure()) {
    if (!waiting_.empty() && writer_) (void)writer_->wait_durable(last_seq());
    send_ready();
    if (stop_ != WRIT_STOP_HALT) checkpoint();
  }
  if (!writer_) return;
  if (const auto closed = writer_->close(); !closed) {
    sink_->fail(closed.error());
    stop_ = WRIT_STOP_HALT;
  }
}

void Run::record_end() {
  auto stopped = model::make_record<writ_run_stopped>();
  stopped.run_number = setup_.identity.run_number.raw();
  stopped.reason = *stop_;
  take_input(stopped.header);
}

IntentOutcome Run::submit(const writ_intent& asked) {
  WRIT_ASSERT(asked.header.type == WRIT_RECORD_INTENT_INPUT);
  IntentOutcome outcome;
  std::uint64_t verdict_seq = 0;
  sink_->listen([&](const writ_record& record) {
    if (const auto* intent = model::as<writ_intent>(record)) {
      const bool its_own = intent->instance == asked.instance && intent->tag == asked.tag &&
                           intent->seen_seq == sink_->input_seq();
      if (its_own && outcome.intent_id == 0) {
        outcome.intent_id = record_id<IntentId>(sink_->run(), Seq{record.seq}).raw();
      }
    } else if (const auto* verdict = model::as<writ_verdict>(record)) {
      if (outcome.intent_id == 0 || verdict->intent_id != outcome.intent_id) return;
      outcome.verdict = model::words_of(record);
      verdict_seq = record.seq;
    } else if (const auto* order = model::as<writ_order>(record)) {
      if (verdict_seq != 0 && order->cause_seq == verdict_seq) outcome.orders.push_back(*order);
    }
  });
  auto words = model::words_of(asked.header);
  take_input(model::record_in(words));
  sink_->listen({});
  return outcome;
}

void Run::command(std::uint32_t command, std::uint32_t account, std::uint32_t instance,
                  std::string_view who_and_why, std::uint32_t instrument) {
  model::RecordBuffer buffer;
  auto asked = model::make_record<writ_command>();
  asked.command = command;
  asked.account = account;
  asked.instance = instance;
  asked.instrument = instrument;
  asked.text_size = static_cast<std::uint32_t>(who_and_why.size());
  take_input(buffer.begin(asked).append(who_and_why.data(), who_and_why.size()).finish());
}

void Run::adjust(writ_adjustment adjustment, std::string_view who_and_why) {
  model::RecordBuffer buffer;
  adjustment.text_size = static_cast<std::uint32_t>(who_and_why.size());
  take_input(buffer.begin(adjustment).append(who_and_why.data(), who_and_why.size()).finish());
}

}  // namespace writ::engine
