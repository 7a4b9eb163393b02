#include "host/ops/worker.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>
#include <vector>

namespace writ::ops {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Worker, DoesJobsInTheirOrderOnAThreadOfItsOwn) {
  std::promise<std::thread::id> done;
  std::vector<int> order;
  {
    Worker worker(seconds(10));
    worker.post([&] { order.push_back(1); });
    worker.post([&] {
      order.push_back(2);
      done.set_value(std::this_thread::get_id());
    });
    EXPECT_NE(done.get_future().get(), std::this_thread::get_id());
  }
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(Worker, SaysHowLongTheJobUnderWayHasLasted) {
  std::promise<void> begun;
  auto may_end = std::make_shared<std::promise<void>>();
  Worker worker(seconds(10));
  EXPECT_EQ(worker.busy_for().count(), 0);
  worker.post([&begun, end = may_end->get_future().share()] {
    begun.set_value();
    end.wait();
  });
  begun.get_future().wait();
  EXPECT_GT(worker.busy_for().count(), 0);
  may_end->set_value();
}

TEST(Worker, LeavesAJobBehindThatDoesNotComeBack) {
  auto may_end = std::make_shared<std::promise<void>>();
  std::promise<void> begun;
  const auto from = std::chrono::steady_clock::now();
  {
    Worker worker(milliseconds(50));
    worker.post([&begun, end = may_end->get_future().share()] {
      begun.set_value();
      end.wait();
    });
    begun.get_future().wait();
  }
  EXPECT_GE(std::chrono::steady_clock::now() - from, milliseconds(50));
  may_end->set_value();
}

}  // namespace
}  // namespace writ::ops
