// recovered_state CONFIG: for each run of the configuration's journal that continues another, what
// the other would have come to if nothing had killed it, compared with what was taken over.
//
// The dead run is computed again from its first checkpoint through the real plugins, without the
// code of a restart. Where the crash cut off what follows its last input, the outcomes that the
// next start put on record are fed instead: an intent that it judged, a record that got another
// number. One JSON object a line: run, continues, inputs, cut, instances, differing (sections of
// the checkpoint that are not equal byte for byte), trouble.
#include "host/base/input_error.hpp"
#include "host/base/result.hpp"
#include "host/cli/core_options.hpp"
#include "host/cli/host_session.hpp"
#include "host/engine/checkpointing.hpp"
#include "host/engine/core_sink.hpp"
#include "host/engine/pipeline.hpp"
#include "host/engine/resimulation.hpp"
#include "host/journal/reader.hpp"
#include "host/model/catalogue.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace writ;

using Words = std::vector<std::uint64_t>;

/// A run, read whole.
struct RecordedRun {
  RunNumber number{0};
  std::uint64_t continues = 0;
  std::vector<Words> records;
  std::size_t beginning = 0;  ///< so many records, the first checkpoint included; 0 = none
  journal::CheckpointSections sections;
};

RecordedRun read_run(journal::Storage& storage, const journal::RunEntry& entry) {
  RecordedRun run;
  run.number = entry.number;
  auto reader = journal::Reader::open(storage, entry.folder);
  if (!reader) throw base::Failure(reader.error());
  journal::CheckpointAssembler checkpoints;
  while (true) {
    const auto next = reader->next();
    if (!next) throw base::Failure(next.error());
    if (*next == nullptr) return run;
    Words words((*next)->size / 8);
    std::memcpy(words.data(), *next, (*next)->size);
    run.records.push_back(std::move(words));
    const auto& record = model::record_in(run.records.back());
    if (const auto* started = model::as<writ_run_started>(record)) {
      run.continues = started->continues;
    }
    const auto completed = checkpoints.add(record);
    if (!completed) throw base::Failure(completed.error());
    if (*completed && run.beginning == 0) {
      run.beginning = run.records.size();
      run.sections = checkpoints.last()->sections;
    }
  }
}

/// Numbers what the core derives as the run did, and after its last input takes the outcomes that
/// are on record, in this run or in the start that completed it.
class ReferenceSink final : public engine::CoreSink {
 public:
  explicit ReferenceSink(RunNumber run) : run_(run) {}

  struct Outcome {
    const writ_record* record;
    RunNumber run;
    bool used = false;
  };

