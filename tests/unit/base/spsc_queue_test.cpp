#include "host/base/spsc_queue.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <thread>
#include <utility>

namespace writ::base {
namespace {

TEST(SpscQueue, RefusesWhenFullAndEmpty) {
  SpscQueue<int> queue(3);
  EXPECT_EQ(queue.capacity(), 4U);
  EXPECT_FALSE(queue.try_pop());
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(queue.try_push(i));
  EXPECT_FALSE(queue.try_push(4));
  EXPECT_EQ(queue.size(), 4U);
  EXPECT_EQ(queue.try_pop(), 0);
  EXPECT_TRUE(queue.try_push(4));
  for (int i = 1; i <= 4; ++i) EXPECT_EQ(queue.try_pop(), i);
  EXPECT_FALSE(queue.try_pop());
  EXPECT_EQ(queue.size(), 0U);
}

TEST(SpscQueue, LeavesARefusedElementWithItsOwner) {
  SpscQueue<std::unique_ptr<int>> queue(1);
  ASSERT_TRUE(queue.try_push(std::make_unique<int>(1)));
  auto second = std::make_unique<int>(2);
  EXPECT_FALSE(queue.try_push(std::move(second)));
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(**queue.try_pop(), 1);
}

TEST(SpscQueue, DestroysWhatNobodyTook) {
  const auto shared = std::make_shared<int>(1);
  {
    SpscQueue<std::shared_ptr<int>> queue(4);
    ASSERT_TRUE(queue.try_push(shared));
    ASSERT_TRUE(queue.try_push(shared));
    EXPECT_EQ(shared.use_count(), 3);
  }
  EXPECT_EQ(shared.use_count(), 1);
}

TEST(SpscQueue, KeepsOrderBetweenTwoThreads) {
  constexpr std::uint64_t kCount = 200'000;
  // An element of two words would show a torn or early read.
  SpscQueue<std::pair<std::uint64_t, std::uint64_t>> queue(64);
  std::thread producer([&] {
    for (std::uint64_t i = 0; i < kCount; ++i) {
      while (!queue.try_push({i, ~i})) std::this_thread::yield();
    }
  });
  std::uint64_t wrong = 0;
  for (std::uint64_t expected = 0; expected < kCount;) {
    const auto element = queue.try_pop();
    if (!element) {
      std::this_thread::yield();
      continue;
    }
    if (element->first != expected || element->second != ~expected) ++wrong;
    ++expected;
  }
  producer.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_FALSE(queue.try_pop());
}

TEST(SpscQueueDeathTest, NeedsACapacity) { EXPECT_DEATH(SpscQueue<int>(0), "capacity > 0"); }

}  // namespace
}  // namespace writ::base
