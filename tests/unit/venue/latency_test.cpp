// Latencies as recorded: read, interpolated, and what they do at the paper exchange.
#include "host/venue/paper/latency.hpp"

#include "host/base/input_error.hpp"
#include "host/base/random.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/venue/scenario.hpp"

#include <gtest/gtest.h>

#include <string>

namespace writ::venue::paper {
namespace {

#define EXPECT_STORY(text) EXPECT_EQ(test::run_scenario(text), "")

RecordedLatency recorded(const std::string& text) { return parse_latency(text, "latency.csv"); }

// 100 there and 50 back at 1000, 200 and 90 at 2000; then one that was lost.
constexpr const char* kRecording =
    "# request,exchange,response\n"
    "1000,1100,1150\n"
    "2000, 2200, 2290\r\n"
    "\n"
    "3000,0,3500\n"
    "4000,4100,4180";

TEST(RecordedLatency, IsInterpolatedBetweenTheRequestsAround) {
  const auto latency = recorded(kRecording);
  EXPECT_EQ(latency.order(1000).latency_ns, 100);
  EXPECT_EQ(latency.order(1250).latency_ns, 125);
  EXPECT_EQ(latency.order(1999).latency_ns, 199);
  EXPECT_FALSE(latency.order(1999).lost);
}

TEST(RecordedLatency, OfReportsGoesByTheTimeAtTheExchange) {
  const auto latency = recorded(kRecording);
  EXPECT_EQ(latency.report(1100), 50);
  EXPECT_EQ(latency.report(1650), 70);  // half way from 1100 to 2200
  EXPECT_EQ(latency.report(3150), 85);  // the lost one never was there
}

TEST(RecordedLatency, IsTheNearestOnesOutsideTheRecording) {
  const auto latency = recorded(kRecording);
  EXPECT_EQ(latency.order(1).latency_ns, 100);
  EXPECT_EQ(latency.order(1'000'000).latency_ns, 100);
  EXPECT_EQ(latency.report(1), 50);
  EXPECT_EQ(latency.report(1'000'000), 80);
}

TEST(RecordedLatency, LosesWhatIsSentBetweenTwoOfWhichOneWasLost) {
  const auto latency = recorded(kRecording);
  for (const std::int64_t sent : {2000, 2500, 3000, 3999}) {
    EXPECT_TRUE(latency.order(sent).lost) << sent;
  }
  EXPECT_EQ(latency.order(2500).latency_ns, 395);  // between the ways there and back, 290 and 500
  EXPECT_FALSE(latency.order(4000).lost);
}

TEST(RecordedLatency, TakesTheLastOfRequestsAtOneTime) {
  const auto latency = recorded("1000,1100,1150\n1000,1300,1350\n");
  EXPECT_EQ(latency.order(999).latency_ns, 100);
  EXPECT_EQ(latency.order(1000).latency_ns, 300);
}

struct Fault {
  const char* text;
  const char* error;
};

class LatencyFile : public testing::TestWithParam<Fault> {};

TEST_P(LatencyFile, IsRefusedWithItsLine) {
  try {
    (void)recorded(GetParam().text);
    FAIL() << "accepted";
  } catch (const base::InputError& error) {
    EXPECT_STREQ(error.what(), GetParam().error);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Faults, LatencyFile,
    testing::Values(
        Fault{"", "latency.csv: holds no request that got to the exchange"},
        Fault{"1,0,2\n", "latency.csv: holds no request that got to the exchange"},
        Fault{"1,2\n", "latency.csv:1:1: not three times in ns: request,exchange,response"},
        Fault{"#\n1,2,3,4\n", "latency.csv:2:1: not three times in ns: request,exchange,response"},
        Fault{"1,2,3.5\n", "latency.csv:1:1: not three times in ns: request,exchange,response"},
        Fault{"1,2,99999999999999999999\n",
              "latency.csv:1:1: not three times in ns: request,exchange,response"},
        Fault{"0,2,3\n", "latency.csv:1:1: the request has no time"},
        Fault{"5,6,7\n4,5,6\n", "latency.csv:2:1: not sorted by request time"},
        Fault{"5,4,7\n", "latency.csv:1:1: at the exchange before it was sent"},
        Fault{"5,9,7\n", "latency.csv:1:1: answered before it was there"},
        Fault{"5,0,4\n", "latency.csv:1:1: answered before it was there"},
        Fault{"5,6,3600000000006\n", "latency.csv:1:1: answered after over an hour"}));

TEST(RecordedLatency, LiesBetweenItsNeighboursWhateverTheRecording) {
  base::RandomStream random(14, "test.latency");
  for (std::size_t run = 0; run < test::scaled(2'000); ++run) {
    std::vector<LatencySample> samples;
    std::int64_t at = 1;
    for (std::uint64_t i = 0; i < 1 + random.below(12); ++i) {
      at += static_cast<std::int64_t>(random.below(1'000'000));
      const auto there = static_cast<std::int64_t>(random.below(500'000));
      const auto back = static_cast<std::int64_t>(random.below(500'000));
      const bool lost = i > 0 && random.below(6) == 0;
      samples.push_back({at, lost ? 0 : at + there, at + there + back});
    }
    const RecordedLatency latency(samples);
    for (int i = 0; i < 60; ++i) {
      const auto when = static_cast<std::int64_t>(random.below(15'000'000));
      const OrderTrip trip = latency.order(when);
      ASSERT_GE(trip.latency_ns, 0);
      ASSERT_LT(trip.latency_ns, trip.lost ? 1'000'000 : 500'000);
      ASSERT_GE(latency.report(when), 0);
      ASSERT_LT(latency.report(when), 500'000);
    }
  }
}

TEST(PaperVenue, TakesAsLongAsTheRecordingSays) {
  EXPECT_STORY(R"(
recorded 1000,1100,1150
recorded 2000,2200,2290
 900 book bid 100.0x5 ask 100.1x5
1500 buy  a 1 @ 100.1                # 150 there, and at 1650 70 back
     -> 1720 a accepted
     -> 1720 a fill 1 @ 100.1 taker fee 0.05005
)");
}

TEST(PaperVenue, LetsALaterCommandOvertakeAnEarlierOne) {
  EXPECT_STORY(R"(
recorded 1000,1900,1900
recorded 1100,1150,1200
 900 book bid 100.0x5 ask 100.1x5
1000 buy  a 1 @ 99.9
1100 buy  b 1 @ 99.9                 # there at 1150, and its report back at 1200
     -> 1200 b accepted
     -> 1900 a accepted
)");
}

TEST(PaperVenue, DoesNotLetACommandOvertakeItsOwnOrder) {
  EXPECT_STORY(R"(
recorded 1000,1900,1900
recorded 1100,1150,1150
 900 book bid 100.0x5 ask 100.1x5
1000 buy    a 1 @ 99.9
1100 cancel a
     -> 1900 a accepted
     -> 1900 a cancelled user
)");
}

TEST(PaperVenue, RefusesACommandTheRecordingLost) {
  EXPECT_STORY(R"(
recorded 1000,1010,1020
recorded 1100,1110,1120
recorded 1200,0,1230
recorded 1300,1310,1320
 900 book bid 100.0x5 ask 100.1x5
1000 buy     a 1 @ 99.9
     -> 1020 a accepted
1200 buy     b 1 @ 100.1
1201 cancel  a                       # still there afterwards
1202 replace a 2 @ 99.9
     -> 1230 b rejected other
     -> 1230 a cancel_rejected other
     -> 1231 a replace_rejected other
1400 cancel  a
     -> 1420 a cancelled user
)");
}

TEST(PaperVenue, KeepsReportsInTheOrderTheExchangeMadeThem) {
  EXPECT_STORY(R"(
recorded 1000,1010,1500
recorded 1100,1110,1120
 900 book bid 100.0x5 ask 100.1x5
1000 buy  a 1 @ 99.9
1100 buy  b 1 @ 99.9                 # its report is faster and waits
     -> 1500 a accepted
     -> 1500 b accepted
)");
}

}  // namespace
}  // namespace writ::venue::paper
