#pragma once

#include "host/base/result.hpp"
#include "host/engine/pipeline.hpp"
#include "host/engine/setup.hpp"
#include "host/engine/verify_sink.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/journal/storage.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace writ::engine {

/// What a recomputation is made of: the run's own, unless someone wants to see what another build
/// or configuration would have done.
struct VerifySetup : Recipe {
  /// Compare the simulated venue's reports and fills too, not only what follows from them.
  bool resimulate = false;
  /// Called when an input and what it led to is done.
  std::function<void(const Pipeline&, const writ_record& input)> progress;
};

struct Verified {
  std::uint64_t inputs = 0;                         ///< taken from the record
  std::map<std::uint16_t, std::uint64_t> compared;  ///< derived records equal, by type
  std::optional<Difference> difference;             ///< the first; nothing = all equal
  std::string intents_hash;                         ///< as recomputed
  std::string verdicts_hash;
  std::string ledger_hash;
};

/// Recomputes a run from its first checkpoint through the real plugins and compares every derived
/// record byte for byte. The gateway is a fresh one of the run's options, without real venues: the
/// state of simulated ones is part of the checkpoints. Throws base::InputError if a plugin refuses.
/// Errors: kNotFound if the run has no checkpoint, or as Reader.
[[nodiscard]] base::Result<Verified> verify_run(journal::Storage& storage,
                                                const std::filesystem::path& run_folder,
                                                const VerifySetup& setup,
                                                execution::OrderGateway& gateway);

}  // namespace writ::engine
