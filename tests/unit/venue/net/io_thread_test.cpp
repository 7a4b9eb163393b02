#include "host/venue/net/io_thread.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

namespace writ::venue::net {
namespace {

TEST(IoThread, RunsTasksInTheOrderOfTheirPosting) {
  IoThread thread("io");
  std::vector<int> order;
  for (int i = 0; i < 100; ++i) thread.post([&order, i] { order.push_back(i); });
  thread.run([&order] { order.push_back(100); });
  ASSERT_EQ(order.size(), 101u);
  for (int i = 0; i <= 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(IoThread, RunsOnItsOwnThreadAndAtOnceWhenCalledThere) {
  IoThread thread("io");
  EXPECT_FALSE(thread.is_current());
  bool inner = false;
  bool ran_at_once = false;
  std::thread::id id;
  thread.run([&] {
    id = std::this_thread::get_id();
    thread.run([&] { inner = thread.is_current(); });
    ran_at_once = inner;
  });
  EXPECT_TRUE(ran_at_once);
  EXPECT_NE(id, std::this_thread::get_id());
}

TEST(IoThread, RunsAnEarlierTimerFirst) {
  IoThread thread("io");
  std::promise<int> first;
  std::atomic<int> order{0};
  thread.run([&] {  // both are set before either can run
    thread.after(20'000'000, [&] { first.set_value(order.fetch_add(1)); });
    thread.after(1'000'000, [&] { order.fetch_add(1); });
  });
  EXPECT_EQ(first.get_future().get(), 1);
}

TEST(IoThread, EndsWithoutWaitingForTimers) {
  bool ran = false;
  {
    IoThread thread("io");
    thread.after(3'600'000'000'000, [&] { ran = true; });
  }
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace writ::venue::net
