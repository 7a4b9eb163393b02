#pragma once

#include "host/arbiter/arbiter.hpp"
#include "host/engine/progress.hpp"
#include "host/engine/stage_times.hpp"
#include "host/execution/orders.hpp"
#include "host/market/markets.hpp"
#include "host/plugin/instance.hpp"
#include "host/plugin/module.hpp"
#include "host/plugin/parameters.hpp"

#include <writ/money.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::engine {

class Pipeline;

/// When a snapshot is put on record. One is always recorded before the first intent made on it.
enum class SnapshotPolicy : std::uint8_t {
  kIntent,     ///< only then
  kEvaluated,  ///< each one a strategy is evaluated on
  kPeriodic    ///< one per strategy and instrument in a period, besides
};

/// What an instance may cost; 0: not checked.
struct InstanceBudget {
  std::int64_t deadline_ns = 0;  ///< of one call in this process
  std::uint32_t intents_per_second = 0;

  friend bool operator==(const InstanceBudget&, const InstanceBudget&) = default;
};

/// A plugin instance to be made. Numbers are of the run's tables.
struct InstanceSetup {
  std::uint32_t number = 0;
  std::string name;
  std::shared_ptr<const plugin::Module> module;
  std::string plugin;  ///< id of the descriptor in the module
  plugin::ParameterSet parameters;
  std::uint64_t granted = 0;  ///< WRIT_CAN_*
  std::uint32_t account = 0;
  std::vector<std::uint32_t> instruments;  ///< ascending
  std::vector<plugin::SignalWire> inputs;
  bool reset_on_state_mismatch = false;
  InstanceBudget budget;
  plugin::Isolate isolate;  ///< empty: in this process
  std::string isolated_as;  ///< what `isolate` is made of, for telling two setups apart
};

/// What a new configuration changes while running.
struct Reload {
  arbiter::ArbiterOptions arbiter;
  std::vector<InstanceSetup> added;
  std::vector<InstanceSetup> changed;  ///< same number; other build, parameters or wiring
  std::vector<InstanceSetup> tuned;    ///< the same but for parameters that may change live
  std::vector<std::uint32_t> removed;
  std::int64_t prepared_ts = 0;  ///< core time that create and init of these are told
};

/// How another build takes an instance's place.
struct SwapOptions {
  /// Of the new one: a failure among so many first calls brings the old one back. 0 = none does.
  std::uint64_t probation_calls = 100;
  /// A warm-up that lasts longer is given up, a probation that does is over.
  std::int64_t wait_max_ns = 600'000'000'000;
};

struct CoreOptions {
  market::MarketsOptions markets;
  arbiter::ArbiterOptions arbiter;
  execution::OrdersOptions orders;
  SnapshotPolicy snapshot_policy = SnapshotPolicy::kIntent;
  std::int64_t snapshot_period_ns = 1'000'000'000;
  std::int64_t portfolio_period_ns = 10'000'000'000;
  std::int64_t checkpoint_period_ns = 60'000'000'000;
  /// With fewer inputs since the last one, a checkpoint waits for another period.
  std::uint64_t checkpoint_inputs_min = 0;
  std::uint32_t plugin_error_limit = 5;
  std::int64_t plugin_error_window_ns = 60'000'000'000;
  std::int64_t quarantine_ns = 1'000'000'000;  ///< of the first fault; each one more doubles it
  std::int64_t quarantine_max_ns = 300'000'000'000;
  SwapOptions swap;
  std::uint64_t seed = 0;                   ///< of the instances' random sequences
  std::shared_ptr<Progress> progress;       ///< nullptr: nobody watches
  std::shared_ptr<StageTimes> stage_times;  ///< nullptr: nobody wants to know
  CallWatch* call_watch = nullptr;          ///< of instances that are tried; outlives the core
};

/// What a run on record was made of, for going through it again.
struct Recipe {
  CoreOptions core;
  std::vector<InstanceSetup> instances;
  /// What a reload on record changed: the new configuration's text to its effect, in the core as it
  /// is at the CONFIG record. May throw base::InputError.
  std::function<Reload(std::string_view config_text, const Pipeline& core)> reload;
};

}  // namespace writ::engine
