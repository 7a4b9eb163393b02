#pragma once

#include "host/base/result.hpp"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace writ::base {

/// The whole content of a regular file, pipe or device. Errors: as `error_from_errno`.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path);

/// Replaces `path` by a file of this content and mode, all or nothing: after a crash it holds
/// either the old bytes or the new ones. On return the new ones are on disk. Errors: as
/// `error_from_errno`; the old file is then untouched.
[[nodiscard]] Result<void> write_file_atomically(const std::filesystem::path& path,
                                                 std::string_view content, mode_t mode = 0644);

/// Makes the entries of a folder (a file made, renamed or removed in it) durable.
[[nodiscard]] Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace writ::base
