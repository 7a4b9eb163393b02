#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace writ::venue::net {

/// ns since 1970 UTC of this machine's clock.
[[nodiscard]] std::int64_t wall_clock_ns() noexcept;

/// How a thread waits for the next handler.
enum class ThreadWait : std::uint8_t {
  kSleep,
  kSpin  ///< it looks all the time: nobody has to wake it, and it uses a core
};

/// One thread on which all network objects of a venue live and on which all their handlers run, one
/// at a time. Outlives everything that lives on it. A handler must not throw and must not block.
class IoThread {
 public:
  /// `name` is the thread's, cut to 15 bytes.
  explicit IoThread(const std::string& name, ThreadWait wait = ThreadWait::kSleep);
  /// Ends the thread when the handler now running has returned; what is still waiting is not run.
  /// Not on the thread itself.
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  /// Runs the task on the thread, after those posted before. [any thread]
  void post(std::function<void()> task);
  /// Runs the task on the thread when so much time has passed. It cannot be taken back: what it
  /// touches it holds, or asks after with a weak_ptr. [any thread]
  void after(std::int64_t delay_ns, std::function<void()> task);
  /// Runs the task on the thread and returns when it is done; at once when called there.
  /// [any thread]
  void run(const std::function<void()>& task);
  [[nodiscard]] bool is_current() const noexcept;

  /// For what lives on it.
  [[nodiscard]] boost::asio::io_context& context() noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace writ::venue::net
