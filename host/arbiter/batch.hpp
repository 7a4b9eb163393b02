#pragma once

#include "host/arbiter/leases.hpp"

#include <writ/abi/intent.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace writ::arbiter {

/// One intent of a batch, as far as its place depends on it. The intent must outlive the ordering.
struct BatchEntry {
  const writ_intent* intent = nullptr;
  std::uint64_t id = 0;          ///< ascending in the order of submission
  std::optional<Market> wanted;  ///< the market it would add in; nothing: it competes with nobody
  std::int32_t priority = 0;     ///< of its strategy
};

/// Places of intents in the batch that are judged as one: the legs of a group, or a single intent.
using JudgedTogether = std::vector<std::size_t>;

/// The order in which a batch is judged. A strategy's intents are judged in the order it submitted
/// them, and the order of submission stands where strategies do not compete. Of those that want to
/// add in one market, the one goes first, with what it submitted before, that has the best intent
/// there: by priority, then expected value, then confidence, then order of submission. The legs of
/// a group that is whole come together, at the place of the first; those of another are single.
[[nodiscard]] std::vector<JudgedTogether> judging_order(std::span<const BatchEntry> batch);

/// Legs the batch holds of the group of one of its intents, itself counted; 0 without a group.
[[nodiscard]] std::uint32_t legs_in_batch(std::span<const BatchEntry> batch,
                                          const writ_intent& intent);

}  // namespace writ::arbiter
