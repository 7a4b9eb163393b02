#pragma once

#include <string>
#include <string_view>

namespace writ::cli {

/// What this program was built from; a manifest and `writ version` say it.
struct BuildFacts {
  std::string_view version;        ///< of the project
  std::string_view git_sha;        ///< 40 digits; empty outside a git tree
  bool changed = false;            ///< the tree had changes that are not committed
  std::string_view compiler;       ///< name and version
  std::string_view build_type;     ///< and sanitizers
  std::string_view source_folder;  ///< where it was built; may be gone
};
[[nodiscard]] const BuildFacts& build_facts();

/// The least set of x86-64 instructions this machine has: x86-64-v1 to v4; other machines: their
/// architecture.
[[nodiscard]] std::string cpu_class();

}  // namespace writ::cli
