#pragma once

#include "host/engine/restart.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/model/record_words.hpp"
#include "tests/support/faulty_storage.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace writ::test {

inline constexpr const char* kJournalFolder = "/journal";

/// What a simulated host that died after so many of its records leaves: the journal of run 1.
[[nodiscard]] std::unique_ptr<FaultyStorage> dead_host(
    const std::vector<model::RecordWords>& records, std::size_t count);

/// The RUN_STARTED of a simulated host's life: 1, 2, and so on. All go by the same name, so that
/// what they are can be compared.
[[nodiscard]] writ_run_started life_begun(std::uint32_t number);

/// What folding a dead host's journal gave, as the beginning of run 2.
struct Folded {
  engine::Restarted restarted;
  std::vector<model::RecordWords> completed;  ///< what the death had cut off, RUN_STARTED first
  std::uint64_t last_seq = 0;                 ///< of the new journal
};

/// Folds it with the core and strategies of a seed, and brings the gateway to where it was. Fails
/// the test where that fails.
[[nodiscard]] std::optional<Folded> fold(FaultyStorage& storage, std::uint64_t seed,
                                         execution::OrderGateway& gateway);

}  // namespace writ::test
