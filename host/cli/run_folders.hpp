#pragma once

#include "host/cli/arguments.hpp"
#include "host/journal/storage.hpp"

#include <writ/ids.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace writ::cli {

/// Declares `--journal DIR` and `--config FILE`, which say where runs are.
void add_run_options(Arguments& arguments);

/// The journal folder they name; nothing if neither was given. Throws base::InputError.
[[nodiscard]] std::optional<std::filesystem::path> journal_folder(const Arguments& arguments);
/// The same, or base::InputError.
[[nodiscard]] std::filesystem::path required_journal_folder(const Arguments& arguments);

/// The folder of a run named by its folder or by its number in the journal folder. Throws
/// base::InputError if there is none.
[[nodiscard]] std::filesystem::path find_run(const std::string& run, const Arguments& arguments);

/// The last run of a journal folder. Throws base::InputError if it holds none.
[[nodiscard]] std::filesystem::path last_run(journal::Storage& storage,
                                             const std::filesystem::path& folder);

}  // namespace writ::cli
