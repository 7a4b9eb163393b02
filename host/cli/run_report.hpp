#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace writ::engine {
class Run;
}

namespace writ::cli {

/// What a run amounted to: `run_id, events, intents, approved, vetoed` (by reason), `orders, fills,
/// fees, realized_pnl, unrealized_pnl, equity, elapsed_s, events_per_s, intents_hash, ledger_hash`.
/// Money by asset, as decimal texts.
[[nodiscard]] boost::json::object run_result(const engine::Run& run, double elapsed_s);

/// The same for people, and the result of each strategy.
[[nodiscard]] std::string run_report(const engine::Run& run, double elapsed_s);

/// Names on standard error what this machine lacks to guard the run's sandboxes with.
void warn_of_missing_guards(const engine::Run& run);

}  // namespace writ::cli
