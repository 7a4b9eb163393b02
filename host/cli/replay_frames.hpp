#pragma once

#include "host/cli/arguments.hpp"
#include "host/cli/command.hpp"
#include "host/journal/storage.hpp"

namespace writ::cli {

/// Prints the raw frames of the run that is the first plain word, from its journal or from the
/// database of `--db`; of `--source` only, if given. Throws base::InputError.
ExitStatus print_frames(journal::Storage& files, const Arguments& arguments);

/// Prints the replay hash of the run in the database of `--db`. Throws base::InputError.
ExitStatus print_database_hash(const Arguments& arguments);

}  // namespace writ::cli
