#include "tests/support/tree_paths.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace writ::test {
namespace {

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

}  // namespace

std::filesystem::path binary_dir() {
  const auto program = std::filesystem::read_symlink("/proc/self/exe");
  for (auto folder = program.parent_path(); folder != folder.root_path();
       folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / "CMakeCache.txt")) return folder;
  }
  stop(program.string() + " lies in no build tree");
}

std::filesystem::path source_dir() {
  const auto path = binary_dir() / "CMakeCache.txt";
  std::ifstream cache(path);
  constexpr std::string_view kKey = "CMAKE_HOME_DIRECTORY:INTERNAL=";
  for (std::string line; std::getline(cache, line);) {
    if (line.starts_with(kKey)) return line.substr(kKey.size());
  }
  stop(path.string() + " names no source tree");
}

std::filesystem::path plugin_dir() { return binary_dir() / "plugins"; }

std::filesystem::path sandboxed_dir() { return binary_dir() / "sandboxed"; }

std::optional<std::filesystem::path> data_dir() {
  const char* value = std::getenv("WRIT_DATA");
  if (value == nullptr || *value == '\0') return std::nullopt;
  std::filesystem::path folder = value;
  if (!std::filesystem::is_directory(folder)) {
    stop("WRIT_DATA=" + folder.string() + " is no folder");
  }
  return folder;
}

}  // namespace writ::test
