#pragma once

#include "host/cli/command.hpp"

namespace writ::cli {

// One file each.
ExitStatus run_host(const Command& command, const Words& words);
ExitStatus reconcile(const Command& command, const Words& words);
ExitStatus run_backtest(const Command& command, const Words& words);
ExitStatus replay_run(const Command& command, const Words& words);
ExitStatus record_market(const Command& command, const Words& words);
ExitStatus rearbitrate(const Command& command, const Words& words);
ExitStatus resume_after_kill(const class Arguments& arguments);

}  // namespace writ::cli
