#pragma once

#include "host/cli/arguments.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace writ::cli {

/// This program's own file.
[[nodiscard]] std::filesystem::path program_path();
/// What tells this build from any other, hexadecimal digits: the hash of the program's content the
/// linker noted in it, which it keeps when symbols are stripped; without one, SHA-256 of the file.
[[nodiscard]] std::string program_hash();

/// The folder of the plugins that came with the program: `lib/writ/plugins` of an installation, or
/// `plugins` of a build tree. Nothing if there is none.
[[nodiscard]] std::optional<std::filesystem::path> own_plugins();

/// `given`, then own_plugins().
[[nodiscard]] std::vector<std::filesystem::path> plugin_folders(
    std::vector<std::filesystem::path> given);

/// Those that `--dir` names and those of the configuration of `--config`, then own_plugins(): of a
/// command that declared both. Throws base::InputError for a wrong configuration.
[[nodiscard]] std::vector<std::filesystem::path> plugin_folders(const Arguments& arguments);

/// A template folder, of `strategy`, of `signal` or what is `common` to both: below
/// `share/writ/template` of an installation, or the source tree's. Throws base::InputError if there
/// is none.
[[nodiscard]] std::filesystem::path template_folder(const std::string& kind);

/// A folder below the system's temporary one, removed with everything in it when destroyed.
class TemporaryFolder {
 public:
  /// Throws base::Failure.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace writ::cli
