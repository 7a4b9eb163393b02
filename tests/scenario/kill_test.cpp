// The kill that needs no sequencer: a plugin spins on its thread, the gateway stops all the same.
#include "tests/scenario/quiet_world.hpp"
#include "tests/scenario/world.hpp"
#include "tests/support/faulty_storage.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace writ::test {
namespace {

/// Hands orders to a venue from a thread of its own, as real gateways do; the venue takes them and
/// nothing fills. Lets one order pass, holds the others until it is told.
class ThreadedGateway final : public execution::OrderGateway {
 public:
  ThreadedGateway() : thread_([this] { send_all(); }) {}
  ~ThreadedGateway() override {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  ThreadedGateway(const ThreadedGateway&) = delete;
  ThreadedGateway& operator=(const ThreadedGateway&) = delete;

  void observe(const writ_record& /*input*/) override {}
  void send(const writ_order& order) override {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(order);
    changed_.notify_all();
  }
  [[nodiscard]] std::optional<std::int64_t> next_due() const override {
    const std::lock_guard lock(mutex_);
    if (reports_.empty()) return std::nullopt;
    return 0;
  }
  [[nodiscard]] const writ_record* take_report(std::int64_t /*until*/) override {
    const std::lock_guard lock(mutex_);
    if (reports_.empty()) return nullptr;
    taken_ = reports_.front();
    reports_.pop_front();
    return &taken_.header;
  }
  [[nodiscard]] std::vector<std::byte> save() const override { return {}; }
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> /*state*/) override {
    return {};
  }

  /// What the venue was told, as "send 1", "cancel 1", and what it was not: "refuse 2"; the numbers
  /// are those of the strategies.
  [[nodiscard]] std::vector<std::string> log() const {
    const std::lock_guard lock(mutex_);
    return log_;
  }
  void wait_for(std::size_t lines) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return log_.size() >= lines; });
  }
  void let_pass() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }

 private:
  void cancel_everything(std::uint32_t account) override {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, order] : at_venue_) {
      if (account == 0 || order.account == account) say("cancel", order, WRIT_REPORT_CANCELLED);
    }
    std::erase_if(at_venue_, [&](const auto& entry) {
      return account == 0 || entry.second.account == account;
    });
    changed_.notify_all();
  }
  void send_all() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock,
                    [&] { return ended_ || (!waiting_.empty() && (!held_ || log_.empty())); });
      if (ended_) return;
      const auto order = waiting_.front();
      waiting_.pop_front();
      if (!latch().admits(order)) {
        say("refuse", order, WRIT_REPORT_FAILED);
      } else if (order.command == WRIT_COMMAND_SEND) {
        at_venue_[order.order_id] = order;
        say("send", order, WRIT_REPORT_ACCEPTED);
      }
      changed_.notify_all();
    }
  }
  void say(const char* what, const writ_order& order, std::uint16_t kind) {
    log_.push_back(what + (" " + std::to_string(order.instance)));
    auto report = model::make_record<writ_report>();
    report.order_id = order.order_id;
    report.intent_id = order.intent_id;
    report.instance = order.instance;
    report.instrument = order.instrument;
    report.account = order.account;
    report.kind = kind;
    report.price = order.price;
    report.quantity = order.quantity;
    report.book = order.book;
    std::copy(std::begin(order.client_order_id), std::end(order.client_order_id),
              std::begin(report.client_order_id));
    reports_.push_back(report);
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  bool held_ = true;
  std::deque<writ_order> waiting_;
  std::map<std::uint64_t, writ_order> at_venue_;
  std::deque<writ_report> reports_;
  writ_report taken_{};
  std::vector<std::string> log_;
  std::thread thread_;  // last: everything else is there when it begins
};

TEST(KillLatch, StopsTheGatewayAndCancelsWhileAPluginSpinsOnTheSequencer) {
  const auto file =
      std::filesystem::path(testing::TempDir()) / ("writ-spin-" + std::to_string(::getpid()));
  std::ofstream(file) << "\n";
  const World world =
      quiet_world({{2, 60'000}}, {{"one", "test.once"},
                                  {"two", "test.once"},
                                  {"spin", "test.spinner", {{"while_exists", file.string()}}}});
  FaultyStorage storage;
  ThreadedGateway gateway;
  Life life{world, storage, 1, nullptr, &gateway};
  ASSERT_NE(life.run, nullptr);
  std::atomic<bool> ended{false};
  std::thread sequencer([&] {
    life.go();
    ended.store(true);
  });
  gateway.wait_for(1);  // one order is at the venue, the other one behind it
  while (!std::filesystem::exists(file.string() + ".begun")) std::this_thread::yield();

  gateway.kill(0);
  EXPECT_EQ(gateway.log(), (std::vector<std::string>{"send 1", "cancel 1"}));
  gateway.let_pass();
  gateway.wait_for(3);
  EXPECT_EQ(gateway.log().back(), "refuse 2");
  EXPECT_FALSE(ended.load()) << "the sequencer came back: the test says nothing";

  std::filesystem::remove(file);
  sequencer.join();
  std::filesystem::remove(file.string() + ".begun");
  std::map<std::uint32_t, std::uint16_t> states;
  const auto records = read_run(storage, run_folder(world, 1));
  for (const auto* order : all<writ_order>(records)) states[order->instance] = order->state;
  EXPECT_EQ(states[1], WRIT_ORDER_CANCELLED);
  EXPECT_EQ(states[2], WRIT_ORDER_FAILED);
}

}  // namespace
}  // namespace writ::test
