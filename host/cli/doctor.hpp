#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace writ::cli {

/// One thing a host needs of the machine it is to run on.
struct Finding {
  std::string what;
  std::string found;  ///< one line
  bool well = true;
};

/// Looks at disk, clock, processor, the guards of sandboxes and plugin folders. `folder` is where a
/// journal would be; a file is made there and removed. Takes about a second.
[[nodiscard]] std::vector<Finding> examine_machine(const std::filesystem::path& folder);

}  // namespace writ::cli
