#include "host/engine/stage_times.hpp"

#include <gtest/gtest.h>

namespace writ::engine {
namespace {

std::uint64_t count_of(const StageTimes& times, Stage stage) {
  return times.summaries()[static_cast<std::size_t>(stage)].calls;
}

TEST(StageTimes, CountsEachStageReached) {
  StageTimes times;
  times.begin();
  times.reached(Stage::kSequenced);
  times.reached(Stage::kSnapshot);
  times.reached(Stage::kJournal);
  times.reached(Stage::kJournal);  // a second intent of the same input
  times.end();
  EXPECT_EQ(count_of(times, Stage::kSequenced), 1U);
  EXPECT_EQ(count_of(times, Stage::kSnapshot), 1U);
  EXPECT_EQ(count_of(times, Stage::kStrategy), 0U);
  EXPECT_EQ(count_of(times, Stage::kJournal), 2U);
  EXPECT_EQ(count_of(times, Stage::kTickToOrder), 0U);
}

TEST(StageTimes, AnOrderIsTheWholeWay) {
  StageTimes times;
  times.begin();
  times.reached(Stage::kSequenced);
  times.ordered(7);
  times.sent(7);
  times.end();
  const auto all = times.summaries();
  EXPECT_EQ(count_of(times, Stage::kTickToOrder), 1U);
  EXPECT_GE(all[static_cast<std::size_t>(Stage::kTickToOrder)].total_ns,
            all[static_cast<std::size_t>(Stage::kSequenced)].total_ns +
                all[static_cast<std::size_t>(Stage::kGateway)].total_ns - 1);
}

TEST(StageTimes, CountsNothingBetweenInputs) {
  StageTimes times;
  times.reached(Stage::kJournal);
  times.begin();
  times.end();
  times.reached(Stage::kJournal);
  times.ordered(7);
  times.sent(7);
  EXPECT_EQ(count_of(times, Stage::kJournal), 0U);
  EXPECT_EQ(count_of(times, Stage::kGateway), 0U);
}

TEST(StageTimes, AnOrderThatWaitedForTheDiskIsCountedWhenItIsSent) {
  StageTimes times;
  times.begin();
  times.ordered(7);
  times.ordered(9);
  times.end();
  times.begin();
  times.end();
  EXPECT_EQ(count_of(times, Stage::kGateway), 0U);
  times.sent(9);  // 7 was given up by a halt
  times.sent(7);
  EXPECT_EQ(count_of(times, Stage::kGateway), 1U);
  EXPECT_EQ(count_of(times, Stage::kTickToOrder), 1U);
}

TEST(StageTimes, FromTheMessageToTheFirstByteIsAllOfItByOneClock) {
  StageTimes times;
  times.begin(1'000'000'000, 1'000'300'000);
  times.ordered(7);
  times.sent(7);
  times.end();
  times.left(8, 2'000'000'000);  // of no message
  EXPECT_EQ(count_of(times, Stage::kTickToWire), 0U);
  times.left(7, 2'000'000'000);
  times.left(7, 3'000'000'000);  // told already
  const auto all = times.summaries();
  EXPECT_EQ(all[static_cast<std::size_t>(Stage::kReceived)].max_ns, 300'000);
  const auto& wire = all[static_cast<std::size_t>(Stage::kTickToWire)];
  EXPECT_EQ(wire.calls, 1U);
  EXPECT_EQ(wire.max_ns, 1'000'000'000);
  const auto parts = all[static_cast<std::size_t>(Stage::kWire)].max_ns +
                     all[static_cast<std::size_t>(Stage::kTickToOrder)].max_ns + 300'000;
  EXPECT_EQ(parts, wire.max_ns);
}

TEST(StageTimes, AnInputWithoutAMessageHasNoWire) {
  StageTimes times;
  times.begin(1'000'000'000, 1'000'300'000);
  times.end();
  times.begin();  // a timer
  times.ordered(7);
  times.sent(7);
  times.end();
  times.left(7, 2'000'000'000);
  EXPECT_EQ(count_of(times, Stage::kTickToOrder), 1U);
  EXPECT_EQ(count_of(times, Stage::kTickToWire), 0U);
}

TEST(StageTimes, APeriodIsWhatCameSinceTheLast) {
  StageTimes times;
  for (int i = 0; i < 3; ++i) {
    times.begin();
    times.reached(Stage::kSequenced);
    times.end();
  }
  const auto sequenced = static_cast<std::size_t>(Stage::kSequenced);
  EXPECT_EQ(times.take_period(sequenced).calls, 3U);
  EXPECT_EQ(times.take_period(sequenced).calls, 0U);
  EXPECT_EQ(count_of(times, Stage::kSequenced), 3U);
}

}  // namespace
}  // namespace writ::engine
