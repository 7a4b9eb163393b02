#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace writ::bench {

/// One change of an order book or one print, 32 bytes little endian.
struct L2Row {
  std::int64_t ts_ns;
  std::int64_t price_ticks;    ///< of 0.1
  std::int64_t quantity_lots;  ///< of 0.001; absolute for a change, 0 removes the level
  std::uint32_t seq;
  char kind;  ///< 'D' change of a level, 'T' trade
  char side;  ///< of the level 'B' or 'A'; of the taker 'B' or 'S'
  std::uint16_t reserved;
};
static_assert(sizeof(L2Row) == 32);

inline constexpr std::int64_t kTick = 100'000'000;  ///< 0.1 at 1e-9
inline constexpr std::int64_t kLot = 1'000'000;     ///< 0.001 at 1e-9

// What the seeded markets have in common, besides.
inline constexpr std::int64_t kDataStartTs = 1'735'689'600'000'000'000;  ///< 2025-01-01
inline constexpr std::int64_t kPriceStart = 500'000;                     ///< ticks
inline constexpr std::int64_t kPriceMin = 100'000;
inline constexpr std::int64_t kPriceMax = 900'000;

/// A synthetic L2 market of `changes` level changes and the prints between them, with exactly 20
/// levels a side after every action. Integer arithmetic only: the same seed gives the same bytes on
/// every machine.
[[nodiscard]] std::vector<L2Row> make_l2_market(std::uint64_t changes, std::uint64_t seed);

/// SHA-256 of the rows of make_l2_market(5'000'000, 2), which every benchmark run checks.
inline constexpr const char* kL2MarketSha256 =
    "3634ca0753ff9aa45d5b92d6e9f18d402366edd2a500d5a4b2e38c14deb113ba";

/// The rows of that market; aborts with a message if the checksum is another.
[[nodiscard]] std::vector<L2Row> standard_l2_market();

}  // namespace writ::bench
