#include "host/plugin/catalogue.hpp"

#include "host/base/input_error.hpp"
#include "host/plugin/utf8.hpp"

#include <algorithm>
#include <system_error>

namespace writ::plugin {

Catalogue Catalogue::scan(const std::vector<std::filesystem::path>& folders,
                          const std::filesystem::path& objects) {
  Catalogue catalogue;
  for (const auto& folder : folders) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      if (entry.path().extension() == ".so") files.push_back(entry.path());
    }
    if (error) throw base::InputError(folder.string(), "plugin folder: " + error.message());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) catalogue.add(file, objects);
  }
  return catalogue;
}

void Catalogue::add(const std::filesystem::path& file, const std::filesystem::path& objects) {
  try {
    auto module = Module::load(file, objects);
    for (const Descriptor& descriptor : module->descriptors()) {
      if (const auto other = find(descriptor.id)) {
        throw base::InputError(
            file.string(), "offers " + descriptor.id + ", as " + other->file().string() + " does");
      }
    }
    modules_.push_back(std::move(module));
  } catch (const base::InputError& error) {
    refusals_.push_back({file, error.what()});
  }
}

std::shared_ptr<const Module> Catalogue::find(std::string_view id) const {
  for (const auto& module : modules_) {
    if (module->find(id) != nullptr) return module;
  }
  return nullptr;
}

std::shared_ptr<const Module> Catalogue::require(std::string_view id, const std::string& file,
                                                 std::int64_t line, std::int64_t column) const {
  if (auto module = find(id)) return module;
  std::string message = "unknown plugin \"" + one_line(id, 80) + "\"; known:";
  const char* separator = " ";
  for (const auto& module : modules_) {
    for (const Descriptor& descriptor : module->descriptors()) {
      message += separator + descriptor.id;
      separator = ", ";
    }
  }
  if (modules_.empty()) message += " none";
  for (const Refusal& refusal : refusals_) message += "; not loaded: " + refusal.reason;
  throw base::InputError(file, line, column, message);
}

}  // namespace writ::plugin
