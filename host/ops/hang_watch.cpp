#include "host/ops/hang_watch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace writ::ops {
namespace {

constexpr std::int64_t kLooksPerTimeout = 8;

}  // namespace

HangWatch::HangWatch(std::shared_ptr<const engine::Progress> progress, std::int64_t timeout_ns,
                     OnHang on_hang)
    : progress_(std::move(progress)),
      timeout_ns_(timeout_ns),
      on_hang_(std::move(on_hang)),
      thread_([this] { watch(); }) {}

HangWatch::~HangWatch() {
  {
    const std::lock_guard lock(mutex_);
    end_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void HangWatch::watch() {
  using Clock = std::chrono::steady_clock;
  const std::chrono::nanoseconds timeout{timeout_ns_};
  const std::chrono::nanoseconds pause{std::max<std::int64_t>(timeout_ns_ / kLooksPerTimeout, 1)};
  std::uint64_t calls = 0;
  auto since = Clock::now();
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, pause, [this] { return end_; })) {
    const auto begun = progress_->calls.load(std::memory_order_acquire);
    const auto instance = progress_->instance.load(std::memory_order_relaxed);
    if (begun != calls || instance == 0) {
      calls = begun;
      since = Clock::now();
    } else if (Clock::now() - since >= timeout) {
      return on_hang_(instance, progress_->input_seq.load(std::memory_order_relaxed));
    }
  }
}

}  // namespace writ::ops
