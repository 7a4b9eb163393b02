#include "host/ops/attention.hpp"

#include "host/base/error.hpp"
#include "host/base/result.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

namespace writ::ops {

Attention::Attention() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_.is_open()) throw base::Failure(base::error_from_errno(errno, "eventfd"));
}

void Attention::raise() noexcept {
  raised_.store(true, std::memory_order_release);
  const int saved = errno;  // a signal handler leaves errno alone
  const std::uint64_t one = 1;
  // Fails only when it is raised 2^64 - 2 times over: it is raised then.
  [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
  errno = saved;
}

bool Attention::wait(std::int64_t timeout_ns) noexcept {
  if (timeout_ns != 0) {
    pollfd waiting{event_.get(), POLLIN, 0};
    constexpr std::int64_t kSecond = 1'000'000'000;
    const timespec limit{static_cast<time_t>(timeout_ns / kSecond),
                         static_cast<long>(timeout_ns % kSecond)};
    static_cast<void>(::ppoll(&waiting, 1, timeout_ns < 0 ? nullptr : &limit, nullptr));
  }
  raised_.store(false, std::memory_order_relaxed);  // before the event: one between is not lost
  std::uint64_t count = 0;
  return ::read(event_.get(), &count, sizeof count) == static_cast<ssize_t>(sizeof count);
}

}  // namespace writ::ops
