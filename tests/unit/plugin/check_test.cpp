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
    EXPECT_GE(report.results.size(), 18U);
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

CheckOptions quick() {
  CheckOptions options;
  options.events = 20'000;
  options.time_limit = milliseconds(10'000);
  return options;
}

TEST(Check, PassesWhatHasNoFault) {
  const auto report = check_plugin(test_plugin("faulty_none"), quick());
  EXPECT_TRUE(report.passed()) << report.text();
}

struct Fault {
  const char* name;
  const char* found;
};

class CheckFinds : public ::testing::TestWithParam<Fault> {};

TEST_P(CheckFinds, TheFaultAndSaysWhatItIs) {
  auto options = quick();
  if (std::string(GetParam().name) == "hang") options.time_limit = milliseconds(400);
  const auto report = check_plugin(test_plugin("faulty_" + std::string(GetParam().name)), options);
  EXPECT_FALSE(report.passed());
  EXPECT_THAT(report.text(), HasSubstr(GetParam().found));
}

INSTANTIATE_TEST_SUITE_P(
    Every, CheckFinds,
    ::testing::Values(
        Fault{"clock",
              "FAILED  file: imports nothing that would break replay (without the "
              "capability nondeterministic: _ZNSt6chrono3_V212system_clock3nowEv"},
        Fault{"instruction",
              "FAILED  file: no instruction reads a clock or enters the kernel "
              "(without the capability nondeterministic: rdtsc at offset"},
        Fault{"slow_load", "FAILED  load: loads fast and leaves the process as it was (took"},
        Fault{"twice", "FAILED  load: loads fast and leaves the process as it was"},
        Fault{"leak", "FAILED  lifecycle: creates and destroys without leak (grew by"},
        Fault{"shared",
              "FAILED  lifecycle: two instances do not disturb each other (one acts "
              "differently beside another)"},
        Fault{"bound",
              "FAILED  parameters: starts at every bound, out of range is refused (crashed: "
              "Floating point exception"},
        Fault{"fails", "FAILED  events: unknown types, spoilt buffers, random events ("},
        Fault{"extreme", "FAILED  events: extreme numbers (crashed: Aborted"},
        Fault{"hang", "FAILED  events: unknown types, spoilt buffers, random events ("},
        Fault{"exit", "FAILED  events: unknown types, spoilt buffers, random events ("},
        Fault{"undeclared", "FAILED  intents: asks for nothing it may not ("},
        Fault{"last_will",
              "FAILED  intents: none before its start or after its end (asks for something"},
        Fault{"intolerant",
              "FAILED  intents: every error of the host is tolerated (crashed: Aborted"},
        Fault{"thread",
              "FAILED  determinism: the same events again give the same actions, "
              "elsewhere too (the actions differ on another thread)"},
        Fault{"state",
              "FAILED  state: goes on from a saved state as if never stopped (save after "
              "load gives other bytes)"},
        Fault{"forgets", "FAILED  state: goes on from a saved state as if never stopped ("},
        Fault{"descriptor",
              "FAILED  unload: leaves no mapping, thread, descriptor or memory, 100 "
              "times (leaves descriptors open)"}),
    [](const auto& fault) { return std::string(fault.param.name); });

TEST(Check, WritesItsResultsAsJUnitXml) {
  const auto text = check_plugin(test_plugin("faulty_fails"), quick()).junit();
  EXPECT_THAT(text, HasSubstr("<testsuite name=\""));
  EXPECT_THAT(text, HasSubstr("failures=\""));
  EXPECT_THAT(text, HasSubstr("<testcase classname=\"events\" name=\"unknown types, spoilt "
                              "buffers, random events\"><failure message=\""));
}

TEST(Fuzz, PassesWhatHasNoFaultSeedBySeed) {
  auto options = quick();
  options.seed = 7;
  const auto report = fuzz_plugin(test_plugin("faulty_none"), 3, options);
  EXPECT_TRUE(report.passed()) << report.text();
  EXPECT_THAT(report.text(), HasSubstr("passed  fuzz: seed 9 ("));
}

TEST(Fuzz, StopsAtTheSeedThatFails) {
  const auto report = fuzz_plugin(test_plugin("faulty_extreme"), 5, quick());
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(report.results.back().status, CheckStatus::kFailed);
  const auto again = [&] {
    auto options = quick();
    options.seed = std::stoull(report.results.back().name.substr(5));
    return fuzz_plugin(test_plugin("faulty_extreme"), 1, options);
  }();
  EXPECT_FALSE(again.passed()) << "the seed it names reproduces it";
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
