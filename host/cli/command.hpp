#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

/// What the program returns to the shell.
enum class ExitStatus : int {
  kOk = 0,
  kFailed = 1,      ///< it was tried and did not work, or what was compared differs
  kWrongInput = 2,  ///< wrong arguments, configuration, plugin or tape; nothing was done
  kHalted = 3,      ///< the host had to stop trading, or is not allowed to begin
};

/// The arguments after the command's own words.
using Words = std::vector<std::string>;

/// One command of the program: `writ NAME ARGUMENTS`, NAME one or two words.
struct Command {
  std::string_view name;
  std::string_view arguments;  ///< for the usage line
  std::string_view summary;    ///< one line
  ExitStatus (*run)(const Command& command, const Words& words);
};

/// Every command, in the order of the help. Defined by group in the *_commands.cpp files.
[[nodiscard]] std::vector<Command> all_commands();

[[nodiscard]] std::span<const Command> run_commands();
[[nodiscard]] std::span<const Command> control_commands();
[[nodiscard]] std::span<const Command> order_commands();
[[nodiscard]] std::span<const Command> venue_commands();
[[nodiscard]] std::span<const Command> research_commands();
[[nodiscard]] std::span<const Command> config_commands();
[[nodiscard]] std::span<const Command> plugin_commands();
[[nodiscard]] std::span<const Command> tape_commands();
[[nodiscard]] std::span<const Command> journal_commands();
[[nodiscard]] std::span<const Command> db_commands();
[[nodiscard]] std::span<const Command> inspection_commands();
[[nodiscard]] std::span<const Command> program_commands();

}  // namespace writ::cli
