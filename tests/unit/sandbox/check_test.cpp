// What a plugin does in a sandbox is one of the things a check of its file tells.
#include "host/plugin/check.hpp"

#include "tests/unit/sandbox/sandboxed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace writ::sandbox {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

plugin::CheckReport check(const std::string& name) {
  plugin::CheckOptions options;
  options.events = 2'000;
  options.life_cycles = 10;
  options.time_limit = std::chrono::seconds(60);
  options.isolate = isolate(test_options());
  return plugin::check_plugin(plugin::sandboxed_test_plugin(name), options);
}

TEST(CheckInASandbox, ComparesAndCounts) {
  const auto report = check("faulty_none");
  EXPECT_TRUE(report.passed()) << report.text();
  EXPECT_THAT(report.text(),
              ContainsRegex("passed  sandbox: does there what it does in the host's process "
                            "\\([1-9][0-9]* actions"));
  EXPECT_THAT(
      report.text(),
      ContainsRegex("passed  speed: allocations are counted \\([0-9]+ in [1-9][0-9]* calls"));
  EXPECT_THAT(report.junit(), HasSubstr("<testcase classname=\"sandbox\""));
}

TEST(CheckInASandbox, FindsWhatOnlyWorksInTheHostsProcess) {
  const auto report = check("faulty_sandbox");
  EXPECT_FALSE(report.passed());
  EXPECT_THAT(report.text(), HasSubstr("FAILED  sandbox: does there what it does in the host's "
                                       "process (made system call"));
}

}  // namespace
}  // namespace writ::sandbox
