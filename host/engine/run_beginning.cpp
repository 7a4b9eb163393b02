#include "host/engine/run_beginning.hpp"

#include "host/model/record_view.hpp"

namespace writ::engine {

base::Result<journal::Checkpoint> read_beginning(journal::Reader& reader, CoreSink& sink,
                                                 Pipeline& pipeline,
                                                 execution::OrderGateway& gateway) {
  journal::CheckpointAssembler checkpoints;
  while (true) {
    const auto next = reader.next();
    if (!next) return next.error();
    if (*next == nullptr) return base::Error{base::Errc::kNotFound, "first checkpoint of the run"};
    const auto& record = **next;
    if (model::is_input(record)) {
      sink.begin(record);
    } else {
      sink.note(record);
    }
    if (const auto* started = model::as<writ_run_started>(record)) pipeline.enter_run(*started);
    if (record.type >= WRIT_RECORD_ASSET && record.type <= WRIT_RECORD_INSTANCE) {
      pipeline.enter_table(record);
      gateway.observe(record);
    }
    const auto completed = checkpoints.add(record);
    if (!completed) return completed.error();
    if (*completed) {
      (void)sink.take_orders();  // what they led to is in the checkpoint
      return *checkpoints.last();
    }
  }
}

}  // namespace writ::engine
