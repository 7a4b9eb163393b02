#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace writ::bench {

/// One side of a comparison, once: prepares what it needs, then `timed` what is measured.
using Side = std::function<double()>;

/// ns by the clock that measures: the real one, or with WRIT_BENCH_CLOCK=thread the processor time
/// of the calling thread, which other work on a shared machine does not enter (nor does waiting).
[[nodiscard]] std::int64_t clock_ns();
/// What reading it twice shows by itself.
[[nodiscard]] double clock_cost_ns();

/// Time of `work`, which returns how many operations it did: ns an operation. On one core.
[[nodiscard]] double timed(const std::function<std::uint64_t()>& work);

/// What is measured beside what.
struct Comparison {
  std::string goal;  ///< of performance.md ("G6"), or the page the target is from ("ABI")
  std::string name;  ///< what one operation is
  Side ours;
  std::string limit_name;
  Side limit;                    ///< the least that does the same work
  std::optional<double> target;  ///< ratio to stay at or below; nothing = context only
};

/// Runs both sides by turns on one core, `rounds` times after one round to warm up, and prints a
/// row.
void compare(const Comparison& comparison, int rounds = 7);

/// A row whose figures the program took itself: ns of both sides, round by round.
struct Row {
  std::string goal;
  std::string name;
  std::string limit_name;
  std::optional<double> target;
  std::vector<double> ours = {};
  std::vector<double> limit = {};
  std::string unit = "ns";  ///< of both sides
};

/// Prints a line: the median of both sides, the median of the rounds' ratios with its spread, and
/// whether the target is reached. The same as a JSON line to the file named by WRIT_BENCH_JSON, if
/// that is set.
void print(const Row& row);

/// What a timed run did, so that speed cannot be bought with skipped work: counts and hashes, as
/// text. Printed below the row of the same name, and a JSON line like it.
void print_proof(const std::string& name, const std::string& proof);

/// Heading of the table, once a program.
void print_heading(const std::string& program);

/// The value below which `fraction` of the samples lie.
[[nodiscard]] double percentile(std::vector<double> samples, double fraction);

/// Where benchmarks write files: WRIT_BENCH_DIR, else the system's folder for temporary files.
[[nodiscard]] std::string scratch_folder(const std::string& name);

}  // namespace writ::bench
