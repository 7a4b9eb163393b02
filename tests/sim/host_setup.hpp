#pragma once

#include "host/engine/setup.hpp"
#include "host/model/record_words.hpp"
#include "tests/sim/rule_book.hpp"

#include <cstdint>
#include <vector>

namespace writ::test {

inline constexpr std::uint32_t kAccounts = 2;
inline constexpr std::uint32_t kShadowAccount = kAccounts + 1;  ///< beside account 1
inline constexpr std::uint32_t kStrategies = 6;
inline constexpr std::uint32_t kWatched = 2;  ///< more, in the shadow account
inline constexpr std::uint32_t kOperator = kStrategies + kWatched + 1;  ///< its instance

/// Limits that all bite.
[[nodiscard]] RuleBook rules_of_host();

/// The same as the host is told them, with one exclusive market and strategies of different
/// priority.
[[nodiscard]] engine::CoreOptions core_options(const RuleBook& rules, std::uint64_t seed);

/// ACCOUNT and INSTANCE records.
[[nodiscard]] std::vector<model::RecordWords> people_and_strategies();

/// Six hostile strategies, each of another manner, half of them in each account, and two that are
/// only watched.
[[nodiscard]] std::vector<engine::InstanceSetup> hostile_strategies();

}  // namespace writ::test
