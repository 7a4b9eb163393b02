#include "host/plugin/catalogue.hpp"

#include "host/base/input_error.hpp"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

namespace writ::plugin {

PluginFolders::PluginFolders(const std::vector<std::filesystem::path>& folders) {
  for (const auto& folder : folders) {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      if (entry.path().extension() == ".so") found.push_back(entry.path());
    }
    if (error) throw base::InputError(folder.string(), "plugin folder: " + error.message());
    std::sort(found.begin(), found.end());
    for (const auto& path : found) {
      try {
        files_.emplace_back(path);
      } catch (const base::InputError& refusal) {
        refusals_.push_back({path, refusal.what()});
      }
    }
  }
}

Catalogue Catalogue::scan(const std::vector<std::filesystem::path>& folders, const Open& open) {
  const PluginFolders found(folders);
  Catalogue catalogue;
  for (const auto& file : found.files()) catalogue.add(file, open);
  std::copy(found.refusals().begin(), found.refusals().end(),
            std::back_inserter(catalogue.refusals_));
  return catalogue;
}

void Catalogue::add(const PluginFile& file, const Open& open) {
  try {
    auto module = open(file);
    for (const Descriptor& descriptor : module->descriptors()) {
      if (const auto other = find(descriptor.id)) {
        throw base::InputError(file.path().string(), "offers " + descriptor.id + ", as " +
                                                         other->file().string() + " does");
      }
    }
    modules_.push_back(std::move(module));
  } catch (const base::InputError& error) {
    refusals_.push_back({file.path(), error.what()});
  }
}

std::shared_ptr<const Module> Catalogue::find(std::string_view id) const {
  for (const auto& module : modules_) {
    if (module->find(id) != nullptr) return module;
  }
  return nullptr;
}

}  // namespace writ::plugin
