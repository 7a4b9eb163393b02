// The program `writ`: finds the command, runs it, and turns what it throws into one line.
#include "host/base/input_error.hpp"
#include "host/base/result.hpp"
#include "host/cli/command.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {
namespace {

void print_usage(const std::vector<Command>& commands) {
  std::cout << "writ: a strategy host for trading\n\n";
  std::size_t width = 0;
  for (const Command& command : commands) width = std::max(width, command.name.size());
  for (const Command& command : commands) {
    std::cout << "  writ " << command.name << std::string(width + 2 - command.name.size(), ' ')
              << command.summary << "\n";
  }
  std::cout
      << "\nEvery command has --help and --json. Exit status: 0 well, 1 failed, 2 wrong input,"
         " 3 halted.\n";
}

// A command of two words wins over one of one word; `used` says how many words it took.
const Command* find(const std::vector<Command>& commands, const Words& words, std::size_t& used) {
  for (used = std::min<std::size_t>(2, words.size()); used > 0; --used) {
    std::string name = words[0];
    if (used == 2) name += " " + words[1];
    for (const Command& command : commands) {
      if (command.name == name) return &command;
    }
  }
  return nullptr;
}

std::string group_of(const std::vector<Command>& commands, const std::string& word) {
  std::string names;
  for (const Command& command : commands) {
    const std::string_view name = command.name;
    if (name.substr(0, word.size() + 1) != word + " ") continue;
    names += (names.empty() ? "" : ", ") + std::string(name.substr(word.size() + 1));
  }
  return names;
}

ExitStatus fail(ExitStatus status, const std::string& why) {
  std::cout.flush();
  std::cerr << "writ: " << why << "\n";
  return status;
}

ExitStatus run(const Words& words) {
  const auto commands = all_commands();
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_usage(commands);
    return words.empty() ? ExitStatus::kWrongInput : ExitStatus::kOk;
  }
  const std::string word = words[0] == "--version" ? "version" : words[0];
  Words named = words;
  named[0] = word;
  std::size_t used = 0;
  const Command* command = find(commands, named, used);
  if (command == nullptr) {
    const std::string group = group_of(commands, word);
    return fail(ExitStatus::kWrongInput,
                group.empty() ? "unknown command \"" + word + "\"; `writ help` lists them"
                              : word + " is followed by one of: " + group);
  }
  try {
    return command->run(*command,
                        Words(named.begin() + static_cast<std::ptrdiff_t>(used), named.end()));
  } catch (const base::InputError& error) {
    return fail(ExitStatus::kWrongInput, error.what());
  } catch (const std::exception& error) {
    return fail(ExitStatus::kFailed, error.what());
  }
}

}  // namespace

std::vector<Command> all_commands() {
  std::vector<Command> all;
  for (const auto group :
       {run_commands(), control_commands(), order_commands(), venue_commands(), config_commands(),
        research_commands(), plugin_commands(), tape_commands(), journal_commands(), db_commands(),
        inspection_commands(), program_commands()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

}  // namespace writ::cli

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  return static_cast<int>(writ::cli::run(writ::cli::Words(argv + 1, argv + argc)));
}
