#pragma once

#include "host/engine/progress.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace writ::ops {

/// Watches from a thread of its own whether plugins come back. One that spins can be ended only
/// with the process: what is to be done about it is the caller's.
class HangWatch {
 public:
  /// A call that lasts so long has hung. Called once, on the watching thread.
  using OnHang = std::function<void(std::uint32_t instance, std::uint64_t input_seq)>;

  HangWatch(std::shared_ptr<const engine::Progress> progress, std::int64_t timeout_ns,
            OnHang on_hang);
  /// Ends the watching; waits for OnHang if it is being called.
  ~HangWatch();
  HangWatch(const HangWatch&) = delete;
  HangWatch& operator=(const HangWatch&) = delete;

 private:
  void watch();

  const std::shared_ptr<const engine::Progress> progress_;
  const std::int64_t timeout_ns_;
  const OnHang on_hang_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
  std::thread thread_;
};

}  // namespace writ::ops
