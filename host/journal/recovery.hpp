#pragma once

#include "host/base/result.hpp"
#include "host/journal/folder.hpp"
#include "host/journal/reader.hpp"
#include "host/journal/run_identity.hpp"
#include "host/journal/storage.hpp"

#include <writ/ids.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace writ::journal {

/// Bytes at the end of a run that are not a whole record and were dropped.
struct TornTail {
  Place place;
  std::uint64_t bytes = 0;
};

/// What a run's journal is once it is whole again.
struct RecoveredRun {
  RunIdentity identity;
  Seq last_seq{0};                         ///< 0: not one record
  std::uint64_t records_from_mapping = 0;  ///< not yet in a segment when the host died
  std::optional<TornTail> torn_tail;
  bool was_closed = false;  ///< there was nothing to do
};

/// Completes the journal of a run whose host died: moves what only the mapping holds to the last
/// segment, drops a torn tail and says where it was, seals, removes the mapping. On return the run
/// is complete on disk. Repeating it, also after dying in the middle of it, is harmless; a closed
/// run is left alone. `lock` is of the folder above.
/// Errors: kCorrupt for damage in what was durable (nothing is changed then; detail is the offset,
/// `place` if given says the file), kDiskFull, or as Reader and Storage.
[[nodiscard]] base::Result<RecoveredRun> recover_run(Storage& storage, const FolderLock& lock,
                                                     const std::filesystem::path& run_folder,
                                                     Place* place = nullptr);

}  // namespace writ::journal
