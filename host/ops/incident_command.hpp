#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace writ::ops {

/// Runs a program without a shell, with its arguments as they are and `input` on its standard
/// input; what it prints is dropped. One that has not ended in time is killed with its children.
/// Why it failed; empty when it ended with status 0. Of a thread that waits for nothing else.
[[nodiscard]] std::string run_incident_command(const std::vector<std::string>& command,
                                               const std::string& input,
                                               std::chrono::nanoseconds timeout);

}  // namespace writ::ops
