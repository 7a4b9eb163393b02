// What a file says of itself is read where it can do no harm.
#include "host/sandbox/description.hpp"

#include "host/base/input_error.hpp"
#include "host/plugin/parameters.hpp"
#include "tests/unit/sandbox/sandboxed.hpp"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace writ::sandbox {
namespace {

using ::testing::HasSubstr;

class DescriptionTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::shared_ptr<const plugin::Module> describe_file(
      const std::filesystem::path& file) const {
    return plugin::Module::describe(plugin::PluginFile(file), folder_.path(),
                                    describe(test_options()));
  }
  [[nodiscard]] static std::string text_of(const plugin::Module& module) {
    std::string text(module.vendor());
    for (const auto& descriptor : module.descriptors()) {
      text += boost::json::serialize(plugin::describe(descriptor));
      text += boost::json::serialize(plugin::parameter_schema(descriptor));
    }
    return text;
  }

  plugin::TemporaryFolder folder_;
};

TEST_F(DescriptionTest, IsThatOfTheLoadedModuleAndNothingIsLoadedHere) {
  for (const char* name : {"plugins/market_maker.so", "plugins/directional.so",
                           "plugins/order_flow.so", "test_plugins/probe.so"}) {
    const auto file = test::sandboxed_dir() / name;
    const auto described = describe_file(file);
    EXPECT_FALSE(described->loaded());
    EXPECT_FALSE(plugin::is_mapped(described->object_path())) << name;
    const auto loaded = plugin::Module::load(file, folder_.path());
    EXPECT_EQ(text_of(*described), text_of(*loaded)) << name;
    EXPECT_EQ(described->object_hash(), loaded->object_hash());
    EXPECT_EQ(described->descriptors()[0].subscriptions.size(),
              loaded->descriptors()[0].subscriptions.size());
  }
}

TEST_F(DescriptionTest, AConstructorWritesNoFile) {
  const auto witness = test::binary_dir() / "test_plugins/harm_write_ran";
  std::filesystem::remove(witness);
  EXPECT_EQ(describe_file(plugin::sandboxed_test_plugin("harm_write"))->descriptors()[0].id,
            "test.harmful");
  EXPECT_FALSE(std::filesystem::exists(witness));
  // As it would where it is trusted.
  (void)plugin::Module::load(plugin::sandboxed_test_plugin("harm_write"), folder_.path());
  EXPECT_TRUE(std::filesystem::remove(witness));
}

TEST_F(DescriptionTest, AConstructorThatEndsItsProcessEndsNoOther) {
  try {
    (void)describe_file(plugin::sandboxed_test_plugin("harm_exit"));
    FAIL() << "described though it ended";
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("harm_exit.so: tells nothing of itself in a sandbox: "
                                        "called exit"));
  }
}

// From a worker that may say anything.
TEST_F(DescriptionTest, OfALiarIsRefused) {
  auto options = test_options();
  options.worker = test::binary_dir() / "tests/unit/sandbox/sandbox_liar";
  options.start_deadline_ns = 200'000'000;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    options.memory_max = seed;
    EXPECT_THROW(
        (void)plugin::Module::describe(plugin::PluginFile(plugin::sandboxed_test_plugin("probe")),
                                       folder_.path(), describe(options)),
        base::InputError);
  }
}

}  // namespace
}  // namespace writ::sandbox
