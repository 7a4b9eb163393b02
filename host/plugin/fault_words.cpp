#include "host/plugin/fault_words.hpp"

#include <writ/abi/journal.h>

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>

namespace writ::plugin {
namespace {

struct Forbidden {
  long number;
  const char* name;
  const char* what;
};

constexpr std::array kForbidden = {
    Forbidden{SYS_openat, "openat", "opened a file"},
    Forbidden{SYS_read, "read", "read a file"},
    Forbidden{SYS_socket, "socket", "opened a socket"},
    Forbidden{SYS_connect, "connect", "opened a connection"},
    Forbidden{SYS_clone, "clone", "started a process or a thread"},
    Forbidden{SYS_clone3, "clone3", "started a process or a thread"},
    Forbidden{SYS_execve, "execve", "started a program"},
    Forbidden{SYS_kill, "kill", "sent a signal"},
    Forbidden{SYS_tgkill, "tgkill", "sent a signal"},
    Forbidden{SYS_rt_sigaction, "rt_sigaction", "installed a signal handler or started a thread"},
    Forbidden{SYS_ptrace, "ptrace", "traced a process"},
    Forbidden{SYS_exit, "exit", "called exit"},
    Forbidden{SYS_exit_group, "exit_group", "called exit"},
    Forbidden{SYS_clock_gettime, "clock_gettime", "read a clock"},
    Forbidden{SYS_gettimeofday, "gettimeofday", "read a clock"},
    Forbidden{SYS_nanosleep, "nanosleep", "slept"},
    Forbidden{SYS_clock_nanosleep, "clock_nanosleep", "slept"},
    Forbidden{SYS_getrandom, "getrandom", "asked for random bytes"},
    Forbidden{SYS_mmap, "mmap", "mapped memory to run code in"},
    Forbidden{SYS_mprotect, "mprotect", "changed memory to run code in"},
    Forbidden{SYS_write, "write", "wrote to a file"},
#if defined(__x86_64__)
    Forbidden{SYS_open, "open", "opened a file"},
    Forbidden{SYS_fork, "fork", "started a process"},
    Forbidden{SYS_vfork, "vfork", "started a process"},
    Forbidden{SYS_time, "time", "read a clock"},
#endif
};

std::string forbidden_words(std::uint32_t number) {
  for (const auto& call : kForbidden) {
    if (call.number == static_cast<long>(number)) {
      return std::string(call.what) + " (" + call.name + ")";
    }
  }
  return "made system call " + std::to_string(number);
}

std::string signal_words(std::uint64_t value) {
  const auto signal = static_cast<int>(value & 255U);
  if (signal == SIGXCPU) return "used up its processor time";
  const char* name = ::sigabbrev_np(signal);
  std::string words = "crashed: ";
  words += name == nullptr ? "signal " + std::to_string(signal) : "SIG" + std::string(name);
  return value >= 256 ? words + ", a null pointer" : words;
}

std::string ended_words(int status) {
  if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

std::string time_words(std::uint64_t ns) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  constexpr std::uint64_t kMillisecond = 1'000'000;
  if (ns % kSecond == 0) return std::to_string(ns / kSecond) + " s";
  if (ns % kMillisecond == 0) return std::to_string(ns / kMillisecond) + " ms";
  return std::to_string(ns) + " ns";
}

}  // namespace

std::uint32_t Fault::kind() const noexcept {
  if (reason() == FaultReason::kLate) return WRIT_FAULT_DEADLINE;
  return reason() == FaultReason::kDeadline ? WRIT_FAULT_HANG : WRIT_FAULT_CRASH;
}

std::string Fault::words() const {
  switch (reason()) {
    case FaultReason::kSignal:
      return signal_words(value());
    case FaultReason::kSyscall:
      return forbidden_words(static_cast<std::uint32_t>(value()));
    case FaultReason::kClock:
      return "read a clock";
    case FaultReason::kMemory:
      return "used up its " + std::to_string(value()) + " MiB of memory";
    case FaultReason::kLoad:
      return "could not be loaded in its sandbox";
    case FaultReason::kEnded:
      return ended_words(static_cast<int>(value()));
    case FaultReason::kDeadline:
      return "gave no answer within " + time_words(value());
    case FaultReason::kRing:
      return "broke the rules of its ring: " +
             (value() == 0 ? "positions or sizes that cannot be"
                           : "message " + std::to_string(value()) + " at the wrong time or size");
    case FaultReason::kFull:
      return "does not take what it is sent";
    case FaultReason::kStart:
      return std::string("start writ-sandbox: ") + ::strerror(static_cast<int>(value()));
    case FaultReason::kLate:
      return "a call took " + std::to_string(value() / 1000) + " us, beyond its deadline";
    case FaultReason::kState:
      return "did not get the state of the build before it";
  }
  return "ended for no reason it told";
}

}  // namespace writ::plugin
