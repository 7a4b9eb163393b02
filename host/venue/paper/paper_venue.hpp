#pragma once

#include "host/base/dense_map.hpp"
#include "host/base/result.hpp"
#include "host/base/rising_map.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/venue/paper/outbox.hpp"
#include "host/venue/paper/paper_market.hpp"
#include "host/venue/paper/paper_options.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/market.h>
#include <writ/abi/outcome.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace writ::venue::paper {

/// A deterministic exchange simulated from the market records it observes. Orders and reports
/// travel as long as their latency says, all in core time; a command may overtake another but none
/// of its own order, reports stay in order, and a command the recording lost is refused (OTHER).
/// At equal times market events go before arrivals, so a fill beats a cancel of the same instant
/// and a funding goes before a fill of its instant; an expiry goes before an
/// arrival, and arrivals go in the order they were sent.
///
/// In play a new order or an amendment waits for the betting delay before it can trade; cancels,
/// and amendments that only take back, do not wait. A suspension or a close meanwhile refuses it
/// (MARKET), a cancel of what still waits is refused (OTHER: in progress). Turning in play cancels
/// what rests (MARKET): no bet persists.
///
/// The recorded book is taken as it is: it never holds our own orders, trading against it moves
/// nobody else, and what was taken from a level is gone until that level is next updated. Orders of
/// different accounts do not meet. A book that is out of sync or crossed has no liquidity: takers
/// find none, an order that rests then joins behind a queue of unknown length, and only trades fill
/// it. While a market is suspended, closed or disconnected new orders and amendments are rejected
/// (MARKET) and cancels are taken; a close or a settlement cancels what rests. A reduce-only order
/// of a perpetual trades no more than the position of its strategy or account and ends with it;
/// balances are the arbiter's, not checked here. Instruments and streams are learnt from the
/// records observed. [sequencer-thread]
class PaperVenue final : public execution::OrderGateway {
 public:
  explicit PaperVenue(const PaperOptions& options);

  /// Arrivals before the record's core time take place first, then the record.
  void observe(const writ_record& input) override;
  /// Needs the ingest_ts of the order record: the moment it was decided.
  void send(const writ_order& order) override;
  /// When the next report is due, of those an arrival under way will cause as well; nothing is
  /// taken then if that arrival must wait.
  [[nodiscard]] std::optional<std::int64_t> next_due() const override;
  /// Arrivals up to `until` take place first, so every market record up to then, `until` included,
  /// must have been observed.
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override;

  /// A venue of the same markets as they stand, where nothing of ours ever was.
  [[nodiscard]] PaperVenue twin(std::string id_prefix) const;

  [[nodiscard]] std::vector<std::byte> save() const override;
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state) override;

 private:
  /// When a command's turn comes; at one time the one sent earlier.
  struct Turn {
    std::int64_t at = 0;
    std::uint64_t number = 0;
    friend auto operator<=>(const Turn&, const Turn&) = default;
  };
  enum class Way : std::uint8_t {
    kToExchange,
    kLost,     ///< its turn is when the host learns of that
    kWaiting,  ///< at the exchange, for the betting delay
  };
  struct Arrival {
    writ_order order{};
    Way way = Way::kToExchange;
  };
  struct Stream {
    std::uint32_t instrument;
    std::string source;
  };

  void apply(const writ_record& input);
  void apply_rarer(const writ_record& input);
  void apply_status(const writ_market_status& status);
  void apply_status(const writ_market_status& status, std::uint32_t instrument);
  void apply_reduction(const writ_reduction& reduction);
  /// Whether anything takes place of itself some day.
  [[nodiscard]] bool is_awaited() const noexcept;
  /// Everything that takes place before `end`, in order of time.
  void advance_before(std::int64_t end);
  void arrive(const Turn& turn, const Arrival& arrival);
  /// Whether the command must wait at the exchange; it then does.
  [[nodiscard]] bool made_to_wait(const Turn& turn, const Arrival& arrival);
  [[nodiscard]] bool is_waiting(std::uint64_t order_id) const;
  /// Refuses what waits in a market that no longer takes bets.
  void lapse_waiting(std::uint32_t instrument);
  void find_next_expiry();
  [[nodiscard]] PaperMarket* market(std::uint32_t instrument) { return markets_.get(instrument); }

  PaperOptions options_;
  Latency latency_;
  std::int64_t now_;
  Outbox outbox_;
  base::DenseMap<PaperMarket> markets_;
  std::map<std::uint32_t, Stream> streams_;
  base::RisingMap<Turn, Arrival> arrivals_;
  std::uint64_t sent_ = 0;
  std::int64_t next_expiry_;
};

}  // namespace writ::venue::paper
