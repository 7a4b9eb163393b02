#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace writ::ops {

/// Does jobs in their order on a thread of its own, so that nobody waits for them.
class Worker {
 public:
  using Job = std::function<void()>;

  /// At its end it waits so long for the job under way.
  explicit Worker(std::chrono::nanoseconds patience);
  /// Drops the jobs not begun and waits for the one under way; one that does not come back is left
  /// behind with the thread.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// A job must not throw. [any thread]
  void post(Job job);
  /// How long the job under way has lasted; 0 if there is none. [any thread]
  [[nodiscard]] std::chrono::nanoseconds busy_for() const;

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Job> jobs;
    bool ending = false;
    bool ended = false;
    std::chrono::steady_clock::time_point begun;  // of the job under way; 0: there is none
  };
  static void work(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  // shared with the thread, which may be left behind
  std::chrono::nanoseconds patience_;
};

}  // namespace writ::ops
