#pragma once

#include "host/base/result.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/venue/paper/outbox.hpp"
#include "host/venue/paper/paper_market.hpp"
#include "host/venue/paper/paper_options.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/market.h>
#include <writ/abi/outcome.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace writ::venue::paper {

/// A deterministic exchange simulated from the market records it observes. Orders travel
/// order_latency_ns to it, reports and fills report_latency_ns back, all in core time. At equal
/// times market events go before arrivals, so a fill beats a cancel of the same instant; an expiry
/// goes before an arrival.
///
/// The recorded book is taken as it is: it never holds our own orders, trading against it moves
/// nobody else, and what was taken from a level is gone until that level is next updated. Orders of
/// different accounts do not meet. A book that is out of sync or crossed has no liquidity: takers
/// find none, an order that rests then joins behind a queue of unknown length, and only trades fill
/// it. While a market is suspended, closed or disconnected new orders and amendments are rejected
/// (MARKET) and cancels are taken; a close cancels what rests. Balance and reduce-only are the
/// arbiter's, not checked here. Instruments and streams are learnt from the records observed.
/// [sequencer-thread]
class PaperVenue final : public execution::OrderGateway {
 public:
  explicit PaperVenue(const PaperOptions& options);

  /// Arrivals before the record's core time take place first, then the record.
  void observe(const writ_record& input) override;
  /// Needs the ingest_ts of the order record: the moment it was decided.
  void send(const writ_order& order) override;
  /// When the next report is due, of those an arrival under way will cause as well.
  [[nodiscard]] std::optional<std::int64_t> next_due() const override;
  /// Arrivals up to `until` take place first, so every market record up to then, `until` included,
  /// must have been observed.
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override;

  [[nodiscard]] std::vector<std::byte> save() const override;
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state) override;

 private:
  struct Arrival {
    std::int64_t at;
    writ_order order;
  };
  struct Stream {
    std::uint32_t instrument;
    std::string source;
  };

  void apply(const writ_record& input);
  void apply_status(const writ_market_status& status);
  /// Everything that takes place before `end`, in order of time.
  void advance_before(std::int64_t end);
  void arrive(const Arrival& arrival);
  void find_next_expiry();
  [[nodiscard]] PaperMarket* market(std::uint32_t instrument);

  PaperOptions options_;
  std::int64_t now_;
  Outbox outbox_;
  std::map<std::uint32_t, PaperMarket> markets_;
  std::map<std::uint32_t, Stream> streams_;
  std::deque<Arrival> arrivals_;  ///< in order of time: one latency for all
  std::int64_t next_expiry_;
};

}  // namespace writ::venue::paper
