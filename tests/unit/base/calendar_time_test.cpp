#include "host/base/calendar_time.hpp"

#include <gtest/gtest.h>

namespace writ::base {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(CalendarTime, IsNanosecondsSince1970) {
  EXPECT_EQ(calendar_time("1970-01-01"), 0);
  EXPECT_EQ(calendar_time("2019-12-21"), 1'576'886'400 * kSecond);
  EXPECT_EQ(calendar_time("2019-12-21 00:10:00"), 1'576'887'000 * kSecond);
  EXPECT_EQ(calendar_time("2019-12-21T00:10:00"), 1'576'887'000 * kSecond);
  EXPECT_EQ(calendar_time("2019-12-21T00:10:00Z"), 1'576'887'000 * kSecond);
  EXPECT_EQ(calendar_time("2019-12-21T00:10:00.250Z"), 1'576'887'000 * kSecond + kSecond / 4);
  EXPECT_EQ(calendar_time("2024-02-29"), 1'709'164'800 * kSecond);
}

TEST(CalendarTime, AnythingElseIsNone) {
  for (const char* text :
       {"", "Z", "2019", "2019-12-2", "2019-13-01", "2023-02-29", "2019-12-21 24:00:00",
        "2019-12-21 00:60:00", "2019-12-21 00:00", "2019-12-21Z", "2019/12/21", "1969-12-31",
        "2262-01-01", "2019-12-21T00:10:00.2Z", "2019-12-21x00:10:00", "x019-12-21"}) {
    EXPECT_FALSE(calendar_time(text)) << text;
  }
}

}  // namespace
}  // namespace writ::base
