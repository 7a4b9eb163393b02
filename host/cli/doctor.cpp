#include "host/cli/doctor.hpp"

#include "host/base/error.hpp"
#include "host/base/monotonic_clock.hpp"
#include "host/base/tick_clock.hpp"
#include "host/base/unique_fd.hpp"
#include "host/cli/build_facts.hpp"
#include "host/cli/clock_pacer.hpp"
#include "host/cli/output.hpp"
#include "host/cli/plugin_source.hpp"
#include "host/cli/program_files.hpp"
#include "host/sandbox/sandbox.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <fstream>
#include <optional>
#include <system_error>

namespace writ::cli {
namespace {

namespace fs = std::filesystem;

std::string microseconds_text(std::int64_t ns) {
  return std::to_string(ns / 1000) + "." + std::to_string(ns % 1000 / 100) + " us";
}

Finding disk_space(const fs::path& folder) {
  struct statvfs space {};
  if (::statvfs(folder.c_str(), &space) != 0) {
    return {"disk space", to_string(base::error_from_errno(errno, "statvfs")), false};
  }
  const std::uint64_t mib = std::uint64_t{space.f_bavail} * space.f_frsize >> 20U;
  constexpr std::uint64_t kLeast = 1024;
  return {"disk space", grouped(mib) + " MiB free in " + folder.string(), mib >= kLeast};
}

// A file of the journal's kind: space reserved first, then appended and synced.
struct Probe {
  base::UniqueFd file;
  std::string error;
};

Probe open_probe(const fs::path& folder) {
  std::string name = (folder / ".writ_doctor_XXXXXX").string();
  Probe probe;
  probe.file.reset(::mkstemp(name.data()));
  if (!probe.file.is_open()) {
    probe.error = to_string(base::error_from_errno(errno, "file in the journal's folder"));
  } else {
    ::unlink(name.c_str());
  }
  return probe;
}

Finding preallocation(const Probe& probe) {
  if (!probe.file.is_open()) return {"fallocate", probe.error, false};
  const int failed = ::posix_fallocate(probe.file.get(), 0, 16 << 20);
  if (failed != 0) {
    return {"fallocate", to_string(base::error_from_errno(failed, "posix_fallocate")), false};
  }
  return {"fallocate", "16 MiB reserved", true};
}

Finding sync_latency(const Probe& probe) {
  if (!probe.file.is_open()) return {"fdatasync", probe.error, false};
  constexpr int kSamples = 50;
  const std::array<char, 4096> block{};
  std::array<std::int64_t, kSamples> taken{};
  for (int i = 0; i < kSamples; ++i) {
    const std::int64_t begun = base::monotonic_ns();
    const auto at = static_cast<off_t>(i) * static_cast<off_t>(block.size());
    if (::pwrite(probe.file.get(), block.data(), block.size(), at) !=
            static_cast<ssize_t>(block.size()) ||
        ::fdatasync(probe.file.get()) != 0) {
      return {"fdatasync", to_string(base::error_from_errno(errno, "fdatasync")), false};
    }
    taken[static_cast<std::size_t>(i)] = base::monotonic_ns() - begun;
  }
  std::sort(taken.begin(), taken.end());
  constexpr std::int64_t kSlow = 50'000'000;
  return {"fdatasync",
          "median " + microseconds_text(taken[kSamples / 2]) + ", slowest of 50 " +
              microseconds_text(taken[kSamples - 1]),
          taken[kSamples / 2] < kSlow};
}

Finding clock_state() {
  timex state{};
  const int result = ::adjtimex(&state);
  if (result < 0) return {"clock", to_string(base::error_from_errno(errno, "adjtimex")), false};
  const bool synchronised = (state.status & STA_UNSYNC) == 0;
  return {"clock",
          std::string(synchronised ? "synchronised" : "not synchronised by the kernel's account") +
              ", now " + time_text(wall_clock_ns()) + " UTC",
          true};
}

Finding clock_cost() {
  constexpr int kCalls = 100'000;
  const std::int64_t begun = base::monotonic_ns();
  std::int64_t least = INT64_MAX;
  std::int64_t before = begun;
  for (int i = 0; i < kCalls; ++i) {
    const std::int64_t now = base::monotonic_ns();
    if (now > before) least = std::min(least, now - before);
    before = now;
  }
  const std::int64_t each = (before - begun) / kCalls;
  return {"clock cost", std::to_string(each) + " ns a call, step " + std::to_string(least) + " ns",
          each < 1000};
}

Finding processor() {
  const std::string level = cpu_class();
#if defined(__x86_64__)
  const bool checksums = __builtin_cpu_supports("sse4.2") != 0;
  return {"processor", level + (checksums ? ", CRC32C in hardware" : ", no SSE4.2: CRC32C is slow"),
          checksums};
#else
  return {"processor", level, true};
#endif
}

// First word of a file of the kernel's; empty if it is not there.
std::string kernel_word(const char* file) {
  std::string word;
  std::ifstream(file) >> word;
  return word;
}

Finding clock_source() {
  const auto source =
      kernel_word("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  constexpr std::array kSlow = {"hpet", "acpi_pm", "jiffies", "pit"};
  const bool slow = std::find(kSlow.begin(), kSlow.end(), source) != kSlow.end();
  return {"clock source",
          (source.empty() ? "unknown" : source) +
              (base::TickClock().counts() ? ", calls are timed by the processor's counter"
                                          : ", calls are timed by the clock: no constant counter"),
          !slow};
}

// Not needed: who has them knows what for.
Finding huge_pages() {
  std::string modes;
  std::getline(std::ifstream("/sys/kernel/mm/transparent_hugepage/enabled"), modes);
  const auto begin = modes.find('[');
  const auto end = modes.find(']');
  const bool told = begin != modes.npos && end != modes.npos;
  return {"huge pages",
          "transparent: " + (told ? modes.substr(begin + 1, end - begin - 1) : "none") +
              ", reserved: " + kernel_word("/proc/sys/vm/nr_hugepages"),
          true};
}

Finding isolated_cores() {
  const auto cores = kernel_word("/sys/devices/system/cpu/isolated");
  return {
      "isolated cores",
      (cores.empty() ? "none" : cores) + " of " + std::to_string(::sysconf(_SC_NPROCESSORS_ONLN)),
      true};
}

#if !defined(WRIT_SANITIZED)  // a sandbox has no room for a sanitizer in the plugins beside it
Finding sandbox_guards() {
  const auto folder = own_plugins();
  if (!folder) return {"sandbox", "no folder of plugins beside the program", false};
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(*folder, error)) {
    if (entry.path().extension() != ".so") continue;
    const auto guards = sandbox::guards_here(sandbox_options(), entry.path());
    if (!guards) return {"sandbox", to_string(guards.error()), false};
    return {"sandbox",
            guards->held + (guards->missing.empty() ? "" : "; missing: " + guards->missing),
            guards->missing.empty()};
  }
  return {"sandbox", "no plugin to start one with", false};
}
#endif

Finding plugins() {
  const auto folder = own_plugins();
  if (!folder) return {"plugins", "no folder of plugins beside the program", false};
  try {
    const TemporaryFolder copies;
    const auto catalogue = describe_folders({*folder}, copies.path());
    std::string text = std::to_string(catalogue.modules().size()) + " in " + folder->string();
    for (const auto& refusal : catalogue.refusals()) text += "; refused: " + refusal.reason;
    return {"plugins", text, catalogue.refusals().empty() && !catalogue.modules().empty()};
  } catch (const std::exception& error) {
    return {"plugins", error.what(), false};
  }
}

}  // namespace

std::vector<Finding> examine_machine(const fs::path& folder) {
  // The folder itself may not be there yet.
  fs::path present = fs::absolute(folder);
  std::error_code error;
  while (!fs::is_directory(present, error) && present.has_relative_path()) {
    present = present.parent_path();
  }
  const Probe probe = open_probe(present);
  return {
    disk_space(present), preallocation(probe), sync_latency(probe), clock_state(), clock_cost(),
        clock_source(), processor(), isolated_cores(), huge_pages(),
#if !defined(WRIT_SANITIZED)
        sandbox_guards(),
#endif
        plugins()
  };
}

}  // namespace writ::cli
