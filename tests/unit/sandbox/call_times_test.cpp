#include "host/sandbox/call_times.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace writ::sandbox {
namespace {

TEST(CallTimes, TellsPercentilesAtMostAnEighthTooHigh) {
  CallTimes times;
  EXPECT_EQ(times.summary().p999_ns, 0) << "none yet";
  for (std::int64_t ns = 1; ns <= 100'000; ++ns) times.add(ns);
  const auto summary = times.summary();
  EXPECT_EQ(summary.calls, 100'000U);
  EXPECT_EQ(summary.max_ns, 100'000);
  const auto within = [](std::int64_t told, std::int64_t exact) {
    return told >= exact && told <= exact + exact / 8;
  };
  EXPECT_TRUE(within(summary.p50_ns, 50'000)) << summary.p50_ns;
  EXPECT_TRUE(within(summary.p99_ns, 99'000)) << summary.p99_ns;
  EXPECT_TRUE(within(summary.p999_ns, 99'900)) << summary.p999_ns;
}

TEST(CallTimes, KeepsTheShortestAndTheLongest) {
  CallTimes times;
  times.add(-5);  // a clock that went back
  EXPECT_EQ(times.summary().max_ns, 0);
  times.add(INT64_MAX);
  EXPECT_EQ(times.summary().max_ns, INT64_MAX);
  EXPECT_EQ(times.summary().p50_ns, 0);
  EXPECT_EQ(times.summary().p99_ns, INT64_MAX);
}

}  // namespace
}  // namespace writ::sandbox
