#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace writ::bench {

/// What one run of a program took.
struct ProgramRun {
  double seconds = 0;               ///< from before it was started to its end
  double user_seconds = 0;          ///< of processor time, of all its threads
  double system_seconds = 0;        ///< the same, in the kernel
  std::uint64_t anonymous_kib = 0;  ///< the most at any time it was looked at
  std::uint64_t resident_kib = 0;   ///< the most at any time, mapped files included
};

/// Runs it to its end, its output to /dev/null, looking at its memory each few ms where `watched`.
/// Ends this program with a message if it fails.
[[nodiscard]] ProgramRun run_program(const std::vector<std::string>& arguments, bool watched);

/// Path of the host's program, built beside the benchmarks.
[[nodiscard]] std::string host_program();

}  // namespace writ::bench
