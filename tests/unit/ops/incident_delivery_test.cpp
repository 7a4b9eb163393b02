#include "host/ops/incident_delivery.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace writ::ops {
namespace {

using namespace std::chrono_literals;

/// What gets incidents, and fails or waits as it is told.
class Receiver {
 public:
  [[nodiscard]] IncidentDelivery::Attempt attempt() {
    return [this](const std::string& incident) {
      std::unique_lock lock(mutex_);
      tried_.push_back(incident);
      changed_.notify_all();
      changed_.wait(lock, [this] { return open_; });
      if (failures_ == 0) return std::string();
      --failures_;
      return std::string("no");
    };
  }
  void fail(std::size_t times) {
    const std::lock_guard lock(mutex_);
    failures_ = times;
  }
  void close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait_for(std::size_t attempts) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, 30s, [&] { return tried_.size() >= attempts; }));
  }
  [[nodiscard]] std::vector<std::string> tried() {
    const std::lock_guard lock(mutex_);
    return tried_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> tried_;
  std::size_t failures_ = 0;
  bool open_ = true;
};

TEST(IncidentDelivery, BringsEachInItsOrder) {
  Receiver receiver;
  IncidentDelivery delivery(receiver.attempt(), {});
  for (const char* incident : {"a", "b", "c"}) delivery.post(incident);
  delivery.finish(30s);
  EXPECT_EQ(receiver.tried(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(delivery.status().delivered, 3U);
  EXPECT_EQ(delivery.status().trouble, "");
}

TEST(IncidentDelivery, TriesAgainBeforeItGoesOn) {
  Receiver receiver;
  receiver.fail(2);
  IncidentDelivery delivery(receiver.attempt(), {3, 1ms, 8});
  delivery.post("a");
  delivery.post("b");
  receiver.wait_for(4);
  delivery.finish(30s);
  EXPECT_EQ(receiver.tried(), (std::vector<std::string>{"a", "a", "a", "b"}));
  EXPECT_EQ(delivery.status().delivered, 2U);
  EXPECT_EQ(delivery.status().failed, 0U);
}

TEST(IncidentDelivery, GivesUpAfterItsAttemptsAndSaysWhy) {
  Receiver receiver;
  receiver.fail(100);
  IncidentDelivery delivery(receiver.attempt(), {2, 1ms, 8});
  delivery.post("a");
  delivery.post("b");
  receiver.wait_for(4);
  delivery.finish(30s);
  EXPECT_EQ(receiver.tried().size(), 4U);
  EXPECT_EQ(delivery.status().failed, 2U);
  EXPECT_EQ(delivery.status().trouble, "no");
}

TEST(IncidentDelivery, NeverWaitsForAReceiverThatDoesNotComeBack) {
  Receiver receiver;
  receiver.close();
  IncidentDelivery delivery(receiver.attempt(), {1, 1ms, 4});
  delivery.post("first");
  receiver.wait_for(1);
  for (int i = 0; i < 100; ++i) delivery.post("more");  // from the thread that must go on
  const auto status = delivery.status();
  EXPECT_EQ(status.waiting, 4U);
  EXPECT_EQ(status.dropped, 96U);
  receiver.open();
  delivery.finish(30s);
  EXPECT_EQ(delivery.status().delivered, 5U);
}

TEST(IncidentDelivery, ItsEndCutsAPauseShort) {
  Receiver receiver;
  receiver.fail(1);
  IncidentDelivery delivery(receiver.attempt(), {2, 1h, 8});
  delivery.post("a");
  delivery.post("b");
  receiver.wait_for(1);
  delivery.finish(30s);  // what waits is tried once, what failed is not tried again
  EXPECT_EQ(receiver.tried(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(delivery.status().failed, 1U);
  EXPECT_EQ(delivery.status().delivered, 1U);
}

TEST(IncidentDelivery, EndsWithoutPatienceAtOnce) {
  Receiver receiver;
  receiver.close();
  IncidentDelivery delivery(receiver.attempt(), {5, 1h, 8});
  for (const char* incident : {"a", "b", "c"}) delivery.post(incident);
  receiver.wait_for(1);
  std::thread opener([&receiver] { receiver.open(); });
  delivery.finish({});
  opener.join();
  const auto status = delivery.status();
  EXPECT_EQ(status.delivered + status.failed, 3U);
}

}  // namespace
}  // namespace writ::ops
