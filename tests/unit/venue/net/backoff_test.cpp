#include "host/venue/net/backoff.hpp"

#include <gtest/gtest.h>

namespace writ::venue::net {
namespace {

constexpr BackoffOptions kOptions{.first_ns = 1'000, .longest_ns = 16'000, .stable_ns = 1'000'000};

TEST(Backoff, DoublesUpToTheLongestLessAtMostHalf) {
  Backoff backoff(kOptions, 1);
  for (const std::int64_t step : {1'000, 2'000, 4'000, 8'000, 16'000, 16'000, 16'000}) {
    const std::int64_t wait = backoff.next_ns(0);
    EXPECT_LE(wait, step);
    EXPECT_GE(wait, step / 2);
  }
}

TEST(Backoff, StartsOverAfterAConnectionThatHeld) {
  Backoff backoff(kOptions, 1);
  for (int attempt = 0; attempt < 5; ++attempt) (void)backoff.next_ns(999'999);
  EXPECT_GT(backoff.next_ns(999'999), 1'000);
  EXPECT_LE(backoff.next_ns(1'000'000), 1'000);
}

TEST(Backoff, IsTheSameForTheSameSeedAndDiffersForAnother) {
  Backoff first(kOptions, 7);
  Backoff again(kOptions, 7);
  Backoff other(kOptions, 8);
  bool differs = false;
  for (int attempt = 0; attempt < 8; ++attempt) {
    const std::int64_t wait = first.next_ns(0);
    EXPECT_EQ(again.next_ns(0), wait);
    differs |= other.next_ns(0) != wait;
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace writ::venue::net
