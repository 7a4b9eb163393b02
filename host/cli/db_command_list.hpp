#pragma once

#include "host/cli/command.hpp"

namespace writ::cli {

// The commands `writ db ...` that have a file of their own.
[[nodiscard]] ExitStatus dump_database(const Command& command, const Words& words);
[[nodiscard]] ExitStatus compare_databases(const Command& command, const Words& words);
[[nodiscard]] ExitStatus follow_journal(const Command& command, const Words& words);
[[nodiscard]] ExitStatus retain_frames(const Command& command, const Words& words);
[[nodiscard]] ExitStatus read_archives(const Command& command, const Words& words);
[[nodiscard]] ExitStatus query_database(const Command& command, const Words& words);
[[nodiscard]] ExitStatus import_database(const Command& command, const Words& words);

}  // namespace writ::cli
