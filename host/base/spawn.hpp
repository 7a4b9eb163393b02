#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace writ::base {

/// A program to be started, and what it gets of this one: its descriptors, and nothing else that is
/// open here. Signals are as if none had ever been handled or blocked.
struct Spawn {
  std::vector<std::string> command;              ///< the program's path, then its arguments
  std::vector<std::pair<int, int>> descriptors;  ///< ours, and its number there
  bool has_environment = true;                   ///< ours; else it has none
  bool has_group = false;                        ///< one of its own, to be ended with all it starts
};

/// Starts it; standard input, output and error that are not given are /dev/null. Returns 0 and sets
/// `pid`, which the caller waits for; else returns the errno, and nothing runs. Any thread.
[[nodiscard]] int start(const Spawn& spawn, pid_t* pid);

}  // namespace writ::base
