#include "host/ops/run_status.hpp"

#include "host/engine/run.hpp"
#include "host/model/names.hpp"
#include "host/model/record_view.hpp"

#include <writ/decimal.hpp>

#include <boost/json/array.hpp>

#include <string>

namespace writ::ops {
namespace {

namespace json = boost::json;

json::array accounts_of(const engine::Run& run) {
  json::array result;
  const auto& pipeline = run.pipeline();
  for (const auto* account : pipeline.tables().accounts()) {
    json::object entry;
    entry["name"] = model::canonical_name(*account);
    entry["book"] = model::kBookWords.text(account->book);
    entry["killed"] = pipeline.arbiter().is_killed(account->account);
    entry["paused"] = pipeline.arbiter().is_paused(account->account, 0);
    result.push_back(std::move(entry));
  }
  return result;
}

json::object sandbox_of(const plugin::Isolation& isolation) {
  json::object entry;
  const auto guards = isolation.guards();
  entry["guards"] = guards.held;
  entry["guards_missing"] = guards.missing;
  entry["fault"] = isolation.fault();
  return entry;
}

// Times are real, as nothing else here.
template <class Summary>
json::object times_of(const Summary& times) {
  json::object entry;
  entry["count"] = times.calls;
  entry["p50_ns"] = times.p50_ns;
  entry["p99_ns"] = times.p99_ns;
  entry["p999_ns"] = times.p999_ns;
  entry["max_ns"] = times.max_ns;
  return entry;
}

json::array instances_of(const engine::Run& run) {
  json::array result;
  const auto& pipeline = run.pipeline();
  for (const auto* instance : pipeline.tables().instances()) {
    const auto* live = pipeline.instance(instance->instance);
    if (live == nullptr) continue;  // removed
    json::object entry;
    entry["name"] = model::text_of(instance->name);
    entry["kind"] = model::kPluginKindWords.text(instance->kind);
    entry["plugin"] = model::text_of(instance->plugin);
    entry["version"] = model::text_of(instance->version);
    if (instance->kind == WRIT_PLUGIN_STRATEGY) {
      entry["account"] = pipeline.tables().account_name(instance->account);
      entry["book"] = model::kBookWords.text(pipeline.tables().book_of(instance->account));
    }
    entry["stopped"] = live->stopped();
    entry["paused"] = pipeline.arbiter().is_paused(instance->account, instance->instance);
    entry["errors"] = live->statistics().errors;
    entry["calls"] = times_of(live->call_times());
    if (const auto* isolation = live->isolation()) entry["sandbox"] = sandbox_of(*isolation);
    const auto& made = run.summary().instances;
    if (const auto found = made.find({instance->instance, instance->account});
        found != made.end()) {
      entry["intents"] = found->second.intents;
      entry["approved"] = found->second.approved;
      entry["vetoed"] = found->second.vetoed;
      entry["orders"] = found->second.orders;
      entry["fills"] = found->second.fills;
      entry["realized"] = to_string(found->second.realized);
      entry["unrealized"] = to_string(found->second.unrealized);
      entry["fees"] = to_string(found->second.fees);
    }
    result.push_back(std::move(entry));
  }
  return result;
}

}  // namespace

json::array stage_times(const engine::StageTimes& times) {
  json::array result;
  const auto summaries = times.summaries();
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    if (summaries[i].calls == 0) continue;
    auto entry = times_of(summaries[i]);
    entry["stage"] = engine::kStageNames[i].substr(engine::kStageNames[i].find('.') + 1);
    result.push_back(std::move(entry));
  }
  return result;
}

json::object run_status(const engine::Run& run) {
  const auto& summary = run.summary();
  json::object status;
  status["run"] = run.setup().identity.run_number.raw();
  status["run_id"] = base::to_string(run.setup().identity.run_id);
  status["run_folder"] = run.run_folder().string();
  status["mode"] = model::kModeWords.text(run.setup().mode);
  status["core_ts"] = summary.last_ts;
  status["last_seq"] = run.last_seq().raw();
  status["durable_seq"] = run.durable_seq().raw();
  status["events"] = summary.events;
  status["intents"] = summary.intents;
  status["approved"] = summary.approved;
  status["vetoed"] = summary.vetoed;
  status["orders"] = summary.orders;
  status["fills"] = summary.fills;
  status["incidents"] = summary.incidents;
  status["accounts"] = accounts_of(run);
  status["instances"] = instances_of(run);
  if (const auto& times = run.setup().core.stage_times) status["stages"] = stage_times(*times);
  return status;
}

}  // namespace writ::ops
