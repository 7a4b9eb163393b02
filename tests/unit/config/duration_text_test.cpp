#include "host/config/duration_text.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace writ::config {
namespace {

TEST(DurationText, ReadsEveryUnitExactly) {
  EXPECT_EQ(parse_duration("7ns"), 7);
  EXPECT_EQ(parse_duration("5us"), 5'000);
  EXPECT_EQ(parse_duration("250ms"), 250'000'000);
  EXPECT_EQ(parse_duration("1.5s"), 1'500'000'000);
  EXPECT_EQ(parse_duration("2m"), 120'000'000'000);
  EXPECT_EQ(parse_duration("1h"), 3'600'000'000'000);
  EXPECT_EQ(parse_duration("1d"), 86'400'000'000'000);
}

TEST(DurationText, RefusesWhatIsNone) {
  for (const char* text :
       {"", "5", "s", "5 s", "5sec", "1.5ns", "-", "1e400s", "9999999d", "0x5s"}) {
    EXPECT_FALSE(parse_duration(text).has_value()) << text;
  }
}

TEST(DurationText, HasOneSpellingThatReadsBack) {
  EXPECT_EQ(duration_text(0), "0s");
  EXPECT_EQ(duration_text(60'000'000'000), "1m");
  EXPECT_EQ(duration_text(61'000'000'000), "61s");
  EXPECT_EQ(duration_text(1'500'000'000), "1500ms");
  for (const std::int64_t ns : {std::int64_t{1}, std::int64_t{-5'000'000}, INT64_MAX}) {
    EXPECT_EQ(parse_duration(duration_text(ns)), ns);
  }
}

}  // namespace
}  // namespace writ::config
