#pragma once

#include "host/journal/hashes.hpp"
#include "host/journal/run_identity.hpp"
#include "host/journal/storage.hpp"
#include "host/model/instrument_table.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace writ::cli {

/// What a run's journal says of how it was made.
struct RecordedRun {
  std::filesystem::path folder;
  journal::RunIdentity identity;
  boost::json::object manifest;
  std::vector<std::string> configs;  ///< in order; the first is that of the start
  model::InstrumentTable tables;     ///< as the run began
  model::InstrumentTable all_tables;
  std::map<std::string, std::set<std::string>> objects;  ///< plugin id → builds it ran with
  journal::RunHashes hashes;
};

/// Reads the whole run. Throws base::InputError with the place if the journal cannot be read or
/// holds no configuration.
[[nodiscard]] RecordedRun read_run(journal::Storage& storage, const std::filesystem::path& folder);

/// The run's own copy of the latencies it was simulated with; nothing if they were constant.
[[nodiscard]] std::optional<std::filesystem::path> kept_latencies(const RecordedRun& run);

}  // namespace writ::cli
