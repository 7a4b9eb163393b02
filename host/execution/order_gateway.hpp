#pragma once

#include "host/base/result.hpp"
#include "host/execution/kill_latch.hpp"
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
  OrderGateway() = default;
  virtual ~OrderGateway() = default;
  // A latch is one gateway's own: taking another's state over neither sets nor opens it.
  OrderGateway(const OrderGateway& /*other*/) noexcept {}
  OrderGateway& operator=(const OrderGateway& /*other*/) noexcept { return *this; }

  /// From here on nothing leaves that could add risk to the account (0 = all), and what works there
  /// is cancelled without the core, which may never come back: a plugin may spin on its thread.
  /// What was refused or cancelled so is reported like anything else. [any thread]
  void kill(std::uint32_t account) {
    latch_.set(account);
    cancel_everything(account);
  }

  /// Every input record, in order, before what it leads to, at a restart those of the past too: a
  /// simulated venue trades against it, a real one's gateway learns names from it and no more.
  virtual void observe(const writ_record& input) = 0;

  /// An order record whose `command` is not NONE, once its promise level is reached.
  virtual void send(const writ_order& order) = 0;

  /// Core time of the next report due; nothing while none is scheduled.
  [[nodiscard]] virtual std::optional<std::int64_t> next_due() const = 0;

  /// The next writ_report or writ_fill due at or before `until`, ingest_ts set to when it was due,
  /// seq not set; nullptr if none is. Valid until the next call.
  [[nodiscard]] virtual const writ_record* take_report(std::int64_t until) = 0;

  /// A command that left, and our clock right before its first byte was handed to the network.
  struct Left {
    std::uint64_t seq = 0;  ///< of its ORDER record
    std::int64_t ts = 0;
  };
  /// The next one since the last call, where that is measured; for people only.
  [[nodiscard]] virtual std::optional<Left> take_left() { return std::nullopt; }

  /// Where real venues are asked what they hold. nullptr: nobody is asked.
  [[nodiscard]] virtual VenueAccount* account() { return nullptr; }

  /// Whether orders of this book (WRIT_BOOK_*) go to a simulated venue, whose state is saved with
  /// the core's and which says again what it said. What was sent to it before a crash it is sent
  /// again; a real one never is.
  [[nodiscard]] virtual bool simulates(std::uint32_t /*book*/) const { return true; }

  [[nodiscard]] virtual std::vector<std::byte> save() const = 0;
  /// Errors: kCorrupt; the gateway is then as it was.
  [[nodiscard]] virtual base::Result<void> load(std::span<const std::byte> state) = 0;

 protected:
  /// To be asked by whatever hands an order to a venue, the last moment before it does.
  [[nodiscard]] const KillLatch& latch() const noexcept { return latch_; }

 private:
  /// Asks the venue to cancel the account's orders, 0 = all accounts. Nothing to do for a simulated
  /// venue: nothing of it is outside the process, and the KILL record ends its orders in core time,
  /// the same way in a replay. [any thread]
  virtual void cancel_everything(std::uint32_t /*account*/) {}

  KillLatch latch_;
};

}  // namespace writ::execution
