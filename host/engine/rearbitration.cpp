#include "host/engine/rearbitration.hpp"

#include "host/engine/checkpointing.hpp"
#include "host/engine/pipeline.hpp"
#include "host/engine/rearbitration_sink.hpp"
#include "host/engine/recorded_inputs.hpp"
#include "host/engine/run_beginning.hpp"
#include "host/journal/reader.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <writ/money_abi.hpp>

#include <deque>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace writ::engine {
namespace {

bool is_answer(const writ_record& record) {
  return record.type == WRIT_RECORD_REPORT || record.type == WRIT_RECORD_FILL;
}

/// What makes two answers of the simulated venue the same one: when it took place, to which order,
/// and what it says.
using AnswerKey = std::tuple<std::int64_t, std::uint16_t, std::string, std::string, std::int64_t>;

AnswerKey key_of(const writ_record& record) {
  if (const auto* fill = model::as<writ_fill>(record)) {
    return {fill->header.event_ts, 0, std::string(model::text_of(fill->client_order_id)),
            std::string(model::text_of(fill->exchange_trade_id)), fill->quantity};
  }
  const auto& report = *model::as<writ_report>(record);
  return {report.header.event_ts,
          report.kind,
          std::string(model::text_of(report.client_order_id)),
          {},
          report.filled};
}

/// Everything after the checkpoint, input by input.
class Rearbitration {
 public:
  Rearbitration(journal::Reader& reader, const RearbitrationSetup& setup,
                execution::OrderGateway& gateway)
      : reader_(reader),
        setup_(setup),
        gateway_(gateway),
        sink_(reader.identity().run_number,
              [this](const writ_record& record) { on_derived(record); }),
        pipeline_(setup.core, sink_) {}

  base::Result<Rearbitrated> run();

 private:
  base::Result<Seq> begin();
  base::Result<void> note_answers(Seq after);
  void note(const writ_record& record);
  void take(const writ_record& recorded);
  void take_answers(std::int64_t until);
  void deliver(writ_record& answer);
  void work_on(const writ_record& input);
  void on_derived(const writ_record& record);
  void compare(const writ_verdict& other);
  void prepare_reload(const writ_record& input);

