#include "tests/bench/rounds.hpp"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace writ::bench {
namespace {

/// Keeps this thread on the core it is on while it is measured; threads it made before go where
/// they like.
class OneCore {
 public:
  OneCore() {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
  }
  ~OneCore() { sched_setaffinity(0, sizeof before_, &before_); }
  OneCore(const OneCore&) = delete;
  OneCore& operator=(const OneCore&) = delete;

 private:
  cpu_set_t before_{};
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// Adds one line to the file of results, if there is one.
template <class... Values>
void write_line(const char* format, Values... values) {
  const char* path = std::getenv("WRIT_BENCH_JSON");
  if (path == nullptr) return;
  std::FILE* file = std::fopen(path, "a");
  if (file == nullptr) {
    std::perror(path);
    std::exit(1);
  }
  std::fprintf(file, format, values...);
  std::fclose(file);
}

std::string program_name = "bench";

}  // namespace

std::int64_t clock_ns() {
  static const clockid_t kClock = [] {
    const char* wanted = std::getenv("WRIT_BENCH_CLOCK");
    const bool thread = wanted != nullptr && std::strcmp(wanted, "thread") == 0;
    return thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
  }();
  timespec now{};
  clock_gettime(kClock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

double clock_cost_ns() {
  std::vector<double> samples;
  for (int i = 0; i < 2'001; ++i) {
    const auto from = clock_ns();
    samples.push_back(static_cast<double>(clock_ns() - from));
  }
  return median(samples);
}

double timed(const std::function<std::uint64_t()>& work) {
  const OneCore pinned;
  const auto begun = clock_ns();
  const auto operations = work();
  return static_cast<double>(clock_ns() - begun) / static_cast<double>(operations);
}

void print_heading(const std::string& program) {
  program_name = program;
  double load[1] = {0};
  (void)getloadavg(load, 1);
  const char* clock = std::getenv("WRIT_BENCH_CLOCK");
  write_line(R"({"program":"%s","load":%.2f,"clock":"%s"})"
             "\n",
             program.c_str(), load[0], clock != nullptr ? clock : "real");
  std::printf("%s\n%-4s %-46s %11s  %-36s %11s %7s %16s  %s\n", program.c_str(), "", "operation",
              "here", "limit", "there", "ratio", "min..max", "target");
}

void print(const Row& row) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < row.ours.size(); ++i) ratios.push_back(row.ours[i] / row.limit[i]);
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  const double ours = median(row.ours);
  const double limit = median(row.limit);
  const double ratio = median(ratios);
  const bool reached = row.target && ratio <= *row.target;
  char target[32] = "-";
  if (row.target) {
    std::snprintf(target, sizeof target, "<= %.2f %s", *row.target, reached ? "reached" : "MISSED");
  }
  std::printf("%-4s %-46s %11.2f  %-36s %11.2f %7.2f %7.2f..%-7.2f  %s%s\n", row.goal.c_str(),
              row.name.c_str(), ours, row.limit_name.c_str(), limit, ratio, *least, *most, target,
              row.unit == "ns" ? "" : (", " + row.unit).c_str());
  std::fflush(stdout);
  write_line(
      R"({"program":"%s","goal":"%s","name":"%s","limit":"%s","unit":"%s","ours":%.3f,"limit_is":%.3f,)"
      R"("ratio":%.4f,"ratio_min":%.4f,"ratio_max":%.4f,"rounds":%zu,"target":%s,"reached":%s})"
      "\n",
      program_name.c_str(), row.goal.c_str(), row.name.c_str(), row.limit_name.c_str(),
      row.unit.c_str(), ours, limit, ratio, *least, *most, ratios.size(),
      row.target ? std::to_string(*row.target).c_str() : "null",
      row.target ? (reached ? "true" : "false") : "null");
}

void print_proof(const std::string& name, const std::string& proof) {
  std::printf("     %s: %s\n", name.c_str(), proof.c_str());
  std::fflush(stdout);
  write_line(R"({"program":"%s","proof_of":"%s","proof":"%s"})"
             "\n",
             program_name.c_str(), name.c_str(), proof.c_str());
}

void compare(const Comparison& comparison, int rounds) {
  Row row{comparison.goal, comparison.name, comparison.limit_name, comparison.target};
  for (int round = -1; round < rounds; ++round) {
    const double ours = comparison.ours();
    const double limit = comparison.limit();
    if (round < 0) continue;  // caches, pages and frequency settle
    row.ours.push_back(ours);
    row.limit.push_back(limit);
  }
  print(row);
}

double percentile(std::vector<double> samples, double fraction) {
  const auto at = static_cast<std::size_t>(
      std::floor(fraction * static_cast<double>(samples.size() - 1) + 0.5));
  std::nth_element(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(at),
                   samples.end());
  return samples[at];
}

std::string scratch_folder(const std::string& name) {
  const char* given = std::getenv("WRIT_BENCH_DIR");
  const std::filesystem::path root =
      given != nullptr ? std::filesystem::path(given) : std::filesystem::temp_directory_path();
  return (root / ("writ-bench-" + name)).string();
}

}  // namespace writ::bench
