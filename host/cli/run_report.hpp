#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>

namespace writ::engine {
class Run;
}

namespace writ::cli {

/// What a run amounted to, the same whenever it is made again: `run_id, events, intents, approved,
/// vetoed` (by reason), `orders, fills, incidents, fees, realized_pnl, unrealized_pnl, equity,
/// max_drawdown, max_drawdown_fraction` (of the account that fell deepest, as of its portfolio
/// records), `intents_hash, verdicts_hash, ledger_hash`. Money by asset, as decimal texts.
[[nodiscard]] boost::json::object run_outcome(const engine::Run& run);

/// The same, and how long it took: `elapsed_s, events_per_s`, and `stages` where they were traced.
[[nodiscard]] boost::json::object run_result(const engine::Run& run, double elapsed_s);

/// The stages of `stage_times` as a table on standard output.
void print_stages(const boost::json::array& stages);

/// The same for people, and the result of each strategy.
[[nodiscard]] std::string run_report(const engine::Run& run, double elapsed_s);

/// Names on standard error what this machine lacks to guard the run's sandboxes with.
void warn_of_missing_guards(const engine::Run& run);

}  // namespace writ::cli