  journal::Reader& reader_;
  const RearbitrationSetup& setup_;
  execution::OrderGateway& gateway_;
  RearbitrationSink sink_;
  Pipeline pipeline_;
  bool begun_ = false;
  std::int64_t now_ = 0;
  std::multiset<AnswerKey> to_come_;      // answers on record whose place was not reached yet
  std::deque<model::RecordWords> ready_;  // answers made again, due
  std::set<std::uint32_t> removed_;       // instances a reload is about to remove
  std::map<std::uint64_t, const writ_intent*> intents_;    // on record, of the present input
  std::map<std::uint64_t, const writ_verdict*> verdicts_;  // the same, by intent
  Rearbitrated result_;
};

base::Result<Rearbitrated> Rearbitration::run() {
  const auto last = begin();
  if (!last) return last.error();
  if (auto noted = note_answers(*last); !noted) return noted.error();
  if (auto sought = reader_.seek(Seq{last->raw() + 1}); !sought) return sought.error();
  begun_ = true;

  RecordedInputs inputs{reader_};
  while (true) {
    const auto more = inputs.next();
    if (!more) return more.error();
    if (!*more) break;
    const auto consequences = inputs.consequences();
    result_.recorded.add(inputs.input());
    intents_.clear();
    verdicts_.clear();
    for (const auto* record : consequences) note(*record);
    sink_.set_recorded(inputs.input(), consequences);
    take(inputs.input());
  }
  return result_;
}

base::Result<Seq> Rearbitration::begin() {
  const auto beginning = read_beginning(reader_, sink_, pipeline_, gateway_);
  if (!beginning) return beginning.error();
  const auto loaded = pipeline_.load(beginning->sections, {}, Pipeline::LoadFor::kRepeat);
  if (!loaded) return loaded.error();
  if (auto taken = load_gateway(beginning->sections, gateway_); !taken) return taken.error();
  return beginning->last_seq;
}

base::Result<void> Rearbitration::note_answers(Seq after) {
  if (auto sought = reader_.seek(Seq{after.raw() + 1}); !sought) return sought;
  while (true) {
    const auto next = reader_.next();
    if (!next) return next.error();
    if (*next == nullptr) return {};
    if (is_answer(**next)) to_come_.insert(key_of(**next));
  }
}

// What is on record of the present input.
void Rearbitration::note(const writ_record& record) {
  result_.recorded.add(record);
  if (const auto* intent = model::as<writ_intent>(record)) {
    intents_[record_id<IntentId>(sink_.run(), Seq{record.seq}).raw()] = intent;
  } else if (const auto* verdict = model::as<writ_verdict>(record)) {
    verdicts_[verdict->intent_id] = verdict;
    ++result_.intents;
    // Until it is judged again.
    ++result_.not_made;
  }
}

void Rearbitration::take(const writ_record& recorded) {
  if (is_answer(recorded)) {
    const auto key = key_of(recorded);
    to_come_.erase(to_come_.find(key));
    take_answers(recorded.ingest_ts);
    if (ready_.empty() || key_of(model::record_in(ready_.front())) != key) return;
    auto answer = std::move(ready_.front());
    ready_.pop_front();
    model::record_in(answer).seq = recorded.seq;
    model::record_in(answer).ingest_ts = recorded.ingest_ts;
    deliver(model::record_in(answer));
    return;
  }
  take_answers(recorded.ingest_ts - 1);
  prepare_reload(recorded);
  work_on(recorded);
}

// Answers due that are none of those on record come when they are due; the others wait for their
// place there, and what is behind them with them.
void Rearbitration::take_answers(std::int64_t until) {
  for (auto due = gateway_.next_due(); due && *due <= until; due = gateway_.next_due()) {
    if (const auto* answer = gateway_.take_report(*due)) ready_.push_back(model::words_of(*answer));
    while (!ready_.empty() && !to_come_.contains(key_of(model::record_in(ready_.front())))) {
      auto words = std::move(ready_.front());
      ready_.pop_front();
      auto& answer = model::record_in(words);
      answer.seq = sink_.take_new_seq();
      deliver(answer);
    }
  }
}

void Rearbitration::deliver(writ_record& answer) {
  answer.ingest_ts = std::max(answer.ingest_ts, now_);
  work_on(answer);
}

void Rearbitration::work_on(const writ_record& input) {
  now_ = input.ingest_ts;
  if (is_answer(input)) result_.other.add(input);
  gateway_.observe(input);
  pipeline_.on_input(input);
  pipeline_.take_commands([this](const writ_order& order) { gateway_.send(order); });
  (void)pipeline_.take_checkpoint_due();
}

// The rules stay; a reload on record has removed instances all the same.
void Rearbitration::prepare_reload(const writ_record& input) {
  if (const auto* instance = model::as<writ_instance>(input);
      instance && instance->state == WRIT_INSTANCE_REMOVED) {
    removed_.insert(instance->instance);
  }
  if (input.type != WRIT_RECORD_CONFIG) return;
  Reload reload;
  reload.arbiter = setup_.core.arbiter;
  reload.removed.assign(removed_.begin(), removed_.end());
  removed_.clear();
  pipeline_.prepare_reload(reload);
}

void Rearbitration::on_derived(const writ_record& record) {
  if (!begun_) return;
  result_.other.add(record);
  if (const auto* verdict = model::as<writ_verdict>(record)) compare(*verdict);
}

void Rearbitration::compare(const writ_verdict& other) {
  const auto intent = intents_.find(other.intent_id);
  const auto recorded = verdicts_.find(other.intent_id);
  if (intent == intents_.end() || recorded == verdicts_.end()) return;  // of the host, and new
  --result_.not_made;
  const Rejudgement rejudged{*intent->second, other.intent_id, *recorded->second, other};
  if (model::same_payload(other.header, recorded->second->header)) {
    ++result_.identical;
  } else if (rejudged.decides_otherwise()) {
    ++result_.otherwise;
  }
  if (setup_.rejudged) setup_.rejudged(rejudged, pipeline_.tables());
}

}  // namespace

bool Rejudgement::decides_otherwise() const noexcept {
  return recorded.approved != other.approved || recorded.reason != other.reason ||
         recorded.detail != other.detail || recorded.price != other.price ||
         recorded.quantity != other.quantity;
}

void RunOutcome::add(const writ_record& record) {
  if (const auto* verdict = model::as<writ_verdict>(record)) {
    ++(verdict->approved != 0 ? approved : vetoed);
  } else if (record.type == WRIT_RECORD_FILL) {
    ++fills;
  } else if (const auto* row = model::as<writ_ledger>(record)) {
    if (row->ledger == WRIT_LEDGER_PNL) {
      results[{row->instance, row->book, row->asset}] += from_abi(row->amount);
    }
  } else if (const auto* portfolio = model::as<writ_portfolio>(record)) {
    equity[portfolio->account] = from_abi(portfolio->equity);
  }
}

base::Result<Rearbitrated> rearbitrate_run(journal::Storage& storage,
                                           const std::filesystem::path& run_folder,
                                           const RearbitrationSetup& setup,
                                           execution::OrderGateway& gateway) {
  auto reader = journal::Reader::open(storage, run_folder);
  if (!reader) return reader.error();
  return Rearbitration{*reader, setup, gateway}.run();
}

}  // namespace writ::engine
