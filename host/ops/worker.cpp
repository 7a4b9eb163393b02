#include "host/ops/worker.hpp"

#include <thread>
#include <utility>

namespace writ::ops {

Worker::Worker(std::chrono::nanoseconds patience)
    : state_(std::make_shared<State>()), patience_(patience) {
  std::thread([state = state_] { work(state); }).detach();
}

Worker::~Worker() {
  std::unique_lock lock(state_->mutex);
  state_->ending = true;
  state_->jobs.clear();
  state_->changed.notify_all();
  state_->changed.wait_for(lock, patience_, [this] { return state_->ended; });
}

void Worker::post(Job job) {
  const std::lock_guard lock(state_->mutex);
  state_->jobs.push_back(std::move(job));
  state_->changed.notify_all();
}

std::chrono::nanoseconds Worker::busy_for() const {
  const std::lock_guard lock(state_->mutex);
  if (state_->begun == std::chrono::steady_clock::time_point{}) return {};
  return std::chrono::steady_clock::now() - state_->begun;
}

void Worker::work(const std::shared_ptr<State>& state) {
  std::unique_lock lock(state->mutex);
  while (true) {
    state->changed.wait(lock, [&] { return state->ending || !state->jobs.empty(); });
    if (state->ending) break;
    auto job = std::move(state->jobs.front());
    state->jobs.pop_front();
    state->begun = std::chrono::steady_clock::now();
    lock.unlock();
    job();
    job = {};  // what it holds ends here
    lock.lock();
    state->begun = {};
  }
  state->ended = true;
  state->changed.notify_all();
}

}  // namespace writ::ops
