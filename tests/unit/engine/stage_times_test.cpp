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
  times.reached(Stage::kGateway);
  times.end();
  const auto all = times.summaries();
  EXPECT_EQ(count_of(times, Stage::kTickToOrder), 1U);
  EXPECT_GE(all[static_cast<std::size_t>(Stage::kTickToOrder)].total_ns,
            all[static_cast<std::size_t>(Stage::kSequenced)].total_ns +
                all[static_cast<std::size_t>(Stage::kGateway)].total_ns - 1);
}

TEST(StageTimes, CountsNothingBetweenInputs) {
  StageTimes times;
  times.reached(Stage::kGateway);  // an order that waited for the disk
  times.begin();
  times.end();
  times.reached(Stage::kGateway);
  EXPECT_EQ(count_of(times, Stage::kGateway), 0U);
  EXPECT_EQ(count_of(times, Stage::kTickToOrder), 0U);
}

TEST(StageTimes, APeriodIsWhatCameSinceTheLast) {
  StageTimes times;
  for (int i = 0; i < 3; ++i) {
    times.begin();
    times.reached(Stage::kSequenced);
    times.end();
  }
  EXPECT_EQ(times.take_period(0).calls, 3U);
  EXPECT_EQ(times.take_period(0).calls, 0U);
  EXPECT_EQ(count_of(times, Stage::kSequenced), 3U);
}

}  // namespace
}  // namespace writ::engine
