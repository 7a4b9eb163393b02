#pragma once

#include "host/plugin/float_control.hpp"

#include <signal.h>

#include <optional>
#include <string>
#include <vector>

namespace writ::plugin {

/// What loading a plugin must leave as it was: it belongs to the whole process.
class ProcessState {
 public:
  /// As it is now.
  [[nodiscard]] static ProcessState capture();

  /// Puts back what has changed since and can be put back, and names the first change:
  /// `changes the locale`, `installs a handler for signal 11`, `leaves a thread behind`. Nothing if
  /// all is as it was. No other thread of the host may start meanwhile.
  [[nodiscard]] std::optional<std::string> restore() const;

 private:
  ProcessState() : float_control_(FloatControl::current()) {}

  FloatControl float_control_;
  std::string locale_;
  std::string folder_;
  mode_t umask_ = 0;
  std::vector<struct sigaction> handlers_;  // from signal 1
  std::vector<int> threads_;                // sorted
};

}  // namespace writ::plugin
