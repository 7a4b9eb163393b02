// What a worker's last words mean.
#include "host/sandbox/process.hpp"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

#include <array>
#include <cstdint>
#include <string>

namespace writ::sandbox {
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

std::string crash_words(const Last& last) {
  const auto signal = static_cast<int>(last.signal);
  if (signal == SIGXCPU) return "used up its processor time";
  const char* name = ::sigabbrev_np(signal);
  std::string words = "crashed: ";
  words += name == nullptr ? "signal " + std::to_string(signal) : "SIG" + std::string(name);
  if (signal == SIGSEGV && last.code == SEGV_MAPERR && last.address < 4096) {
    words += ", a null pointer";
  }
  return words;
}

}  // namespace

std::string words_of(const Control& control, std::uint64_t memory_max) {
  // A copy: the worker may still write.
  Last last{};
  last.reason = control.last.reason;
  last.signal = control.last.signal;
  last.code = control.last.code;
  last.syscall = control.last.syscall;
  last.address = control.last.address;
  switch (last.reason) {
    case Reason::kSignal:
      return crash_words(last);
    case Reason::kSyscall:
      return forbidden_words(last.syscall);
    case Reason::kClock:
      return "read a clock";
    case Reason::kMemory:
      return "used up its " + std::to_string(memory_max >> 20U) + " MiB of memory";
    case Reason::kLoad:
      return "could not be loaded in its sandbox";
    case Reason::kNone:
      break;
  }
  return "ended for no reason it told";
}

}  // namespace writ::sandbox
