#include "host/plugin/call_times.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace writ::plugin {
namespace {

TEST(CallTimes, TellsPercentilesAtMostAnEighthTooHigh) {
  CallTimes times;
  EXPECT_EQ(times.summary().p999_ns, 0) << "none yet";
  for (std::int64_t ns = 1; ns <= 100'000; ++ns) times.add(ns);
  const auto summary = times.summary();
  EXPECT_EQ(summary.calls, 100'000U);
  EXPECT_EQ(summary.total_ns, 5'000'050'000);
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

TEST(CallTimes, OfASampleCountsAllAndReckonsTheirTime) {
  CallTimes times;
  times.add(1'000);
  for (int i = 0; i < 6; ++i) times.add_untimed();
  times.add(3'000);
  const auto summary = times.summary();
  EXPECT_EQ(summary.calls, 8U);
  EXPECT_EQ(summary.total_ns, 16'000);
  EXPECT_EQ(summary.p99_ns, 3'000);
  EXPECT_EQ(times.take_period().calls, 8U);
  times.add_untimed();
  EXPECT_EQ(times.take_period().total_ns, 0);
}

TEST(CallTimes, APeriodForgetsWhatTheWholeKeeps) {
  CallTimes times;
  times.add(1'000);
  times.add(3'000);
  const auto first = times.take_period();
  EXPECT_EQ(first.calls, 2U);
  EXPECT_EQ(first.max_ns, 3'000);
  EXPECT_EQ(times.take_period().calls, 0U);
  times.add(2'000);
  const auto second = times.take_period();
  EXPECT_EQ(second.calls, 1U);
  EXPECT_EQ(second.total_ns, 2'000);
  EXPECT_EQ(second.max_ns, 2'000);
  const auto whole = times.summary();
  EXPECT_EQ(whole.calls, 3U);
  EXPECT_EQ(whole.total_ns, 6'000);
  EXPECT_EQ(whole.max_ns, 3'000);
}

}  // namespace
}  // namespace writ::plugin
