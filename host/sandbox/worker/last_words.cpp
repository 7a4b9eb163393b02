#include "host/sandbox/worker/last_words.hpp"

#include "host/sandbox/doorbell.hpp"
#include "host/sandbox/worker/guards.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cstring>
#include <new>

namespace writ::sandbox {
namespace {

Control* told_to = nullptr;

[[noreturn]] void tell(const Last& last) noexcept {
  Last& words = told_to->last;
  words.reason = last.reason;
  words.signal = last.signal;
  words.code = last.code;
  words.syscall = last.syscall;
  words.address = last.address;
  words.told.store(1, std::memory_order_release);
  told_to->to_host.sleeping.store(1, std::memory_order_relaxed);  // whatever it says: ring
  ring(told_to->to_host);
  for (;;) ::syscall(SYS_exit_group, kToldStatus);
}

// A fault of the processor, not of memory, at one of the instructions that read the time stamp.
bool reads_timestamp(const siginfo_t& info, const void* context) noexcept {
#if defined(__x86_64__)
  if (info.si_code != SI_KERNEL) return false;
  const auto at = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP];
  const auto* code = reinterpret_cast<const unsigned char*>(at);
  return code[0] == 0x0f && (code[1] == 0x31 || (code[1] == 0x01 && code[2] == 0xf9));
#else
  (void)info;
  (void)context;
  return false;
#endif
}

void on_signal(int signal, siginfo_t* info, void* context) {
  Last last{};
  last.reason = Reason::kSignal;
  last.signal = static_cast<std::uint32_t>(signal);
  last.code = static_cast<std::uint32_t>(info->si_code);
  last.address = reinterpret_cast<std::uint64_t>(info->si_addr);
  if (signal == SIGSYS) {
    last.reason = Reason::kSyscall;
    last.syscall = static_cast<std::uint32_t>(info->si_syscall);
  } else if (signal == SIGSEGV &&
             (reads_timestamp(*info, context) || in_clock_pages(last.address))) {
    last.reason = Reason::kClock;
  }
  tell(last);
}

}  // namespace

void install_last_words(Control& control) {
  told_to = &control;
  // A stack of its own: the plugin's may be what is used up.
  constexpr std::size_t kStack = std::size_t{64} << 10U;
  stack_t stack{};
  stack.ss_sp = ::mmap(nullptr, kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  stack.ss_size = kStack;
  if (stack.ss_sp != MAP_FAILED) (void)::sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  ::sigfillset(&action.sa_mask);
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGXCPU, SIGXFSZ}) {
    (void)::sigaction(signal, &action, nullptr);
  }
  std::set_new_handler([] { end_worker(Reason::kMemory); });
}

void end_worker(Reason reason) noexcept {
  Last last{};
  last.reason = reason;
  tell(last);
}

}  // namespace writ::sandbox
