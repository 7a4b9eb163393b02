// What a plugin may do to break out, break the host or break a replay, and what becomes of it.
#include "tests/unit/sandbox/sandboxed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

namespace writ::sandbox {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

writ_snapshot snapshot_record() {
  auto record = model::make_record<writ_snapshot>();
  record.instrument = 3;
  return record;
}

struct Crime {
  const char* name;
  const char* words;  ///< in the fault
};

class Containment : public ::testing::TestWithParam<Crime> {
 protected:
  SandboxedPlugins plugins_;
};

TEST_P(Containment, NamesTheCrimeAndGoesOn) {
  auto options = test_options();
  options.deadline_ns = 300'000'000;
  options.memory_max = std::uint64_t{128} << 20U;
  const auto outlaw = plugins_.make("outlaw", "test.outlaw", isolate(options),
                                    {{"crime", GetParam().name}, {"after", "2"}});
  ASSERT_EQ(outlaw->init(), WRIT_OK);
  ASSERT_EQ(outlaw->isolation()->guards().missing, "") << "this kernel lacks a guard";
  ASSERT_EQ(outlaw->on_snapshot(snapshot_record()), WRIT_OK);
  ASSERT_EQ(outlaw->on_snapshot(snapshot_record()), WRIT_OK);
  ASSERT_EQ(outlaw->fault(), "");

  const auto begun = steady_clock::now();
  EXPECT_EQ(outlaw->on_snapshot(snapshot_record()), WRIT_E_INTERNAL);
  const auto taken = duration_cast<microseconds>(steady_clock::now() - begun).count();
  EXPECT_THAT(outlaw->fault(), HasSubstr(GetParam().words));
  std::cout << "  " << GetParam().name << ": known after " << taken << " us: " << outlaw->fault()
            << "\n";
  EXPECT_EQ(outlaw->on_snapshot(snapshot_record()), WRIT_E_INTERNAL) << "and stays so";
  EXPECT_THAT(outlaw->fault(), HasSubstr(GetParam().words)) << "the first reason counts";

  ASSERT_TRUE(outlaw->begin_anew());
  EXPECT_EQ(outlaw->fault(), "");
  EXPECT_EQ(outlaw->init(), WRIT_OK);
  EXPECT_EQ(outlaw->on_snapshot(snapshot_record()), WRIT_OK) << "anew, two to go again";
}

INSTANTIATE_TEST_SUITE_P(
    All, Containment,
    ::testing::Values(Crime{"null", "crashed: SIGSEGV, a null pointer"},
                      Crime{"loop", "gave no answer within 300 ms"},
                      Crime{"allocate", "used up its 128 MiB of memory"},
                      Crime{"fork", "started a process"},
                      Crime{"thread", "installed a signal handler or started a thread"},
                      Crime{"socket", "opened a socket"}, Crime{"write_file", "opened a file"},
                      Crime{"read_file", "opened a file"}, Crime{"clock", "read a clock"},
                      Crime{"coarse_clock", "read a clock"}, Crime{"timestamp", "read a clock"},
                      Crime{"exit", "called exit"}, Crime{"abort", "crashed: SIGABRT"},
                      Crime{"stack", "crashed: SIGSEGV"},
                      Crime{"flood", "gave no answer within 300 ms"},
                      Crime{"run_data", "mapped memory to run code in"},
                      Crime{"positions", "broke the rules of its ring"},
                      Crime{"sizes", "broke the rules of its ring"}),
    [](const auto& crime) { return std::string(crime.param.name); });

TEST(ContainmentTimes, ACrashIsKnownAtOnce) {
  SandboxedPlugins plugins;
  const auto outlaw =
      plugins.make("outlaw", "test.outlaw", isolate(test_options()), {{"crime", "null"}});
  std::vector<std::int64_t> times;
  for (int i = 0; i < 50; ++i) {
    if (i > 0) {
      ASSERT_TRUE(outlaw->begin_anew());
    }
    ASSERT_EQ(outlaw->init(), WRIT_OK);
    const auto begun = steady_clock::now();
    ASSERT_EQ(outlaw->on_snapshot(snapshot_record()), WRIT_E_INTERNAL);
    times.push_back(duration_cast<microseconds>(steady_clock::now() - begun).count());
  }
  std::sort(times.begin(), times.end());
  std::cout << "  crash known to the host: p50 " << times[25] << " us, p90 " << times[45]
            << " us, slowest " << times.back() << " us\n";
}

TEST(ContainmentOfPositions, AReaderThatLiesStopsItsOwnCallsOnly) {
  SandboxedPlugins plugins;
  auto options = test_options();
  options.deadline_ns = 200'000'000;
  const auto outlaw =
      plugins.make("outlaw", "test.outlaw", isolate(options), {{"crime", "unread"}});
  ASSERT_EQ(outlaw->init(), WRIT_OK);
  (void)outlaw->on_snapshot(snapshot_record());
  writ_status status = WRIT_OK;
  for (int i = 0; i < 3 && status >= 0; ++i) status = outlaw->on_snapshot(snapshot_record());
  // Its own position is its loss: what it has released is overwritten when it releases the next.
  EXPECT_EQ(status < 0, !outlaw->fault().empty());
}

}  // namespace
}  // namespace writ::sandbox
