#pragma once

#include "exchange.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace writ::venue_sim {

/// Where the rest of the market comes from.
class MarketSource {
 public:
  virtual ~MarketSource() = default;
  /// When it acts next.
  [[nodiscard]] virtual std::int64_t next_ts() const = 0;
  /// Does what it does at next_ts(), which the exchange has reached.
  virtual void step(Exchange& exchange) = 0;
  /// What was due before `ts` is done from then on.
  virtual void postpone(std::int64_t ts) = 0;
};

/// A seeded market: in every listed symbol a price that wanders, offers around it, and takers. The
/// same seed and start, the same market, as far as clients leave it alone.
[[nodiscard]] std::unique_ptr<MarketSource> random_market(std::uint64_t seed, std::int64_t start_ts,
                                                          const Exchange& exchange);

/// The market of recorded files, lines of `RECEIVED {"stream": .., "data": ..}`, gzip or not: what
/// their depth says is offered, what they traded is taken. Begins at `start_ts`, and again at its
/// end; passes `speed` times as fast as it was received. Throws InputError for a file that cannot
/// be read or has no line of a listed symbol.
[[nodiscard]] std::unique_ptr<MarketSource> recorded_market(const std::vector<std::string>& files,
                                                            std::int64_t start_ts,
                                                            std::int64_t speed,
                                                            const Exchange& exchange);

}  // namespace writ::venue_sim
