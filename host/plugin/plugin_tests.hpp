#pragma once

#include "host/plugin/check.hpp"
#include "host/plugin/descriptor.hpp"
#include "host/plugin/module.hpp"

#include <memory>
#include <span>
#include <string>

namespace writ::plugin {

/// What a test is about.
struct Subject {
  std::shared_ptr<const Module> module;
  const Descriptor& descriptor;
  const CheckOptions& options;
};

/// One test of one plugin. `run` returns what was measured, throws NotApplicable, or throws why the
/// plugin fails.
struct PluginTest {
  const char* group;
  const char* name;
  std::string (*run)(const Subject& subject);
};

/// In the order they are run.
[[nodiscard]] std::span<const PluginTest> plugin_tests();

/// Everything at once for as many random events, by the seed of `subject.options`: extreme numbers,
/// host errors, state taken over. Throws why the plugin fails.
[[nodiscard]] std::string fuzz(const Subject& subject, int events);

}  // namespace writ::plugin
