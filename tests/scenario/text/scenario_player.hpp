#pragma once

#include "tests/scenario/text/scenario.hpp"
#include "tests/scenario/text/scenario_history.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace writ::test {

/// What a played scenario was.
struct Played {
  std::size_t expectations = 0;  ///< looked at
  std::uint64_t turns = 0;       ///< places at which the host could have died
  std::uint32_t runs = 0;
  std::vector<Words> records;  ///< of all runs, as they were written
  std::shared_ptr<journal::Storage> storage;
};

/// Plays a scenario on a host of its own and recomputes each of its runs at the end. What does not
/// hold fails the test, with file, line, what was wanted and what was found. With `death`, the host
/// is killed at that turn besides, and started again.
Played play(const Scenario& scenario, std::optional<std::uint64_t> death = {});

}  // namespace writ::test
