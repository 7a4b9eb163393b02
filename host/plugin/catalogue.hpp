#pragma once

#include "host/plugin/module.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::plugin {

/// A file that was found but is no plugin that can be had.
struct Refusal {
  std::filesystem::path file;
  std::string reason;  ///< one line, begins with the file
};

/// The plugin files of folders, read and not run.
class PluginFolders {
 public:
  /// Reads every `*.so` of the folders, in the order of folders and then of file names. A folder
  /// that does not exist is a base::InputError.
  explicit PluginFolders(const std::vector<std::filesystem::path>& folders);

  [[nodiscard]] const std::vector<PluginFile>& files() const noexcept { return files_; }
  [[nodiscard]] const std::vector<Refusal>& refusals() const noexcept { return refusals_; }

 private:
  std::vector<PluginFile> files_;
  std::vector<Refusal> refusals_;
};

/// Every plugin of folders: which module offers which id.
class Catalogue {
 public:
  using Open = std::function<std::shared_ptr<const Module>(const PluginFile& file)>;

  /// Opens every file of the folders. Those that cannot be had are kept as refusals; of two files
  /// that offer one id the second is one. [main]
  [[nodiscard]] static Catalogue scan(const std::vector<std::filesystem::path>& folders,
                                      const Open& open);

  /// The module that offers the plugin `id`, or none.
  [[nodiscard]] std::shared_ptr<const Module> find(std::string_view id) const;

  [[nodiscard]] const std::vector<std::shared_ptr<const Module>>& modules() const noexcept {
    return modules_;
  }
  [[nodiscard]] const std::vector<Refusal>& refusals() const noexcept { return refusals_; }

 private:
  void add(const PluginFile& file, const Open& open);

  std::vector<std::shared_ptr<const Module>> modules_;
  std::vector<Refusal> refusals_;
};

}  // namespace writ::plugin