  void before(const writ_record& input) {
    if (input.seq != last_ + 1) trouble("input " + std::to_string(input.seq));
    last_ = input.seq;
  }
  void start_after(std::uint64_t seq) { last_ = seq; }
  void before_last(std::vector<Outcome> outcomes) {
    outcomes_ = std::move(outcomes);
    ending_ = true;
  }
  void finish() {
    for (const auto& outcome : outcomes_) {
      if (outcome.used || outcome.record->type == WRIT_RECORD_CHECKPOINT) continue;
      if (taken_along(outcome)) continue;
      trouble("recorded " + std::string(model::type_name(outcome.record->type)) + " " +
              std::to_string(outcome.record->seq) + " does not follow");
    }
  }
  [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

  [[nodiscard]] RunNumber run() const override { return run_; }
  [[nodiscard]] Seq next_seq() const override { return Seq{last_ + 1}; }
  [[nodiscard]] const writ_verdict* past_verdict(std::uint64_t intent_id) const override {
    for (const auto& outcome : outcomes_) {
      const auto* verdict = model::as<writ_verdict>(*outcome.record);
      if (verdict != nullptr && verdict->intent_id == intent_id) return verdict;
    }
    return nullptr;
  }

 protected:
  std::uint64_t put(writ_record& record) override {
    if (!ending_) {
      record.seq = ++last_;
      return record_id<IntentId>(run_, Seq{record.seq}).raw();
    }
    for (auto& outcome : outcomes_) {
      if (outcome.used || !same_kind(*outcome.record, record)) continue;
      outcome.used = true;
      std::memcpy(&record, outcome.record, record.size);
      return record_id<IntentId>(outcome.run, Seq{record.seq}).raw();
    }
    trouble("derived " + std::string(model::type_name(record.type)) + " is nowhere on record");
    return 0;
  }

 private:
  // Where the crash came between a snapshot and its intent, the heir has the intent, and beside it
  // that snapshot once more.
  [[nodiscard]] bool taken_along(const Outcome& copy) const {
    if (copy.record->type != WRIT_RECORD_SNAPSHOT || copy.run == run_) return false;
    return std::any_of(outcomes_.begin(), outcomes_.end(), [&](const Outcome& first) {
      return first.used && first.run == run_ && first.record->type == WRIT_RECORD_SNAPSHOT &&
             first.record->size == copy.record->size &&
             std::memcmp(first.record + 1, copy.record + 1,
                         copy.record->size - sizeof(writ_record)) == 0;
    });
  }
  // In what follows one input, records of one type and maker follow each other in one order only.
  static bool same_kind(const writ_record& a, const writ_record& b) {
    if (a.type != b.type || a.size != b.size) return false;
    if (a.type == WRIT_RECORD_ORDER) {
      return model::as<writ_order>(a)->intent_id == model::as<writ_order>(b)->intent_id;
    }
    if (a.type == WRIT_RECORD_VERDICT) {
      return model::as<writ_verdict>(a)->intent_id == model::as<writ_verdict>(b)->intent_id;
    }
    const bool made = a.type == WRIT_RECORD_SNAPSHOT || a.type == WRIT_RECORD_SIGNAL ||
                      a.type == WRIT_RECORD_INTENT || a.type == WRIT_RECORD_TIMER ||
                      a.type == WRIT_RECORD_LOG;
    return !made || std::memcmp(&a + 1, &b + 1, sizeof(std::uint32_t)) == 0;
  }
  void trouble(const std::string& what) {
    if (trouble_.empty()) trouble_ = what;
  }

  RunNumber run_;
  std::uint64_t last_ = 0;
  bool ending_ = false;
  std::vector<Outcome> outcomes_;
  std::string trouble_;
};

/// What the starts that followed put on record before their own beginning was complete.
std::vector<ReferenceSink::Outcome> completed_by(const std::vector<const RecordedRun*>& starts) {
  std::vector<ReferenceSink::Outcome> outcomes;
  for (const auto* start : starts) {
    const auto end = start->beginning == 0 ? start->records.size() : start->beginning;
    for (std::size_t i = 0; i < end; ++i) {
      const auto& record = model::record_in(start->records[i]);
      if (model::is_input(record) || record.type == WRIT_RECORD_CHECKPOINT) continue;
      outcomes.push_back({&record, start->number});
    }
  }
  return outcomes;
}

/// One recomputation of a dead run, and what is said of it.
boost::json::object compare(const cli::HostSession& session, execution::OrderGateway& gateway,
                            const RecordedRun& dead,
                            const std::vector<const RecordedRun*>& starts) {
  const RecordedRun& heir = *starts.back();
  ReferenceSink sink(dead.number);
  engine::Pipeline pipeline(session.setup().core, sink);
  for (std::size_t i = 0; i < dead.beginning; ++i) {
    const auto& record = model::record_in(dead.records[i]);
    if (const auto* started = model::as<writ_run_started>(record)) pipeline.enter_run(*started);
    if (record.type < WRIT_RECORD_ASSET || record.type > WRIT_RECORD_INSTANCE) continue;
    pipeline.enter_table(record);
    gateway.observe(record);
  }
  for (const auto& instance : session.setup().instances) pipeline.add_instance(instance);
  const auto loaded = pipeline.load(dead.sections, {}, engine::Pipeline::LoadFor::kRepeat);
  if (!loaded) throw base::Failure(loaded.error());
  if (auto taken = engine::load_gateway(dead.sections, gateway); !taken) {
    throw base::Failure(taken.error());
  }
  sink.start_after(dead.beginning);

  std::size_t last_input = dead.records.size();
  while (last_input > dead.beginning &&
         !model::is_input(model::record_in(dead.records[last_input - 1]))) {
    --last_input;
  }
  const auto completions = completed_by(starts);
  std::uint64_t inputs = 0;
  for (std::size_t i = dead.beginning; i < dead.records.size(); ++i) {
    const auto& record = model::record_in(dead.records[i]);
    if (!model::is_input(record)) continue;
    ++inputs;
    sink.before(record);
    if (i + 1 == last_input) {
      std::vector<ReferenceSink::Outcome> outcomes;
      for (std::size_t j = last_input; j < dead.records.size(); ++j) {
        outcomes.push_back({&model::record_in(dead.records[j]), dead.number});
      }
      outcomes.insert(outcomes.end(), completions.begin(), completions.end());
      sink.before_last(std::move(outcomes));
    }
    if (record.type == WRIT_RECORD_REPORT || record.type == WRIT_RECORD_FILL) {
      static_cast<void>(engine::say_again(gateway, record.ingest_ts));
    }
    gateway.observe(record);
    pipeline.on_input(record);
    pipeline.take_commands([&](const writ_order& order) { gateway.send(order); });
    if (pipeline.take_checkpoint_due() && i + 1 != last_input) {
      if (auto written = engine::write_checkpoint(pipeline, gateway, sink); !written) {
        throw base::Failure(written.error());
      }
    }
  }
  sink.finish();
  pipeline.enter_run(*model::as<writ_run_started>(model::record_in(heir.records.front())));

  boost::json::array differing;
  std::uint64_t instances = 0;
  const auto state = pipeline.save();
  for (const auto& [name, section] : state) {
    const bool plugin = name.rfind("plugin:", 0) == 0;
    instances += plugin ? 1 : 0;
    // The rest of the core begins a period of its own; books, orders and money do not.
    const bool compared = plugin || name == "orders" || name == "ledger" || name == "market" ||
                          name == "timers" || name == "signals";
    const auto found = heir.sections.find(name);
    if (compared && (found == heir.sections.end() || found->second.bytes != section.bytes)) {
      differing.emplace_back(name);
    }
  }
  return {{"run", heir.number.raw()}, {"continues", dead.number.raw()},
          {"inputs", inputs},         {"cut", !completions.empty()},
          {"instances", instances},   {"differing", std::move(differing)},
          {"trouble", sink.trouble()}};
}

void compare_all(const char* config) {
  auto loaded = config::load_config(config);
  const auto folder = loaded.config.journal.dir;
  journal::PosixStorage storage;
  auto lock = cli::lock_journal(storage, loaded.config);
  const auto past = engine::open_past(storage, *lock);
  if (!past) throw base::Failure(past.error());
  if (!*past) throw base::InputError(folder.string(), "no run");
  const auto entries = journal::list_runs(storage, folder);
  if (!entries) throw base::Failure(entries.error());
  std::map<std::uint64_t, RecordedRun> runs;
  for (const auto& entry : *entries) {
    runs.emplace(entry.number.raw(), read_run(storage, entry));
  }
  for (const auto& [number, heir] : runs) {
    if (heir.continues == 0 || heir.beginning == 0) continue;
    std::vector<const RecordedRun*> starts;  // those that came to nothing, and the heir
    for (const auto& [other, start] : runs) {
      if (other > heir.continues && other <= number) starts.push_back(&start);
    }
    const cli::HostSession session(config::load_config(config), storage, lock, &**past, {});
    venue::paper::PaperVenues venue(cli::paper_options(session.loaded().config));
    std::cout << boost::json::serialize(compare(session, venue, runs.at(heir.continues), starts))
              << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    compare_all(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "recovered_state: %s\n", error.what());
    return 1;
  }
  return 0;
}
