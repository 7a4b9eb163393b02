#include "host/engine/verifier.hpp"

#include "host/engine/checkpointing.hpp"
#include "host/engine/pipeline.hpp"
#include "host/engine/resimulation.hpp"
#include "host/engine/restart.hpp"
#include "host/engine/run_beginning.hpp"
#include "host/journal/reader.hpp"
#include "host/model/catalogue.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

namespace writ::engine {
namespace {

/// How what the venue says again differs from what is on record; `again` nullptr: it says nothing.
std::optional<Difference> compare(const writ_record& recorded, const writ_record* again) {
  if (again == nullptr) return Difference{Seq{recorded.seq}, "the simulated venue reports nothing"};
  auto words = model::words_of(*again);
  auto& record = model::record_in(words);
  record.seq = recorded.seq;
  record.event_ts = recorded.event_ts;
  record.ingest_ts = recorded.ingest_ts;  // the run stamped it when it was taken
  auto text = model::first_difference(recorded, record);
  if (text.empty()) return std::nullopt;
  return Difference{Seq{recorded.seq}, std::move(text)};
}

bool is_clean_end(const writ_record& input) {
  const auto* stopped = model::as<writ_run_stopped>(input);
  return stopped != nullptr && stopped->reason != WRIT_STOP_FOUND_DEAD &&
         stopped->reason != WRIT_STOP_HALT;
}

}  // namespace

base::Result<Verified> verify_run(journal::Storage& storage,
                                  const std::filesystem::path& run_folder, const VerifySetup& setup,
                                  execution::OrderGateway& gateway) {
  auto reader = journal::Reader::open(storage, run_folder);
  if (!reader) return reader.error();
  VerifySink sink{*reader, reader->identity().run_number};
  Pipeline pipeline{setup.core, sink};
  const auto beginning = read_beginning(*reader, sink, pipeline, gateway);
  if (!beginning) return beginning.error();
  for (const auto& instance : setup.instances) pipeline.add_instance(instance);
  const auto& sections = beginning->sections;
  const auto loaded =
      pipeline.load(sections, reset_allowed(setup.instances), Pipeline::LoadFor::kRepeat);
  if (!loaded) return loaded.error();
  if (auto taken = load_gateway(sections, gateway); !taken) return taken.error();
  sink.start_after(beginning->last_seq);

  Verified verified;
  while (!sink.difference()) {
    const auto next = sink.next_input();
    if (!next) return next.error();
    if (*next == nullptr) break;
    const auto& input = **next;
    ++verified.inputs;
    if (const auto* config = model::as<writ_config_change>(input); config && setup.reload) {
      pipeline.prepare_reload(setup.reload(model::tail_text(*config, config->text_size), pipeline));
    }
    if (simulates(gateway, input)) {
      const auto differs = compare(input, say_again(gateway, input.ingest_ts));
      if (setup.resimulate && differs) {
        verified.difference = differs;
        break;
      }
    }
    gateway.observe(input);
    pipeline.on_input(input);
    pipeline.take_commands([&](const writ_order& order) {
      if (gateway.simulates(order.book)) gateway.send(order);
    });
    // The run wrote a checkpoint when one was due, and one more at its end.
    const int checkpoints =
        (pipeline.take_checkpoint_due() ? 1 : 0) + (is_clean_end(input) ? 1 : 0);
    for (int i = 0; i < checkpoints; ++i) {
      if (auto written = write_checkpoint(pipeline, gateway, sink); !written) {
        return written.error();
      }
    }
    if (setup.progress) setup.progress(pipeline, input);
  }
  if (sink.failure()) return *sink.failure();
  if (!verified.difference) verified.difference = sink.difference();
  verified.compared = sink.compared();
  verified.intents_hash = sink.hashes().intents();
  verified.verdicts_hash = sink.hashes().verdicts();
  verified.ledger_hash = sink.hashes().ledger();
  return verified;
}

}  // namespace writ::engine
