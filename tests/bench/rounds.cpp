#include "tests/bench/rounds.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace writ::bench {
namespace {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// Keeps this thread on the core it is on while it is measured; threads it made before go where they
/// like.
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

void write_json(const Comparison& comparison, double ours, double limit, double ratio, double least,
                double most, bool reached) {
  const char* path = std::getenv("WRIT_BENCH_JSON");
  if (path == nullptr) return;
  std::FILE* file = std::fopen(path, "a");
  if (file == nullptr) {
    std::perror(path);
    std::exit(1);
  }
  std::fprintf(file,
               R"({"name":"%s","limit":"%s","ns":%.2f,"limit_ns":%.2f,"ratio":%.3f,)"
               R"("ratio_min":%.3f,"ratio_max":%.3f,"target":%s,"reached":%s})"
               "\n",
               comparison.name.c_str(), comparison.limit_name.c_str(), ours, limit, ratio, least,
               most, comparison.target ? std::to_string(*comparison.target).c_str() : "null",
               comparison.target ? (reached ? "true" : "false") : "null");
  std::fclose(file);
}

}  // namespace

double timed(const std::function<std::uint64_t()>& work) {
  const OneCore pinned;
  const auto begun = std::chrono::steady_clock::now();
  const auto operations = work();
  const auto passed = std::chrono::steady_clock::now() - begun;
  return static_cast<double>(std::chrono::nanoseconds(passed).count()) /
         static_cast<double>(operations);
}

void print_heading(const std::string& program) {
  std::printf("%s\n%-44s %10s  %-34s %10s %8s %15s  %s\n", program.c_str(), "operation", "ns",
              "limit", "ns", "ratio", "min..max", "target");
}

void compare(const Comparison& comparison, int rounds) {
  std::vector<double> ours;
  std::vector<double> limit;
  std::vector<double> ratios;
  for (int round = -1; round < rounds; ++round) {
    const double a = comparison.ours();
    const double b = comparison.limit();
    if (round < 0) continue;  // caches, pages and frequency settle
    ours.push_back(a);
    limit.push_back(b);
    ratios.push_back(a / b);
  }
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  const double ratio = median(ratios);
  const bool reached = comparison.target && ratio <= *comparison.target;
  char target[32] = "-";
  if (comparison.target) {
    std::snprintf(target, sizeof target, "<= %.2f %s", *comparison.target,
                  reached ? "reached" : "MISSED");
  }
  std::printf("%-44s %10.2f  %-34s %10.2f %8.2f %6.2f..%-7.2f  %s\n", comparison.name.c_str(),
              median(ours), comparison.limit_name.c_str(), median(limit), ratio, *least, *most,
              target);
  std::fflush(stdout);
  write_json(comparison, median(ours), median(limit), ratio, *least, *most, reached);
}

}  // namespace writ::bench
