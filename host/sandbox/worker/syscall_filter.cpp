#include "host/sandbox/worker/syscall_filter.hpp"

#include "host/sandbox/channel.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <initializer_list>
#include <vector>

namespace writ::sandbox {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#endif

constexpr std::uint32_t kTrap = SECCOMP_RET_TRAP;
constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | 1U;  // EPERM

/// A filter in the making: calls are tried in the order they are added.
class Program {
 public:
  Program() {
    load(offsetof(seccomp_data, arch));
    add(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0);
    add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
    load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
    // The other numbering of the same calls.
    add(BPF_JMP | BPF_JGE | BPF_K, 0x40000000U, 0, 1);
    add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
#endif
  }

  void answer(std::initializer_list<long> calls, std::uint32_t with) {
    for (const long call : calls) {
      add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1);
      add(BPF_RET | BPF_K, with, 0, 0);
    }
  }
  /// Only where an argument's low half is one of these.
  void allow_with(long call, std::size_t argument, std::initializer_list<std::uint32_t> values) {
    const auto skip = static_cast<std::uint8_t>(2 + 2 * values.size());
    add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, skip);
    load(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
    for (const auto value : values) {
      add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
      add(BPF_RET | BPF_K, kAllow, 0, 0);
    }
    add(BPF_RET | BPF_K, kTrap, 0, 0);
  }
  /// Only without these bits in an argument.
  void allow_without(long call, std::size_t argument, std::uint32_t bits) {
    add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 4);
    load(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
    add(BPF_JMP | BPF_JSET | BPF_K, bits, 1, 0);
    add(BPF_RET | BPF_K, kAllow, 0, 0);
    add(BPF_RET | BPF_K, kTrap, 0, 0);
  }

  [[nodiscard]] bool install() {
    add(BPF_RET | BPF_K, kTrap, 0, 0);
    const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
  }

 private:
  void add(unsigned operation, std::uint32_t value, unsigned yes, unsigned no) {
    code_.push_back({static_cast<std::uint16_t>(operation), static_cast<std::uint8_t>(yes),
                     static_cast<std::uint8_t>(no), value});
  }
  void load(std::size_t offset) {
    add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset), 0, 0);
  }

  std::vector<sock_filter> code_;
};

}  // namespace

bool install_syscall_filter(Stage stage) {
  const bool loading = stage == Stage::kLoading;
  Program program;
  program.answer({SYS_futex, SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_rt_sigreturn,
                  SYS_rt_sigprocmask, SYS_sched_yield, SYS_getpid, SYS_gettid, SYS_restart_syscall},
                 kAllow);
  // Ends are told to the host first; a plugin's own exit is not.
  program.allow_with(SYS_exit_group, 0, {kToldStatus});
  // abort() raises a signal, which is caught; a plugin may send no other.
  program.allow_with(SYS_tgkill, 2, {SIGABRT});
  // What a plugin prints goes to /dev/null, where its descriptors lead.
  program.allow_with(SYS_write, 0, {STDOUT_FILENO, STDERR_FILENO});
  program.allow_with(SYS_writev, 0, {STDOUT_FILENO, STDERR_FILENO});
  if (loading) {
    program.answer({SYS_mmap, SYS_mprotect, SYS_read, SYS_pread64, SYS_close, SYS_openat,
                    SYS_newfstatat, SYS_fstat, SYS_lseek, SYS_prctl, SYS_prlimit64, SYS_getrandom},
                   kAllow);
#if defined(__x86_64__)
    program.answer({SYS_access, SYS_readlink, SYS_stat}, kAllow);
#endif
  } else {
    program.allow_without(SYS_mmap, 2, PROT_EXEC);
    program.allow_without(SYS_mprotect, 2, PROT_EXEC);
    program.answer({SYS_newfstatat, SYS_fstat, SYS_ioctl}, kRefuse);  // of standard output
  }
  return program.install();
}

}  // namespace writ::sandbox
