#include "host/base/duration_text.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace writ::base {
namespace {

TEST(DurationText, ReadsEveryUnitExactly) {
  EXPECT_EQ(parse_duration("7ns").value, 7);
  EXPECT_EQ(parse_duration("5us").value, 5'000);
  EXPECT_EQ(parse_duration("250ms").value, 250'000'000);
  EXPECT_EQ(parse_duration("1.5s").value, 1'500'000'000);
  EXPECT_EQ(parse_duration("2m").value, 120'000'000'000);
  EXPECT_EQ(parse_duration("1h").value, 3'600'000'000'000);
  EXPECT_EQ(parse_duration("1d").value, 86'400'000'000'000);
}

TEST(DurationText, SaysWhyATextIsNone) {
  for (const char* text : {"", "5", "s", "5 s", "5sec", "-", "0x5s"}) {
    EXPECT_EQ(parse_duration(text).error, DecimalError::kSyntax) << text;
  }
  EXPECT_EQ(parse_duration("1.5ns").error, DecimalError::kInexact);
  EXPECT_EQ(parse_duration("1e400s").error, DecimalError::kRange);
  EXPECT_EQ(parse_duration("9999999d").error, DecimalError::kRange);
}

TEST(DurationText, HasOneSpellingThatReadsBack) {
  EXPECT_EQ(duration_text(0), "0s");
  EXPECT_EQ(duration_text(60'000'000'000), "1m");
  EXPECT_EQ(duration_text(61'000'000'000), "61s");
  EXPECT_EQ(duration_text(1'500'000'000), "1500ms");
  for (const std::int64_t ns : {std::int64_t{1}, std::int64_t{-5'000'000}, INT64_MAX}) {
    EXPECT_EQ(parse_duration(duration_text(ns)).value, ns);
  }
}

}  // namespace
}  // namespace writ::base
