#include "host/plugin/check.hpp"

#include "host/plugin/isolated_run.hpp"
#include "tests/support/tree_paths.hpp"
#include "tests/unit/plugin/plugin_files.hpp"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace writ::plugin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using End = IsolatedOutcome::End;
using std::chrono::milliseconds;

TEST(IsolatedRun, TellsHowTheWorkEnded) {
  const milliseconds limit(5'000);
  const auto returned = run_isolated([] { return std::string("all\nwell"); }, limit);
  EXPECT_EQ(returned.end, End::kReturned);
  EXPECT_EQ(returned.text, "all well");

  const auto threw = run_isolated([]() -> std::string { throw std::runtime_error("no"); }, limit);
  EXPECT_EQ(threw.end, End::kThrew);
  EXPECT_EQ(threw.text, "no");

  const auto crashed = run_isolated(
      []() -> std::string {
        (void)::kill(::getpid(), SIGKILL);
        return "";
      },
      limit);
  EXPECT_EQ(crashed.end, End::kCrashed);
  EXPECT_THAT(crashed.text, HasSubstr("signal 9"));

  const auto exited = run_isolated([]() -> std::string { ::_exit(3); }, limit);
  EXPECT_EQ(exited.end, End::kExited);
  EXPECT_THAT(exited.text, HasSubstr("status 3"));

  const auto hung = run_isolated(
      []() -> std::string {
        for (;;) ::pause();
      },
      milliseconds(50));
  EXPECT_EQ(hung.end, End::kTimedOut);
}

TEST(Check, PassesThePluginsOfTheProduct) {
  for (const char* name : {"market_maker", "directional", "order_flow"}) {
    const auto report = check_plugin(test::plugin_dir() / (std::string(name) + ".so"));
    EXPECT_TRUE(report.passed()) << report.text();
    EXPECT_GE(report.results.size(), 13U);
  }
}

TEST(Check, PassesAPluginInPlainC) {
  const auto report = check_plugin(test_plugin("c_counter"));
  EXPECT_TRUE(report.passed()) << report.text();
}

TEST(Check, FailsFilesThatCannotBeLoadedWithTheReason) {
  TemporaryFolder folder;
  const auto text = check_plugin(folder.write("text.so", "not a plugin"));
  EXPECT_FALSE(text.passed());
  EXPECT_THAT(text.text(), HasSubstr("FAILED  file: is a plugin of this ABI (not an ELF"));
  const auto handler = check_plugin(test_plugin("harm_handler"));
  EXPECT_FALSE(handler.passed());
  EXPECT_THAT(handler.text(), HasSubstr("installs a handler for signal"));
}

TEST(Check, FailsAPluginThatCannotBeMade) {
  const auto report = check_plugin(test_plugin("harm_constructor"));
  EXPECT_FALSE(report.passed());
  EXPECT_THAT(report.text(), HasSubstr("create failed: internal error"));
}

TEST(Check, FailsCallsThatReturnErrorsAndThreads) {
  const auto report = check_plugin(test_plugin("probe"));
  EXPECT_FALSE(report.passed());
  EXPECT_THAT(report.text(), HasSubstr("FAILED  file: imports nothing that would break replay"));
  EXPECT_THAT(boost::json::serialize(report.json()), HasSubstr("\"passed\":false"));
  EXPECT_THAT(boost::json::serialize(report.json()), HasSubstr("\"status\":\"passed\""));
}

}  // namespace
}  // namespace writ::plugin
