#pragma once

#include "host/model/record_words.hpp"

#include <cstdint>
#include <vector>

namespace writ::test {

inline constexpr std::uint32_t kUsdt = 1;
inline constexpr std::uint32_t kBtc = 2;
inline constexpr std::uint32_t kSpot = 1;
inline constexpr std::uint32_t kPerp = 2;

// Each season has a pair of tokens and a race of its own, which end with it.
inline constexpr std::uint32_t kSeasons = 12;
inline constexpr std::uint32_t kRunners = 3;
inline constexpr std::uint32_t kOfSeason = 2 + kRunners;
inline constexpr std::uint32_t kInstruments = kPerp + kSeasons * kOfSeason;

[[nodiscard]] constexpr std::uint32_t yes_of(std::uint32_t season) {
  return kPerp + 1 + season * kOfSeason;
}
[[nodiscard]] constexpr std::uint32_t no_of(std::uint32_t season) { return yes_of(season) + 1; }
[[nodiscard]] constexpr std::uint32_t runner_of(std::uint32_t season, std::uint32_t place) {
  return no_of(season) + 1 + place;
}

[[nodiscard]] constexpr bool is_runner(std::uint32_t instrument) {
  return instrument > kPerp && (instrument - kPerp - 1) % kOfSeason >= 2;
}

/// Of spot, perpetual, tokens and odds.
[[nodiscard]] std::int64_t tick_of(std::uint32_t instrument);
[[nodiscard]] std::int64_t lot_of(std::uint32_t instrument);

/// ASSET, INSTRUMENT and STREAM records: a spot, a perpetual, of which no order may be for more
/// than 8, and for each season a binary pair at the same venue and a race of three runners, one of
/// whom wins, at another.
[[nodiscard]] std::vector<model::RecordWords> wild_tables();

}  // namespace writ::test
