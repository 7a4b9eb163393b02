#pragma once

#include "host/journal/storage.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <string>

namespace writ::cli {

/// What one run decided.
struct RunSide {
  std::filesystem::path folder;
  std::string run_id;
  std::string config_hash;
  std::string intents_hash;
  std::string verdicts_hash;
  std::string ledger_hash;
  std::uint64_t intents = 0;
  std::uint64_t verdicts = 0;
  std::uint64_t ledger = 0;
};

/// Two runs beside each other, by what their hashes cover; ids and record places are not compared.
struct RunComparison {
  RunSide a;
  RunSide b;
  /// The first intent, verdict or ledger entry that differs, in one line; empty: none.
  std::string first_difference;

  [[nodiscard]] bool equal() const;
};

/// Throws base::InputError or base::Failure if a run cannot be read.
[[nodiscard]] RunComparison compare_runs(journal::Storage& storage, const std::filesystem::path& a,
                                         const std::filesystem::path& b);

}  // namespace writ::cli
