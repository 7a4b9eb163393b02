#include "host/sandbox/process.hpp"

#include "host/base/monotonic_clock.hpp"
#include "host/base/spawn.hpp"
#include "host/sandbox/doorbell.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>

namespace writ::sandbox {
namespace {

// How long a sleeping host may not notice that a worker was ended from outside.
constexpr std::int64_t kSliceNs = 2'000'000;
constexpr int kRoundsBetweenLooks = 1024;

base::Result<base::UniqueFd> make_memory() {
  base::UniqueFd memory(::memfd_create("writ-sandbox", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory.is_open()) return base::error_from_errno(errno, "memfd_create");
  if (::ftruncate(memory.get(), sizeof(Channel)) != 0) {
    return base::error_from_errno(errno, "size of the sandbox's memory");
  }
  // A worker that made it smaller would kill the host that reads it.
  if (::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return base::error_from_errno(errno, "seal of the sandbox's memory");
  }
  return memory;
}

}  // namespace

base::Result<std::unique_ptr<Process>> Process::start(const SandboxOptions& options,
                                                      const std::filesystem::path& object) {
  auto memory = make_memory();
  if (!memory) return memory.error();
  void* mapped =
      ::mmap(nullptr, sizeof(Channel), PROT_READ | PROT_WRITE, MAP_SHARED, memory->get(), 0);
  if (mapped == MAP_FAILED) return base::error_from_errno(errno, "map the sandbox's memory");
  std::unique_ptr<Process> process(new Process);
  process->channel_ = static_cast<Channel*>(mapped);  // new memory: all zero
  process->wait_ = options.wait;
  Control& control = process->channel_->control;
  if (object.native().size() >= sizeof control.object) {
    return base::Error(base::Errc::kInvalid, "path of the sandboxed plugin");
  }
  std::copy(object.native().begin(), object.native().end(), control.object);
  control.memory_max = options.memory_max;
  control.cpu_seconds_max = options.cpu_seconds_max;
  control.wait = options.wait;
  control.host_pid = static_cast<std::uint32_t>(::getpid());
  const base::Spawn worker{.command = {options.worker.string()},
                           .descriptors = {{memory->get(), kChannelDescriptor}},
                           .has_environment = false};
  const int failed = base::start(worker, &process->pid_);
  if (failed != 0) {
    process->pid_ = -1;
    return base::error_from_errno(failed, "start writ-sandbox");
  }
  return process;
}

Process::~Process() {
  kill();
  while (pid_ >= 0 && !reaped_ && ::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
  if (channel_ != nullptr) ::munmap(channel_, sizeof(Channel));
}

void Process::kill() noexcept {
  if (pid_ >= 0 && !reaped_) (void)::kill(pid_, SIGKILL);
}

Process::Woken Process::wait(const RingReader& from, std::int64_t limit_ns) {
  Control& control = channel_->control;
  const auto ready = [&] {
    return !from.empty() || control.last.told.load(std::memory_order_acquire) != 0;
  };
  // Messages before the last words: they were sent before.
  const auto woken = [&] { return from.empty() ? Woken::kLastWords : Woken::kMessage; };
  std::int64_t deadline = 0;  // the clock is read only once the worker takes its time
  for (int round = 1;; ++round) {
    if (ready()) return woken();
    const bool spins = wait_ == Wait::kSpin || (wait_ == Wait::kHybrid && round < kSpinRounds);
    if (spins) {
      pause_processor();
      if (round % kRoundsBetweenLooks != 0) continue;
    } else {
      const timespec slice{0, static_cast<long>(std::min(kSliceNs, limit_ns))};
      sleep_at(control.to_host, &slice, ready);
      if (ready()) return woken();
    }
    const auto now = base::monotonic_ns();
    if (deadline == 0) deadline = now + limit_ns;
    if (now >= deadline) return Woken::kDeadline;
    if (ended()) return ready() ? woken() : Woken::kDead;
  }
}

std::optional<int> Process::ended() {
  if (!reaped_) {
    const auto pid = ::waitpid(pid_, &status_, WNOHANG);
    if (pid == 0 || (pid < 0 && errno == EINTR)) return std::nullopt;
    reaped_ = true;
  }
  return status_;
}

}  // namespace writ::sandbox
