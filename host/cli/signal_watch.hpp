#pragma once

#include "host/ops/attention.hpp"

#include <atomic>
#include <thread>

namespace writ::cli {

/// Turns SIGINT, SIGTERM and SIGHUP into requests. Blocks them for the whole process: to be made
/// before any other thread.
class SignalWatch {
 public:
  explicit SignalWatch(ops::Attention& attention);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  /// Whether an end was asked for since the last call. [any thread]
  [[nodiscard]] bool take_stop() { return stop_.exchange(false); }
  /// Whether a reload was. [any thread]
  [[nodiscard]] bool take_reload() { return reload_.exchange(false); }

 private:
  void watch();

  ops::Attention& attention_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> reload_{false};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace writ::cli
