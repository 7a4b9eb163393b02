#include "host/sandbox/worker/guards.hpp"

#include "host/sandbox/worker/syscall_filter.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>

namespace writ::sandbox {
namespace {

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};
std::array<Range, 4> clock_pages;

bool limit(int which, std::uint64_t value) {
  const rlimit both{value, value};
  return ::setrlimit(static_cast<__rlimit_resource>(which), &both) == 0;
}

std::uint64_t address_space_used() {
  unsigned long long pages = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  const bool read = std::fscanf(file, "%llu", &pages) == 1;
  std::fclose(file);
  return read ? pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

bool guard_limits(const Control& control) {
  const std::uint64_t used = address_space_used();
  bool held = limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NPROC, 0) &&
              limit(RLIMIT_NOFILE, 16) && used != 0 && limit(RLIMIT_AS, used + control.memory_max);
  if (control.cpu_seconds_max != 0) {
    // A second more until the kernel kills, in which the handler tells why.
    const rlimit seconds{control.cpu_seconds_max, control.cpu_seconds_max + 1};
    held = held && ::setrlimit(RLIMIT_CPU, &seconds) == 0;
  }
  return held;
}

bool guard_privileges() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0 &&
         ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

bool allow_reading(int rules, const char* path, std::uint64_t access) {
  const int fd = ::open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return true;  // not there: nothing to allow
  landlock_path_beneath_attr rule{};
  rule.allowed_access = access;
  rule.parent_fd = fd;
  const bool added =
      ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  ::close(fd);
  return added;
}

// Nothing of the file system but the plugin and the libraries it is linked with.
bool guard_files(const Control& control) {
  constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
  constexpr std::uint64_t kFolder = kRead | LANDLOCK_ACCESS_FS_READ_DIR;
  landlock_ruleset_attr handled{};
  handled.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;  // all of the first version
  const auto rules = static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled.handled_access_fs, 0));
  if (rules < 0) return false;
  bool held = allow_reading(rules, control.object, kRead) &&
              allow_reading(rules, "/etc/ld.so.cache", kRead);
  for (const char* folder : {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"}) {
    held = held && allow_reading(rules, folder, kFolder);
  }
  held = held && ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
  ::close(rules);
  return held;
}

bool guard_timestamp() {
#if defined(__x86_64__)
  return ::prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0) == 0;
#else
  return false;
#endif
}

// Coarse clocks are read from these pages without asking the processor.
bool guard_clock_pages() {
  std::FILE* maps = std::fopen("/proc/self/maps", "re");
  if (maps == nullptr) return false;
  std::size_t found = 0;
  std::array<char, 512> line;
  while (std::fgets(line.data(), line.size(), maps) != nullptr) {
    unsigned long long begin = 0;
    unsigned long long end = 0;
    if (std::strstr(line.data(), "[vvar") == nullptr || found == clock_pages.size()) continue;
    if (std::sscanf(line.data(), "%llx-%llx", &begin, &end) == 2)
      clock_pages[found++] = {begin, end};
  }
  std::fclose(maps);
  for (std::size_t i = 0; i < found; ++i) {
    const auto& page = clock_pages[i];
    if (::munmap(reinterpret_cast<void*>(page.begin), page.end - page.begin) != 0) return false;
  }
  return found != 0;
}

}  // namespace

std::uint32_t guard_loading(const Control& control) {
  std::uint32_t held = 0;
  const auto note = [&held](bool holds, Guard guard) { held |= holds ? guard : 0U; };
  note(guard_clock_pages(), kGuardClockPages);
  note(guard_limits(control), kGuardLimits);
  note(guard_privileges(), kGuardPrivileges);
  if ((held & kGuardPrivileges) != 0) {
    note(guard_files(control), kGuardLandlock);
    note(guard_timestamp(), kGuardTimestamp);
    note(install_syscall_filter(Stage::kLoading), kGuardSeccomp);
  }
  return held;
}

std::uint32_t guard_working(std::uint32_t before) {
  if (!limit(RLIMIT_NOFILE, 0)) before &= ~std::uint32_t{kGuardLimits};
  if ((before & kGuardSeccomp) != 0 && !install_syscall_filter(Stage::kWorking)) {
    before &= ~std::uint32_t{kGuardSeccomp};
  }
  return before;
}

bool in_clock_pages(std::uint64_t address) noexcept {
  for (const auto& page : clock_pages) {
    if (address >= page.begin && address < page.end) return true;
  }
  return false;
}

}  // namespace writ::sandbox
