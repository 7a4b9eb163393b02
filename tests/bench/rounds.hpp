#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace writ::bench {

/// One side of a comparison, once: prepares what it needs, then `timed` what is measured.
using Side = std::function<double()>;

/// Real time of `work`, which returns how many operations it did: ns an operation.
[[nodiscard]] double timed(const std::function<std::uint64_t()>& work);

/// What is measured beside what.
struct Comparison {
  std::string name;  ///< what one operation is
  Side ours;
  std::string limit_name;
  Side limit;                    ///< the least that does the same work
  std::optional<double> target;  ///< ratio to stay at or below; nothing = context only
};

/// Runs both sides by turns on one core, at least `rounds` times after one round to warm up, and
/// prints a line: median ns an operation of both, the median of the rounds' ratios, its spread, and
/// whether the target is reached. The same as a JSON line to the file named by WRIT_BENCH_JSON, if
/// that is set.
void compare(const Comparison& comparison, int rounds = 7);

/// Heading of the table, once a program.
void print_heading(const std::string& program);

}  // namespace writ::bench
