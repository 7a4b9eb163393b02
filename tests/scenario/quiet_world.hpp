#pragma once

#include "tests/scenario/world.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace writ::test {

inline constexpr std::int64_t kSecond = 1'000'000'000;
inline constexpr std::size_t kEventsPerSecond = 20;

/// A book every 100 ms, `bid` and one unit above it, ten at each, or nobody bids; then a trade at
/// the ask.
struct Phase {
  std::int64_t seconds;
  std::int64_t bid;  ///< whole units; 0 = the side is empty
};

/// One market without noise, shared by the players.
[[nodiscard]] World quiet_world(const std::vector<Phase>& phases, std::vector<Player> players);

/// What is asked so many seconds after the beginning.
void at_second(ScriptedOperator& operators, std::size_t second,
               engine::OperatorPort::Request request);

}  // namespace writ::test
