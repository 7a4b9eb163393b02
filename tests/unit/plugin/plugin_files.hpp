#pragma once

#include "host/base/file.hpp"
#include "tests/support/tree_paths.hpp"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace writ::plugin {

/// The plugins built for tests (tests/support/plugins).
[[nodiscard]] inline std::filesystem::path test_plugin(const std::string& name) {
  return test::binary_dir() / "test_plugins" / (name + ".so");
}

/// One of them as a sandbox can load it.
[[nodiscard]] inline std::filesystem::path sandboxed_test_plugin(const std::string& name) {
  return test::sandboxed_dir() / "test_plugins" / (name + ".so");
}

[[nodiscard]] inline std::string bytes_of_file(const std::filesystem::path& file) {
  auto content = base::read_file(file);
  if (!content) throw std::runtime_error(file.string() + " cannot be read");
  return std::move(*content);
}

/// A folder of its own, gone at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "writ-plugin-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path write(const std::string& name,
                                            const std::string& content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace writ::plugin
