#pragma once

#include "host/engine/core_sink.hpp"
#include "host/engine/plugin_services.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/intent.h>

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

namespace writ::engine {

/// Intents the host makes on a strategy's behalf: to flatten, to unwind a group. They go on record
/// as the strategy's own, marked WRIT_INTENT_BY_HOST, and are judged and carried out like any, so
/// that lots and the golden chain stay whole. A strategy that is stopped or gone has them too.
/// [sequencer-thread]
class HostIntents {
 public:
  /// Builds the snapshot of a strategy, there or gone, in an instrument.
  using BuildSnapshot = std::function<const writ_snapshot&(
      std::uint32_t instance, std::uint32_t account, std::uint32_t instrument)>;

  /// Both must outlive it. `services` holds what is on its way to the arbiter.
  HostIntents(CoreSink& sink, PluginServices& services, BuildSnapshot build_snapshot)
      : sink_(sink), services_(services), build_snapshot_(std::move(build_snapshot)) {}

  /// An intent of this kind with every field that has no zero set to none.
  [[nodiscard]] static writ_intent blank(std::uint32_t account, std::uint32_t instance,
                                         std::uint32_t instrument, std::uint16_t kind);

  /// Puts the intent on record, the snapshot it is made on before it, with the one tag `why` (a
  /// plain word) and queues it behind those submitted before. Returns its id; 0, and nothing is
  /// queued, if it could not be put on record. Never while a plugin is called.
  std::uint64_t submit(writ_intent intent, std::string_view why);

 private:
  CoreSink& sink_;
  PluginServices& services_;
  BuildSnapshot build_snapshot_;
  model::RecordBuffer buffer_;
};

}  // namespace writ::engine
