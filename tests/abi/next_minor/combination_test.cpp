// Built twice: as today's host and as one of the next minor version. Each meets a plugin of today,
// one of the next minor version that can do without it, and one that cannot.
#include "host/base/input_error.hpp"
#include "host/plugin/instance.hpp"
#include "host/plugin/module.hpp"
#include "tests/support/tree_paths.hpp"
#include "tests/unit/plugin/plugin_files.hpp"
#include "tests/unit/plugin/recording_services.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace writ::plugin {
namespace {

// What the plugin wrote to its log; or why the host refused it.
std::string meet(const std::string& plugin) {
  const TemporaryFolder folder;
  RecordingServices services;
  try {
    const auto module = Module::load(test_plugin(plugin), folder.path() / "objects");
    const auto& descriptor = module->descriptors().front();
    InstanceOptions options;
    options.instance = 1;
    options.name = plugin;
    const auto instance =
        Instance::create(module, descriptor.id, ParameterSet::parse(descriptor, {}, plugin),
                         std::move(options), services);
    if (instance->init() < 0 || services.lines.empty()) return "init failed";
  } catch (const base::InputError& error) {
    return error.message();
  }
  return services.lines.front().text;
}

#ifdef NEXT_MINOR
TEST(HostOfTheNextMinor, RunsAPluginOfToday) { EXPECT_EQ(meet("seeker_today"), "not sought"); }
TEST(HostOfTheNextMinor, GivesAPluginTheEntryItLooksFor) {
  EXPECT_EQ(meet("seeker_optional"), "found");
}
TEST(HostOfTheNextMinor, RunsAPluginThatRequiresIt) { EXPECT_EQ(meet("seeker_required"), "found"); }
#else
TEST(HostOfToday, RunsAPluginOfToday) { EXPECT_EQ(meet("seeker_today"), "not sought"); }
TEST(HostOfToday, RunsAPluginThatCanDoWithoutTheNextMinor) {
  EXPECT_EQ(meet("seeker_optional"), "not found");
}
TEST(HostOfToday, RefusesAPluginThatRequiresTheNextMinor) {
  EXPECT_THAT(meet("seeker_required"),
              ::testing::HasSubstr("requires plugin ABI " + std::to_string(WRIT_ABI_MAJOR) + "." +
                                   std::to_string(WRIT_ABI_MINOR + 1)));
}
#endif

}  // namespace
}  // namespace writ::plugin
