#pragma once

#include "host/base/result.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/venue/paper/paper_options.hpp"

#include <writ/abi/outcome.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace writ::venue::paper {

class Exchange;

/// A deterministic exchange simulated from the market records it observes. Orders travel
/// order_latency_ns to it, reports and fills report_latency_ns back, all in core time. At equal
/// times market events go before arrivals, so a fill beats a cancel of the same instant.
///
/// The recorded book is taken as it is: it never holds our own orders, trading against it moves
/// nobody else, and what was taken from a level is gone until that level is next updated. Orders of
/// different accounts do not meet. A book that is out of sync has no liquidity; while a market is
/// suspended, closed or disconnected new orders and amendments are rejected (MARKET), cancels are
/// taken, and a close cancels what rests. Balance and reduce-only are the arbiter's, not checked
/// here. Instruments and streams are learnt from the records observed. [sequencer-thread]
class PaperVenue final : public execution::OrderGateway {
 public:
  explicit PaperVenue(PaperOptions options);
  ~PaperVenue() override;

  /// Arrivals before the record's core time take place first, then the record.
  void observe(const writ_record& input) override;
  /// Needs the ingest_ts of the order record: the moment it was decided.
  void send(const writ_order& order) override;
  /// When the next report is due, of those an arrival under way will cause as well.
  [[nodiscard]] std::optional<std::int64_t> next_due() const override;
  /// Arrivals up to `until` take place first: market records up to then must have been observed.
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override;

  [[nodiscard]] std::vector<std::byte> save() const override;
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state) override;

 private:
  std::unique_ptr<Exchange> exchange_;
};

}  // namespace writ::venue::paper
