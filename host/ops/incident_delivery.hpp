#pragma once

#include "host/base/spsc_queue.hpp"
#include "host/ops/attention.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace writ::ops {

struct IncidentDeliveryOptions {
  std::uint32_t attempts = 4;  ///< of each, at most
  std::chrono::nanoseconds pause{
      1'000'000'000};  ///< after the first failure; each one more doubles it
  std::size_t waiting_max = 256;
};

/// Brings incidents to one receiver on a thread of its own, in their order, each tried until it is
/// there or was tried often enough. Nobody waits for it: what finds the queue full is dropped and
/// counted.
class IncidentDelivery {
 public:
  /// One attempt: why it failed, empty when it is there. Comes back within a bounded time and does
  /// not throw. [delivery-thread]
  using Attempt = std::function<std::string(const std::string& incident)>;

  IncidentDelivery(Attempt attempt, const IncidentDeliveryOptions& options);
  /// As finish without patience.
  ~IncidentDelivery();
  IncidentDelivery(const IncidentDelivery&) = delete;
  IncidentDelivery& operator=(const IncidentDelivery&) = delete;

  /// [sequencer-thread]
  void post(std::string incident);
  /// No more comes. What waits is tried once each within this time, the rest counts as failed;
  /// returns when the attempt under way is over.
  void finish(std::chrono::nanoseconds patience);

  /// At one moment of the recent past. [any thread]
  struct Status {
    std::uint64_t delivered = 0;
    std::uint64_t failed = 0;   ///< tried often enough
    std::uint64_t dropped = 0;  ///< never tried: too many waited
    std::size_t waiting = 0;
    std::string trouble;  ///< of the last attempt; empty: it went well
  };
  [[nodiscard]] Status status() const;

 private:
  using Clock = std::chrono::steady_clock;

  void work();
  void deliver(const std::string& incident);
  [[nodiscard]] bool ended_after(Clock::duration pause);
  void note_trouble(std::string why);

  Attempt attempt_;
  IncidentDeliveryOptions options_;
  base::SpscQueue<std::string> queue_;
  Attention attention_;
  std::atomic<bool> ending_{false};
  std::atomic<Clock::rep> deadline_{0};  // of the end, once it is ending
  std::atomic<std::uint64_t> delivered_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> dropped_{0};
  mutable std::mutex trouble_mutex_;
  std::string trouble_;
  std::thread thread_;
};

}  // namespace writ::ops
