#include "host/plugin/isolated_run.hpp"

#include "host/base/error.hpp"
#include "host/base/result.hpp"
#include "host/base/unique_fd.hpp"
#include "host/plugin/utf8.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <exception>
#include <string_view>

namespace writ::plugin {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* step) {
  throw base::Failure(base::error_from_errno(errno, step));
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// The child's life: the first character of what it writes tells whether the work returned.
[[noreturn]] void work_in_child(const std::function<std::string()>& work, int out) {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &no_core);
  (void)::signal(SIGFPE, SIG_DFL);  // a sanitizer's handler would hide what ended the work
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null >= 0) {
    (void)::dup2(null, STDOUT_FILENO);
    (void)::dup2(null, STDERR_FILENO);
  }
  try {
    write_all(out, "=" + work());
  } catch (const std::exception& error) {
    write_all(out, std::string("!") + error.what());
  } catch (...) {
    write_all(out, "!an exception that is no std::exception");
  }
  // Not exit: the parent's buffers and handlers are not the child's to run.
  ::_exit(0);
}

/// Everything until the other end closes; false when the time is over first.
bool read_until(int fd, Clock::time_point deadline, std::string& text) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd waiting{fd, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) fail("wait for the child process");
    if (ready <= 0) continue;
    std::array<char, 4096> buffer;
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

IsolatedOutcome run_isolated(const std::function<std::string()>& work,
                             std::chrono::milliseconds limit) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  base::UniqueFd in(ends[0]);
  base::UniqueFd out(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    in.reset();
    work_in_child(work, out.get());
  }
  out.reset();

  std::string text;
  const bool finished = read_until(in.get(), Clock::now() + limit, text);
  if (!finished) (void)::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  using End = IsolatedOutcome::End;
  if (!finished) {
    return {End::kTimedOut, "did not finish within " + std::to_string(limit.count()) + " ms"};
  }
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return {End::kCrashed, std::string("crashed: ") + ::strsignal(signal) + " (signal " +
                               std::to_string(signal) + ")"};
  }
  if (text.empty()) {
    return {End::kExited, "ended the process with status " + std::to_string(WEXITSTATUS(status))};
  }
  return {text.front() == '=' ? End::kReturned : End::kThrew,
          one_line(std::string_view(text).substr(1), 500)};
}

}  // namespace writ::plugin
