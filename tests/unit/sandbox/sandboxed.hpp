#pragma once

#include "host/plugin/instance.hpp"
#include "host/plugin/module.hpp"
#include "host/sandbox/description.hpp"
#include "host/sandbox/sandbox.hpp"
#include "tests/support/tree_paths.hpp"
#include "tests/unit/plugin/plugin_files.hpp"
#include "tests/unit/plugin/recording_services.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace writ::sandbox {

[[nodiscard]] inline SandboxOptions test_options() {
  SandboxOptions options;
  options.worker = test::binary_dir() / "host/cli/writ-sandbox";
  // Generous: the machine is busy with other tests.
  options.deadline_ns = 2'000'000'000;
  return options;
}

/// Makes instances of the test plugins, in this process or in a sandbox.
class SandboxedPlugins {
 public:
  [[nodiscard]] std::unique_ptr<plugin::Instance> make(
      const std::string& file, const std::string& id, plugin::Isolate isolate,
      std::vector<plugin::ParameterText> texts = {}) {
    const plugin::PluginFile found(plugin::sandboxed_test_plugin(file));
    const auto objects = folder_.path() / "objects";
    auto module = isolate ? plugin::Module::describe(found, objects, describe(test_options()))
                          : plugin::Module::load(found, objects);
    auto parameters = plugin::ParameterSet::parse(*module->find(id), texts, "test.yaml");
    plugin::InstanceOptions options;
    options.instance = 4;
    options.name = "under_test";
    options.granted = WRIT_CAN_TRADE | WRIT_CAN_PUBLISH | WRIT_CAN_TIMER | WRIT_CAN_RANDOM;
    options.instruments = {1, 3};
    options.inputs = {{7, 21, 2}};
    options.isolate = std::move(isolate);
    return plugin::Instance::create(module, id, std::move(parameters), options, services);
  }

  plugin::RecordingServices services;

 private:
  plugin::TemporaryFolder folder_;
};

}  // namespace writ::sandbox
