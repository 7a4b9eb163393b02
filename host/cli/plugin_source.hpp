#pragma once

#include "host/config/config.hpp"
#include "host/config/document.hpp"
#include "host/plugin/catalogue.hpp"
#include "host/plugin/module.hpp"
#include "host/plugin/plugin_file.hpp"
#include "host/sandbox/process.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace writ::cli {

/// A sandbox of the program that came with this one, its limits those of a plugin that says none.
[[nodiscard]] sandbox::SandboxOptions sandbox_options();

/// What a file says of itself, read in a process of its own. Throws base::InputError.
[[nodiscard]] std::shared_ptr<const plugin::Module> describe_plugin(
    const plugin::PluginFile& file, const std::filesystem::path& objects);

/// The same of every file of the folders, for people who ask what there is.
[[nodiscard]] plugin::Catalogue describe_folders(const std::vector<std::filesystem::path>& folders,
                                                 const std::filesystem::path& objects);

/// A file as an instance needs it: loaded in this process, or, for one that runs in a sandbox,
/// described from there. Throws base::InputError.
[[nodiscard]] std::shared_ptr<const plugin::Module> open_plugin(
    const plugin::PluginFile& file, const std::filesystem::path& objects,
    config::Isolation isolation);

/// Finds the plugins of instances in folders. A file is opened only for an instance it may be the
/// plugin of: one that has not the id in it, or not the hash the configuration names, is not.
class PluginSource {
 public:
  using PlaceOf = std::function<config::Place(const std::string& path)>;

  /// In mode live an instance in this process has to name its file by hash. `place_of` gives the
  /// place of a path of the configuration, for messages. Throws base::InputError: no such folder.
  PluginSource(const std::vector<std::filesystem::path>& folders, std::filesystem::path objects,
               config::Mode mode, PlaceOf place_of);

  /// The module that offers the instance's plugin. Throws base::InputError with the place.
  [[nodiscard]] std::shared_ptr<const plugin::Module> find(const config::InstanceConfig& instance);

 private:
  [[noreturn]] void refuse(const config::InstanceConfig& instance, const char* key,
                           const std::string& message) const;
  [[nodiscard]] std::shared_ptr<const plugin::Module> open(const plugin::PluginFile& file,
                                                           config::Isolation isolation);

  plugin::PluginFolders folders_;
  std::string folder_names_;
  std::filesystem::path objects_;
  config::Mode mode_;
  PlaceOf place_of_;
  std::map<std::pair<std::filesystem::path, config::Isolation>,
           std::shared_ptr<const plugin::Module>>
      opened_;
};

/// Builds that ran, from the copies a journal keeps of them by hash.
class RecordedModules {
 public:
  explicit RecordedModules(std::filesystem::path objects) : objects_(std::move(objects)) {}

  /// Throws base::InputError if it cannot be had.
  [[nodiscard]] std::shared_ptr<const plugin::Module> open(const std::string& hash,
                                                           config::Isolation isolation);

 private:
  std::filesystem::path objects_;
  std::map<std::pair<std::string, config::Isolation>, std::shared_ptr<const plugin::Module>>
      opened_;
};

}  // namespace writ::cli
