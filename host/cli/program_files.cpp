#include "host/cli/program_files.hpp"

#include "host/base/file.hpp"
#include "host/base/input_error.hpp"
#include "host/base/result.hpp"
#include "host/base/sha256.hpp"
#include "host/cli/build_facts.hpp"
#include "host/config/config.hpp"

#include <stdlib.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace writ::cli {

namespace fs = std::filesystem;

fs::path program_path() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error);
}

std::string program_hash() {
  static const std::string kHash = base::sha256_hex(base::read_file("/proc/self/exe").value());
  return kHash;
}

std::optional<fs::path> own_plugins() {
  const fs::path folder = program_path().parent_path();
  for (const char* below : {"../lib/writ/plugins", "../../plugins"}) {
    const fs::path plugins = (folder / below).lexically_normal();
    std::error_code error;
    if (fs::is_directory(plugins, error)) return plugins;
  }
  return std::nullopt;
}

std::vector<fs::path> plugin_folders(std::vector<fs::path> given) {
  if (auto own = own_plugins()) given.push_back(std::move(*own));
  return given;
}

std::vector<fs::path> plugin_folders(const Arguments& arguments) {
  std::vector<fs::path> folders;
  for (const auto& dir : arguments.texts("dir")) folders.emplace_back(dir);
  if (const auto file = arguments.path("config")) {
    const auto dirs = config::load_config(*file).config.plugins.dirs;
    folders.insert(folders.end(), dirs.begin(), dirs.end());
  }
  return plugin_folders(std::move(folders));
}

fs::path template_folder(const std::string& kind) {
  const fs::path installed =
      (program_path().parent_path() / "../share/writ/template" / kind).lexically_normal();
  const fs::path source = fs::path(build_facts().source_folder) / "sdk/template" / kind;
  for (const fs::path& folder : {installed, source}) {
    std::error_code error;
    if (fs::is_directory(folder, error)) return folder;
  }
  throw base::InputError("", "no template in " + installed.string() + " or " + source.string());
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "writ_XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw base::Failure(base::error_from_errno(errno, "temporary folder"));
  }
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace writ::cli
