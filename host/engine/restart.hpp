#pragma once

#include "host/base/result.hpp"
#include "host/engine/past.hpp"
#include "host/engine/pipeline.hpp"
#include "host/engine/restart_sink.hpp"
#include "host/engine/setup.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/journal/checkpoint.hpp"
#include "host/journal/storage.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace writ::engine {

/// What folding a dead or stopped run's journal gives.
struct Restarted {
  journal::CheckpointSections state;    ///< of the core at the end of that run
  std::set<std::uint32_t> differing;    ///< instances that did not repeat what is on record
  std::set<std::uint32_t> cold;         ///< instances without state there
  std::set<std::uint32_t> hung;         ///< instances left out because they did not come back
  std::uint64_t folded_records = 0;     ///< after its last checkpoint
  std::uint64_t unmatched_records = 0;  ///< derived and not on record, or the other way round
};

/// Loads the last checkpoint of the past run and folds what it recorded after it: outcomes are
/// taken from the record, never decided again; plugins are fed the inputs and compared. What the
/// crash cut off is completed in the new run's journal. Leaves the gateway, a simulated venue, in
/// the state it died in. `recipe` is of the past run at that checkpoint; of its instances those of
/// `left_out`, by name, are not called: their part is taken from the record. Throws
/// base::InputError if a plugin refuses. Errors: kNotFound if the run has no checkpoint, kCorrupt,
/// or as Reader.
[[nodiscard]] base::Result<Restarted> fold_past(const Past& past, journal::Storage& storage,
                                                const Recipe& recipe,
                                                const std::set<std::string>& left_out,
                                                const writ_run_started& new_run,
                                                JournalSink& journal,
                                                execution::OrderGateway& gateway);

/// Makes known to a core and a gateway that took the past over what is new, or other than there,
/// among the new run's tables.
void enter_new_tables(const std::vector<std::vector<std::uint64_t>>& tables,
                      const model::InstrumentTable& past, Pipeline& pipeline,
                      execution::OrderGateway& gateway);

/// Names of the instances whose state may be dropped when it does not fit.
[[nodiscard]] std::set<std::string> reset_allowed(const std::vector<InstanceSetup>& instances);

}  // namespace writ::engine
