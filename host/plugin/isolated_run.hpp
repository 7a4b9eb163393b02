#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace writ::plugin {

/// How a piece of work in a child process ended.
struct IsolatedOutcome {
  enum class End { kReturned, kThrew, kCrashed, kExited, kTimedOut };
  End end = End::kExited;
  std::string text;  ///< what it returned, threw, or how it ended; one line
};

/// Runs `work` in a child process and kills it past `limit`. What it writes to standard output and
/// error is dropped. The calling process must have no other thread. Throws base::Failure if there
/// can be no child.
[[nodiscard]] IsolatedOutcome run_isolated(const std::function<std::string()>& work,
                                           std::chrono::milliseconds limit);

}  // namespace writ::plugin
