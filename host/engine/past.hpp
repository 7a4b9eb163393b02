#pragma once

#include "host/base/result.hpp"
#include "host/journal/folder.hpp"
#include "host/journal/reader.hpp"
#include "host/journal/recovery.hpp"
#include "host/journal/storage.hpp"
#include "host/model/instrument_table.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace writ::engine {

/// What the last run of a journal folder left: the tables whose numbers a new run keeps, and how it
/// ended.
struct Past {
  journal::RecoveredRun run;
  std::filesystem::path folder;  ///< of that run
  model::InstrumentTable tables;
  model::InstrumentTable checkpoint_tables;  ///< as they stood at its last checkpoint
  std::string manifest;                      ///< of its RUN_STARTED
  std::string config_text;  ///< of the configuration in force at its last checkpoint
  std::uint32_t mode = 0;
  std::optional<std::uint32_t> stop_reason;  ///< nothing: its host died
  bool killed = false;  ///< an account's kill latch is set: a start needs `resume --after-kill`
  std::int64_t last_ts = 0;  ///< core time of the last record
  /// Later starts that died before their first checkpoint: they took nothing over, but what they
  /// had completed of this run's end counts.
  std::vector<journal::RunEntry> unfinished;
};

/// Recovers the runs of the folder from the last back to one with a checkpoint, and reads that;
/// nothing if there is none. Errors: as recover_run and Reader; `place` then says where.
[[nodiscard]] base::Result<std::optional<Past>> open_past(journal::Storage& storage,
                                                          const journal::FolderLock& lock,
                                                          journal::Place* place = nullptr);

}  // namespace writ::engine
