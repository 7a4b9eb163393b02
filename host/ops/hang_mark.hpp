#pragma once

#include "host/base/result.hpp"

#include <filesystem>
#include <set>
#include <string>

namespace writ::ops {

/// Names of the instances that did not come back while a start went through the past of a journal
/// folder; the next start leaves them out. Errors: kCorrupt for a file that is no such mark; as
/// `base::error_from_errno`. Empty: there is none.
[[nodiscard]] base::Result<std::set<std::string>> read_hang_mark(
    const std::filesystem::path& journal_folder);

/// Replaces the mark; on return it is on disk. Errors: as `base::error_from_errno`.
[[nodiscard]] base::Result<void> write_hang_mark(const std::filesystem::path& journal_folder,
                                                 const std::set<std::string>& instances);

/// Takes the mark away, durably; fine if there is none. Errors: as `base::error_from_errno`.
[[nodiscard]] base::Result<void> remove_hang_mark(const std::filesystem::path& journal_folder);

}  // namespace writ::ops
