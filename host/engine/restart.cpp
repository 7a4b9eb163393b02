#include "host/engine/restart.hpp"

#include "host/engine/checkpointing.hpp"
#include "host/engine/recorded_inputs.hpp"
#include "host/engine/resimulation.hpp"
#include "host/journal/reader.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <utility>

namespace writ::engine {
namespace {

bool is_table(const writ_record& record) {
  return record.type >= WRIT_RECORD_ASSET && record.type <= WRIT_RECORD_INSTANCE;
}

/// What starts that came to nothing had completed of the dead run's end.
class Completed {
 public:
  base::Result<void> read(journal::Storage& storage,
                          const std::vector<journal::RunEntry>& unfinished) {
    for (const auto& run : unfinished) {
      auto reader = journal::Reader::open(storage, run.folder);
      if (!reader) return reader.error();
      while (true) {
        const auto next = reader->next();
        if (!next) return next.error();
        if (*next == nullptr) break;
        if (model::is_input(**next) || (*next)->type == WRIT_RECORD_CHECKPOINT) continue;
        records_.emplace_back(run.number, model::words_of(**next));
      }
    }
    return {};
  }
  void add_to(std::vector<RestartSink::PastRecord>& consequences) const {
    for (const auto& [run, words] : records_)
      consequences.push_back({&model::record_in(words), run});
  }

 private:
  std::vector<std::pair<RunNumber, model::RecordWords>> records_;
};

/// The tables as they stood at `last`, into the core and the gateway.
base::Result<void> enter_tables(journal::Reader& reader, Seq last, Pipeline& pipeline,
                                execution::OrderGateway& gateway) {
  if (auto sought = reader.seek(reader.first_seq()); !sought) return sought;
  while (true) {
    const auto next = reader.next();
    if (!next) return next.error();
    if (*next == nullptr || (*next)->seq > last.raw()) return {};
    pipeline.enter_table(**next);
    if (is_table(**next)) gateway.observe(**next);
  }
}

const writ_record* same_number(const writ_record& table, const model::InstrumentTable& tables) {
  const auto header = [](const auto* record) {
    return record == nullptr ? nullptr : &record->header;
  };
  if (const auto* asset = model::as<writ_asset>(table)) return header(tables.asset(asset->asset));
  if (const auto* account = model::as<writ_account>(table)) {
    return header(tables.account(account->account));
  }
  if (const auto* instrument = model::as<writ_instrument>(table)) {
    return header(tables.instrument(instrument->instrument));
  }
  if (const auto* stream = model::as<writ_stream>(table)) {
    return header(tables.stream(stream->stream));
  }
  if (const auto* made = model::as<writ_instance>(table)) {
    return header(tables.instance(made->instance));
  }
  return nullptr;
}

}  // namespace

std::set<std::string> reset_allowed(const std::vector<InstanceSetup>& instances) {
  std::set<std::string> names;
  for (const auto& instance : instances) {
    if (instance.reset_on_state_mismatch) names.insert(instance.name);
  }
  return names;
}

void enter_new_tables(const std::vector<std::vector<std::uint64_t>>& tables,
                      const model::InstrumentTable& past, Pipeline& pipeline,
                      execution::OrderGateway& gateway) {
  for (const auto& words : tables) {
    const auto& table = model::record_in(words);
    const auto* before = same_number(table, past);
    if (before != nullptr && model::same_payload(*before, table)) continue;
    pipeline.enter_table(table);
    gateway.observe(table);
  }
}

base::Result<Restarted> fold_past(const Past& past, journal::Storage& storage, const Recipe& recipe,
                                  const std::set<std::string>& left_out,
                                  const writ_run_started& new_run, JournalSink& journal,
                                  execution::OrderGateway& gateway) {
  const auto number = past.run.identity.run_number;
  auto reader = journal::Reader::open(storage, past.folder);
  if (!reader) return reader.error();
  const auto checkpoint = journal::find_last_checkpoint(*reader);
  if (!checkpoint) return checkpoint.error();
  if (!*checkpoint) return base::Error{base::Errc::kNotFound, "checkpoint of the run before"};
  const auto& sections = (*checkpoint)->sections;
  Completed completed;
  if (auto read = completed.read(storage, past.unfinished); !read) return read.error();

  RestartSink sink{journal, number};
  Pipeline pipeline{recipe.core, sink};
  const auto last_seq = (*checkpoint)->last_seq;
  if (auto entered = enter_tables(*reader, last_seq, pipeline, gateway); !entered) {
    return entered.error();
  }
  for (const auto& instance : recipe.instances) pipeline.add_instance(instance);
  const auto loaded =
      pipeline.load(sections, reset_allowed(recipe.instances), Pipeline::LoadFor::kGoOn);
  if (!loaded) return loaded.error();
  for (const auto instance : loaded->cold) sink.leave_out(instance);
  for (const auto instance : loaded->added) sink.leave_out(instance);
  Restarted restarted;
  restarted.cold = loaded->cold;
  for (const auto& instance : recipe.instances) {
    if (!left_out.contains(instance.name)) continue;
    sink.leave_out(instance.number);
    restarted.hung.insert(instance.number);
  }
  pipeline.enter_run(new_run);  // what is completed is the new run's
  if (auto taken = load_gateway(sections, gateway); !taken) return taken.error();

  if (auto sought = reader->seek(Seq{last_seq.raw() + 1}); !sought) return sought.error();
  RecordedInputs inputs{*reader};
  while (true) {
    const auto more = inputs.next();
    if (!more) return more.error();
    if (!*more) break;
    const auto& input = inputs.input();
    std::vector<RestartSink::PastRecord> consequences;
    for (const auto* record : inputs.consequences()) consequences.push_back({record, number});
    if (inputs.last()) completed.add_to(consequences);
    sink.set_past(std::move(consequences), inputs.last());
    if (const auto* config = model::as<writ_config_change>(input); config && recipe.reload) {
      pipeline.prepare_reload(
          recipe.reload(model::tail_text(*config, config->text_size), pipeline));
    }
    // What the simulated venue said, it must have said again before it goes on.
    if (simulates(gateway, input)) (void)say_again(gateway, input.ingest_ts);
    gateway.observe(input);
    pipeline.on_input(input);
    pipeline.take_commands([&](const writ_order& order) {
      if (gateway.simulates(order.book)) gateway.send(order);
    });
    (void)pipeline.take_checkpoint_due();  // the next is due as it was there
    restarted.folded_records += inputs.size();
    restarted.unmatched_records += sink.unmatched();
  }
  restarted.state = pipeline.save();
  restarted.differing = sink.differing();
  return restarted;
}

}  // namespace writ::engine
