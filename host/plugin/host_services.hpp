#pragma once

#include <writ/abi/host.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace writ::plugin {

/// What the core does for the plugin instances' host tables. `instance` is who asks: the table adds
/// it, a plugin cannot. Validity of the record itself (sizes, enumerations, finite values, UTF-8,
/// JSON) and capabilities are checked before these are called. [sequencer-thread]
class HostServices {
 public:
  virtual ~HostServices() = default;

  [[nodiscard]] virtual std::int64_t now() const = 0;
  /// Journals and queues the intent; its id through `intent_id`.
  virtual writ_status submit(std::uint32_t instance, const writ_intent& intent,
                             std::uint64_t& intent_id) = 0;
  /// A writ_signal or writ_signal_report.
  virtual writ_status publish(std::uint32_t instance, const writ_record& value) = 0;
  virtual writ_status set_timer(std::uint32_t instance, std::uint64_t timer,
                                std::int64_t due_ts) = 0;
  virtual writ_status cancel_timer(std::uint32_t instance, std::uint64_t timer) = 0;
  virtual writ_status random(std::uint32_t instance, std::uint64_t& value) = 0;
  virtual void log(std::uint32_t instance, std::uint32_t severity, std::string_view text) = 0;
  /// Best levels of one side; the count, or a negative status.
  virtual std::int32_t book_levels(std::uint32_t instance, std::uint32_t instrument,
                                   std::uint32_t side, std::span<writ_level> levels) = 0;
  virtual std::int32_t working_orders(std::uint32_t instance, std::uint32_t instrument,
                                      std::span<writ_order> orders) = 0;
};

}  // namespace writ::plugin
