#pragma once

#include <cstdint>
#include <vector>

namespace writ::bench {

/// A bar of one minute, 48 bytes little endian; prices in ticks of 0.1, volume in lots of 0.001.
struct BarRow {
  std::int64_t open_ts_ns;
  std::int64_t open;
  std::int64_t high;
  std::int64_t low;
  std::int64_t close;
  std::int64_t volume;
};
static_assert(sizeof(BarRow) == 48);

inline constexpr std::int64_t kBarIntervalNs = 60'000'000'000;

/// The first bars of seed 3.
[[nodiscard]] std::vector<BarRow> first_bars(std::size_t count);

/// 1,000,000 of them; aborts with a message if their checksum is another.
[[nodiscard]] std::vector<BarRow> standard_bars();

}  // namespace writ::bench
