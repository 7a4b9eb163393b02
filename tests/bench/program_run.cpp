#include "tests/bench/program_run.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace writ::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLookEvery{5};

[[noreturn]] void fail(const std::vector<std::string>& arguments, const std::string& what) {
  std::string line;
  for (const auto& argument : arguments) line.append(" ").append(argument);
  std::fprintf(stderr, "benchmark:%s: %s\n", line.c_str(), what.c_str());
  std::exit(1);
}

pid_t start(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int refused = posix_spawn(&child, argv.front(), &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (refused != 0) fail(arguments, "cannot be started");
  return child;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void look(pid_t child, ProgramRun& run) {
  std::ifstream status("/proc/" + std::to_string(child) + "/status");
  std::string key;
  while (status >> key) {
    std::uint64_t kib = 0;
    if (key == "RssAnon:" && status >> kib) run.anonymous_kib = std::max(run.anonymous_kib, kib);
    if (key == "VmHWM:" && status >> kib) run.resident_kib = std::max(run.resident_kib, kib);
  }
}

}  // namespace

ProgramRun run_program(const std::vector<std::string>& arguments, bool watched) {
  ProgramRun run;
  const auto begun = Clock::now();
  const pid_t child = start(arguments);
  int status = 0;
  rusage used{};
  while (wait4(child, &status, watched ? WNOHANG : 0, &used) != child) {
    look(child, run);
    std::this_thread::sleep_for(kLookEvery);
  }
  run.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  run.user_seconds = seconds_of(used.ru_utime);
  run.system_seconds = seconds_of(used.ru_stime);
  if (status != 0) fail(arguments, "failed with status " + std::to_string(status));
  return run;
}

std::string host_program() {
  const auto build = std::filesystem::canonical("/proc/self/exe").parent_path().parent_path();
  return (build / "host" / "cli" / "writ").string();
}

}  // namespace writ::bench
