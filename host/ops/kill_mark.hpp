#pragma once

#include "host/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace writ::ops {

/// A kill as it is known beside the runs of a journal folder, before and whether or not the run's
/// own journal comes to hold it. A start that finds one trades no more until it is lifted.
struct KillMark {
  std::uint64_t run = 0;
  std::set<std::string> accounts;  ///< by name; empty = all of them
  std::string reason;              ///< of the last kill
};

/// Errors: kCorrupt for a file that is no mark; as `base::error_from_errno`. Nothing: no kill.
[[nodiscard]] base::Result<std::optional<KillMark>> read_kill_mark(
    const std::filesystem::path& journal_folder);

/// Replaces the mark; on return it is on disk. Errors: as `base::error_from_errno`.
[[nodiscard]] base::Result<void> write_kill_mark(const std::filesystem::path& journal_folder,
                                                 const KillMark& mark);

/// Takes the mark away, durably; fine if there is none. Errors: as `base::error_from_errno`.
[[nodiscard]] base::Result<void> remove_kill_mark(const std::filesystem::path& journal_folder);

}  // namespace writ::ops
