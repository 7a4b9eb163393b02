#pragma once

#include "host/engine/setup.hpp"
#include "host/engine/timers.hpp"
#include "host/model/instrument_table.hpp"
#include "host/plugin/actor.hpp"
#include "host/plugin/host_services.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace writ::engine {

/// An instance that has not begun to work.
struct Newcomer {
  plugin::Actor actor;
  std::vector<Timers::Due> timers;  ///< as its init set them
};

/// What instances are made from, wherever they are made.
struct Workshop {
  const model::InstrumentTable& tables;
  const CoreOptions& options;
  std::int64_t now = 0;        ///< core time that create and init are told
  plugin::HostServices& core;  ///< what serves them once they are made; not called meanwhile
};

/// Makes the instance and announces its instruments to it. Throws base::InputError if the plugin
/// refuses. [any thread]
[[nodiscard]] Newcomer make_newcomer(const InstanceSetup& setup, const Workshop& workshop);

/// Who comes in the place of a running instance.
struct Successor {
  Newcomer first;
  /// A second one of the same where there is state: the first is tried with it and with live
  /// events, this one has seen nothing when it takes the state over.
  std::optional<Newcomer> second;
};
[[nodiscard]] Successor make_successor(const InstanceSetup& setup, const Workshop& workshop);

/// Made for a reload, in its order; those missing are made when it is applied.
struct Made {
  std::vector<std::optional<Newcomer>> added;
  std::vector<std::optional<Successor>> changed;
};
/// All that run in this process: a helper process belongs to the core's thread.
[[nodiscard]] Made make_in_process(const Reload& reload, const Workshop& workshop);

}  // namespace writ::engine
