#include "host/cli/plugin_source.hpp"

#include "host/base/input_error.hpp"
#include "host/cli/program_files.hpp"
#include "host/plugin/utf8.hpp"
#include "host/sandbox/description.hpp"

namespace writ::cli {

sandbox::SandboxOptions sandbox_options() {
  sandbox::SandboxOptions options;
  options.worker = program_path().parent_path() / "writ-sandbox";
  return options;
}

std::shared_ptr<const plugin::Module> describe_plugin(const plugin::PluginFile& file,
                                                      const std::filesystem::path& objects) {
#if defined(WRIT_SANITIZED)  // no other program loads a plugin with this one's sanitizer
  if (file.facts().sanitized()) return plugin::Module::load(file, objects);
#endif
  return plugin::Module::describe(file, objects, sandbox::describe(sandbox_options()));
}

plugin::Catalogue describe_folders(const std::vector<std::filesystem::path>& folders,
                                   const std::filesystem::path& objects) {
  return plugin::Catalogue::scan(
      folders, [&](const plugin::PluginFile& file) { return describe_plugin(file, objects); });
}

std::shared_ptr<const plugin::Module> open_plugin(const plugin::PluginFile& file,
                                                  const std::filesystem::path& objects,
                                                  config::Isolation isolation) {
  return isolation == config::Isolation::kSandbox ? describe_plugin(file, objects)
                                                  : plugin::Module::load(file, objects);
}

PluginSource::PluginSource(const std::vector<std::filesystem::path>& folders,
                           std::filesystem::path objects, config::Mode mode, PlaceOf place_of)
    : folders_(folders), objects_(std::move(objects)), mode_(mode), place_of_(std::move(place_of)) {
  for (const auto& folder : folders) {
    folder_names_ += (folder_names_.empty() ? "" : ", ") + folder.string();
  }
}

std::shared_ptr<const plugin::Module> PluginSource::find(const config::InstanceConfig& instance) {
  const bool in_process = instance.isolation == config::Isolation::kInProcess;
  const plugin::PluginFile* other = nullptr;
  std::string refusals;
  for (const auto& file : folders_.files()) {
    if (!file.mentions(instance.plugin)) continue;
    if (instance.sha256 && *instance.sha256 != file.hash_hex()) {
      if (other == nullptr) other = &file;
      continue;
    }
    if (mode_ == config::Mode::kLive && in_process && !instance.sha256) {
      refuse(instance, "plugin",
             "live runs no plugin in the host's process but by its hash: sha256: \"" +
                 file.hash_hex() + "\" is " + file.path().string() + ", or isolation: sandbox");
    }
    try {
      auto module = open(file, instance.isolation);
      if (module->find(instance.plugin) != nullptr) return module;
    } catch (const base::InputError& error) {
      refusals += std::string("; not loaded: ") + error.what();
    }
  }
  if (other != nullptr) {
    refuse(instance, "sha256",
           other->path().string() + " is another file: its hash is " + other->hash_hex());
  }
  for (const auto& refusal : folders_.refusals()) refusals += "; not loaded: " + refusal.reason;
  refuse(instance, "plugin",
         "unknown plugin \"" + plugin::one_line(instance.plugin, 80) + "\": no file of " +
             folder_names_ + " offers it, `writ plugin list` says what they do" + refusals);
}

std::shared_ptr<const plugin::Module> PluginSource::open(const plugin::PluginFile& file,
                                                         config::Isolation isolation) {
  auto& module = opened_[{file.path(), isolation}];
  if (module == nullptr) module = open_plugin(file, objects_, isolation);
  return module;
}

void PluginSource::refuse(const config::InstanceConfig& instance, const char* key,
                          const std::string& message) const {
  const auto place = place_of_(instance.path + "." + key);
  throw base::InputError(place.file, place.line, place.column,
                         instance.path + "." + key + ": " + message);
}

std::shared_ptr<const plugin::Module> RecordedModules::open(const std::string& hash,
                                                            config::Isolation isolation) {
  auto& module = opened_[{hash, isolation}];
  if (module == nullptr) {
    module = open_plugin(plugin::PluginFile(objects_ / hash), objects_, isolation);
  }
  return module;
}

}  // namespace writ::cli
