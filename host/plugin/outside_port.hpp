#pragma once

#include "host/plugin/host_services.hpp"

#include <writ/abi/record.h>

#include <cstdint>
#include <functional>
#include <optional>

namespace writ::plugin {

/// What plugins beside the core want, as they come to want it: each of them becomes an input.
/// [sequencer-thread]
class OutsidePort {
 public:
  virtual ~OutsidePort() = default;

  /// Lets a plugin read books and orders as they are between two inputs.
  using Look =
      std::function<void(std::uint32_t instance, const std::function<void(HostServices&)>& reader)>;

  /// The next thing wanted: a writ_intent, writ_signal or writ_signal_report with its instance and
  /// the seq it had seen, not examined further, or a writ_plugin_fault. The event_ts of an intent
  /// is the core time of what it was decided on. Valid until the next call; nullptr: nothing now.
  /// `now` is the time an input taken now would have.
  [[nodiscard]] virtual const writ_record* poll(std::int64_t now, const Look& look) = 0;
  /// What became of what poll gave last: a status, and the id of an intent on record.
  virtual void answer(writ_status status, std::uint64_t intent_id) = 0;
  /// When one of them is to be woken though nothing happens.
  [[nodiscard]] virtual std::optional<std::int64_t> next_due() const = 0;
};

}  // namespace writ::plugin
