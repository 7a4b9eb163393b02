#pragma once

#include "host/base/random.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace writ::research {

enum class BootstrapMethod : std::uint8_t {
  kSimple,      ///< independent draws with replacement
  kJitterBlock  ///< blocks around the circle of returns, their lengths varied: hadj_bb
};

/// Where the length of a block comes from.
enum class BlockLength : std::uint8_t {
  kPolitisWhite,    ///< the best for a circular bootstrap, Patton's correction of 2009
  kAutocorrelation  ///< where the autocorrelation has faded
};

struct BootstrapOptions {
  BootstrapMethod method = BootstrapMethod::kJitterBlock;
  BlockLength block_length = BlockLength::kPolitisWhite;
  std::uint32_t trials = 1'000;
  std::uint32_t jitter = 1;  ///< a block is longer or shorter by up to this
  std::uint64_t seed = 0;
  double confidence = 0.95;
  double periods_per_year = 365;
  unsigned threads = 1;
};

struct Interval {
  double low = 0;
  double high = 0;
};

/// What resampled returns say of Sharpe ratio and yearly growth.
struct BootstrapResult {
  BootstrapMethod method = BootstrapMethod::kSimple;  ///< that was used
  bool fallback = false;                              ///< simple, since blocks make no sense
  std::optional<std::uint32_t> block_length;          ///< nothing for simple, as the jitter
  std::optional<std::uint32_t> jitter;
  Interval sharpe;
  Interval growth;
  double sharpe_mean = 0;
  double sharpe_deviation = 0;
};

/// The same result for any number of threads: trial t draws from a random sequence of its own, so
/// that more trials change none of the earlier ones. Blocks are given up for short returns (fewer
/// than 8, or than 5 blocks), for blocks below 2, and for returns that do not vary or hardly depend
/// on each other. Needs returns and trials.
/// Source: Politis, Romano (1992), circular block bootstrap; jitter is ours.
[[nodiscard]] BootstrapResult bootstrap(std::span<const double> returns,
                                        const BootstrapOptions& options);

/// The places that trial draws, as many as there are returns. `block_length` 0: independent draws.
void draw_places(std::uint64_t seed, std::uint64_t trial, std::uint32_t block_length,
                 std::uint32_t jitter, std::span<std::uint32_t> places);

/// The best block length for a circular bootstrap, not rounded. Needs 8 values that vary.
/// Source: Politis, White (2004), corrected by Patton, Politis, White (2009).
[[nodiscard]] double politis_white_length(std::span<const double> values);

/// The least lag from which two autocorrelations in a row are below 0.1, of 50 and a quarter of the
/// values at most; where there is none the first that is, else the last that was looked at.
[[nodiscard]] std::size_t faded_lag(std::span<const double> values);

}  // namespace writ::research
