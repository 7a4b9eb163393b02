#include "host/ops/incident_command.hpp"

#include "host/base/spawn.hpp"
#include "host/base/unique_fd.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace writ::ops {
namespace {

using Clock = std::chrono::steady_clock;

std::string in_words(int error) { return std::strerror(error); }

/// False: the time was over first.
bool wait_ready(int descriptor, short events, Clock::time_point deadline) {
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count() + 1;
    if (left <= 0) return false;
    pollfd waiting{descriptor, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

// A program that does not want to read it all is judged by its end alone.
void write_all(const base::UniqueFd& pipe, std::string_view text, Clock::time_point deadline) {
  while (!text.empty()) {
    const auto written = ::write(pipe.get(), text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN ? !wait_ready(pipe.get(), POLLOUT, deadline) : errno != EINTR) {
      return;
    }
  }
}

int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

std::string run_incident_command(const std::vector<std::string>& command, const std::string& input,
                                 std::chrono::nanoseconds timeout) {
  // A program that closes its input early must not end this one.
  sigset_t broken_pipe;
  ::sigemptyset(&broken_pipe);
  ::sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);

  const auto deadline = Clock::now() + timeout;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return "no pipe: " + in_words(errno);
  base::UniqueFd to_read(ends[0]);
  base::UniqueFd to_write(ends[1]);
  static_cast<void>(::fcntl(to_write.get(), F_SETFL, O_NONBLOCK));
  pid_t pid = 0;
  const base::Spawn program{
      .command = command, .descriptors = {{to_read.get(), STDIN_FILENO}}, .has_group = true};
  if (const int failed = base::start(program, &pid); failed != 0) {
    return "cannot be started: " + in_words(failed);
  }
  to_read.reset();
  write_all(to_write, input, deadline);
  to_write.reset();

  const base::UniqueFd end(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  const bool ended = end.is_open() && wait_ready(end.get(), POLLIN, deadline);
  if (!ended) ::kill(-pid, SIGKILL);
  const int status = reap(pid);
  if (!ended) return "no end in time: killed";
  if (WIFSIGNALED(status)) return "ended by signal " + std::to_string(WTERMSIG(status));
  if (WEXITSTATUS(status) != 0) return "exit status " + std::to_string(WEXITSTATUS(status));
  return "";
}

}  // namespace writ::ops
