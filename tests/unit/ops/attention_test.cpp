#include "host/ops/attention.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace writ::ops {
namespace {

TEST(Attention, IsSeenOnceHoweverOftenItWasRaised) {
  Attention attention;
  EXPECT_FALSE(attention.wait(0));
  attention.raise();
  attention.raise();
  EXPECT_TRUE(attention.wait(0));
  EXPECT_FALSE(attention.wait(0));
}

TEST(Attention, WhoLooksAllTheTimeSeesItRaisedUntilItHasWaited) {
  Attention attention;
  EXPECT_FALSE(attention.is_raised());
  std::thread other([&] { attention.raise(); });
  while (!attention.is_raised()) {
  }
  other.join();
  EXPECT_TRUE(attention.wait(0));
  EXPECT_FALSE(attention.is_raised());
}

TEST(Attention, WaitEndsWithTheTime) {
  Attention attention;
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(attention.wait(20'000'000));
  EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(20));
}

TEST(Attention, WakesAWaiterOfAnotherThread) {
  Attention attention;
  std::thread other([&] { attention.raise(); });
  EXPECT_TRUE(attention.wait(-1));
  other.join();
}

}  // namespace
}  // namespace writ::ops
