#include "host/base/tick_clock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

namespace writ::base {
namespace {

TEST(TickClock, MeasuresWhatAClockMeasures) {
  const TickClock clock;
  using Steady = std::chrono::steady_clock;
  const auto begun = Steady::now();
  const auto ticks = clock.now();
  while (Steady::now() - begun < std::chrono::milliseconds(20)) {
  }
  const auto measured = clock.ns(clock.now() - ticks);
  const auto took = std::chrono::nanoseconds(Steady::now() - begun).count();
  // Read inside the other: never longer, but for the rate's own error.
  EXPECT_LE(measured, took + took / 500);
  EXPECT_GE(measured, 19'900'000);
}

TEST(TickClock, WhatWentBackTookNoTime) {
  const TickClock clock;
  EXPECT_EQ(clock.ns(std::uint64_t{0} - 5), 0);
  EXPECT_EQ(clock.ns(0), 0);
}

TEST(TickClock, EveryOneOfAProcessGoesAtTheSameRate) {
  constexpr std::uint64_t kTicks = 1'000'000'000'000;
  EXPECT_EQ(TickClock().ns(kTicks), TickClock().ns(kTicks));
}

}  // namespace
}  // namespace writ::base
