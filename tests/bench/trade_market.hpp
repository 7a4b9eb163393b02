#pragma once

#include "tests/bench/l2_market.hpp"
#include "tests/bench/split_mix.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace writ::bench {

/// A synthetic market of prints alone, one after the other without end. Integer arithmetic only:
/// the same seed gives the same prints on every machine.
class TradeMarket {
 public:
  explicit TradeMarket(std::uint64_t seed) : random_(seed) {}
  [[nodiscard]] L2Row next();

 private:
  SplitMix random_;
  std::int64_t ts_ = kDataStartTs;
  std::int64_t price_ = kPriceStart;
  std::uint32_t seq_ = 0;
};

/// The first prints of seed 1.
[[nodiscard]] std::vector<L2Row> first_trades(std::size_t count);

/// 5,000,000 of them; aborts with a message if their checksum is another.
[[nodiscard]] std::vector<L2Row> standard_trades();

/// The prints as comma-separated text: `timestamp,side,price,amount,id` after a header line in the
/// names of tardis.dev's archives of trades, times in µs.
[[nodiscard]] std::string trades_csv(const std::vector<L2Row>& rows);

}  // namespace writ::bench
