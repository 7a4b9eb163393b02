#pragma once

#include "host/base/result.hpp"
#include "host/execution/venue_account.hpp"

#include <writ/abi/outcome.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace writ::execution {

/// The way to a venue: orders out, reports and fills back as input records.
/// A simulated venue is a pure function of what it observes and is sent; its saved state and the
/// same calls give the same reports.
class OrderGateway {
 public:
  virtual ~OrderGateway() = default;

  /// Every input record, in order, before what it leads to: a simulated venue trades against it.
  virtual void observe(const writ_record& input) = 0;

  /// An order record whose `command` is not NONE, once its promise level is reached.
  virtual void send(const writ_order& order) = 0;

  /// Core time of the next report due; nothing while none is scheduled.
  [[nodiscard]] virtual std::optional<std::int64_t> next_due() const = 0;

  /// The next writ_report or writ_fill due at or before `until`, ingest_ts set to when it was due,
  /// seq not set; nullptr if none is. Valid until the next call.
  [[nodiscard]] virtual const writ_record* take_report(std::int64_t until) = 0;

  /// Where a real venue is asked what it holds. nullptr: a simulated one, whose state is saved with
  /// the core's; what was sent to it before a crash it is sent again, a real one never.
  [[nodiscard]] virtual VenueAccount* account() { return nullptr; }

  [[nodiscard]] virtual std::vector<std::byte> save() const = 0;
  /// Errors: kCorrupt; the gateway is then as it was.
  [[nodiscard]] virtual base::Result<void> load(std::span<const std::byte> state) = 0;
};

}  // namespace writ::execution
