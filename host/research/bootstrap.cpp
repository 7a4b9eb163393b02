#include "host/research/bootstrap.hpp"

#include "host/base/assert.hpp"
#include "host/research/parallel.hpp"
#include "host/research/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace writ::research {
namespace {

constexpr std::size_t kReturnsMin = 8;
constexpr std::size_t kBlocksMin = 5;
constexpr double kDependenceMin = 0.05;
constexpr double kFaded = 0.1;
constexpr std::size_t kLagMax = 50;
// Trials that a thread takes at a time.
constexpr std::size_t kTrialsAtOnce = 32;

/// Sums of products of what lies `lag` apart, of values less their mean.
class LaggedProducts {
 public:
  explicit LaggedProducts(std::span<const double> values) : values_(values.begin(), values.end()) {
    const double mean =
        std::accumulate(values_.begin(), values_.end(), 0.0) / static_cast<double>(values_.size());
    for (double& value : values_) value -= mean;
  }
  [[nodiscard]] double at(std::size_t lag) const {
    double sum = 0;
    for (std::size_t i = lag; i < values_.size(); ++i) sum += values_[i] * values_[i - lag];
    return sum;
  }
  /// |at(lag)|, relative to what is left of the values at either end one lag further.
  [[nodiscard]] double relative(std::size_t lag) const {
    if (lag + 1 >= values_.size()) return std::numeric_limits<double>::infinity();
    double late = 0;
    double early = 0;
    for (std::size_t i = lag + 1; i < values_.size(); ++i) {
      late += values_[i] * values_[i];
      early += values_[i - lag - 1] * values_[i - lag - 1];
    }
    return std::abs(at(lag)) / std::sqrt(late * early);
  }

 private:
  std::vector<double> values_;
};

// The least lag followed by `run` lags, itself among them, without significant correlation.
std::optional<std::size_t> insignificant_from(const LaggedProducts& products, std::size_t count,
                                              std::size_t run, std::size_t lag_max) {
  const auto n = static_cast<double>(count);
  const double critical = 2 * std::sqrt(std::log10(n) / n);
  std::size_t in_a_row = 0;
  for (std::size_t lag = 0; lag < lag_max; ++lag) {
    in_a_row = products.relative(lag) < critical ? in_a_row + 1 : 0;
    if (in_a_row == run) return lag + 1 - run;
  }
  return std::nullopt;
}

/// 0: blocks make no sense.
std::uint32_t block_length_for(std::span<const double> returns, BlockLength wanted) {
  const auto [least, most] = std::minmax_element(returns.begin(), returns.end());
  if (returns.size() < kReturnsMin || *least == *most) return 0;
  const std::size_t length =
      wanted == BlockLength::kPolitisWhite
          ? static_cast<std::size_t>(std::ceil(politis_white_length(returns)))
          : faded_lag(returns);
  if (length < 2 || returns.size() < kBlocksMin * length) return 0;
  const auto correlations = autocorrelation(returns, length);
  double dependence = 0;
  for (std::size_t lag = 1; lag <= length; ++lag) dependence += std::abs(correlations[lag]);
  if (dependence / static_cast<double>(length) < kDependenceMin) return 0;
  return static_cast<std::uint32_t>(length);
}

Interval interval_of(std::vector<double> values, double confidence) {
  std::sort(values.begin(), values.end());
  return {quantile(values, (1 - confidence) / 2), quantile(values, (1 + confidence) / 2)};
}

}  // namespace

double politis_white_length(std::span<const double> values) {
  WRIT_ASSERT(values.size() >= kReturnsMin);
  const auto n = static_cast<double>(values.size());
  const LaggedProducts products(values);
  const auto run = static_cast<std::size_t>(std::max(5.0, std::floor(std::log10(n))));
  const auto lag_max = static_cast<std::size_t>(std::ceil(std::sqrt(n))) + run;
  const auto first = insignificant_from(products, values.size(), run, lag_max);
  const std::size_t window =
      first ? std::min(2 * std::max<std::size_t>(*first, 1), lag_max) : lag_max;

  double slope = 0;
  double spectrum = products.at(0) / n;
  for (std::size_t lag = 1; lag <= window; ++lag) {
    const double share = static_cast<double>(lag) / static_cast<double>(window);
    const double weight = std::min(1.0, 2 * (1 - share));  // a trapezium with a flat top
    const double covariance = products.at(lag) / n;
    slope += 2 * weight * static_cast<double>(lag) * covariance;
    spectrum += 2 * weight * covariance;
  }
  const double variance = 4.0 / 3.0 * spectrum * spectrum;
  const double best = std::cbrt(2 * slope * slope / variance) * std::cbrt(n);
  return std::min(best, std::ceil(std::min(3 * std::sqrt(n), n / 3)));
}

std::size_t faded_lag(std::span<const double> values) {
  const std::size_t lag_max = std::min(kLagMax, values.size() / 4);
  const auto correlations = autocorrelation(values, lag_max);
  std::size_t dip = lag_max;
  for (std::size_t lag = lag_max; lag >= 1; --lag) {
    if (correlations[lag] < kFaded) dip = lag;
  }
  for (std::size_t lag = 1; lag < lag_max; ++lag) {
    if (correlations[lag] < kFaded && correlations[lag + 1] < kFaded) return lag;
  }
  return dip;
}

void draw_places(std::uint64_t seed, std::uint64_t trial, std::uint32_t block_length,
                 std::uint32_t jitter, std::span<std::uint32_t> places) {
  static const std::uint64_t kPurpose = base::stream_purpose("bootstrap");
  base::RandomStream random(seed, kPurpose, trial);
  const std::uint64_t n = places.size();
  if (block_length == 0) {
    for (auto& place : places) place = static_cast<std::uint32_t>(random.below(n));
    return;
  }
  for (std::size_t filled = 0; filled < n;) {
    std::uint64_t place = random.below(n);
    const auto varied = static_cast<std::int64_t>(block_length + random.below(2 * jitter + 1)) -
                        static_cast<std::int64_t>(jitter);
    const auto length = std::clamp<std::int64_t>(varied, 2, static_cast<std::int64_t>(n));
    for (std::int64_t i = 0; i < length && filled < n; ++i) {
      places[filled++] = static_cast<std::uint32_t>(place);
      if (++place == n) place = 0;
    }
  }
}

BootstrapResult bootstrap(std::span<const double> returns, const BootstrapOptions& options) {
  WRIT_ASSERT(!returns.empty() && options.trials > 0);
  BootstrapResult result;
  std::uint32_t block_length = 0;
  if (options.method == BootstrapMethod::kJitterBlock) {
    block_length = block_length_for(returns, options.block_length);
    result.fallback = block_length == 0;
  }
  if (block_length != 0) {
    result.method = BootstrapMethod::kJitterBlock;
    result.block_length = block_length;
    result.jitter = options.jitter;
  }

  std::vector<double> sharpes(options.trials);
  std::vector<double> growths(options.trials);
  const std::size_t parts = (options.trials + kTrialsAtOnce - 1) / kTrialsAtOnce;
  for_each_index(parts, options.threads, [&](std::size_t part) {
    std::vector<std::uint32_t> places(returns.size());
    std::vector<double> sample(returns.size());
    const std::size_t end = std::min<std::size_t>((part + 1) * kTrialsAtOnce, options.trials);
    for (std::size_t trial = part * kTrialsAtOnce; trial < end; ++trial) {
      draw_places(options.seed, trial, block_length, options.jitter, places);
      for (std::size_t i = 0; i < places.size(); ++i) sample[i] = returns[places[i]];
      sharpes[trial] = sharpe_ratio(sample, options.periods_per_year);
      growths[trial] = annual_growth(sample, options.periods_per_year);
    }
  });

  const auto count = static_cast<double>(options.trials);
  result.sharpe_mean = std::accumulate(sharpes.begin(), sharpes.end(), 0.0) / count;
  double squares = 0;
  for (const double sharpe : sharpes) {
    squares += (sharpe - result.sharpe_mean) * (sharpe - result.sharpe_mean);
  }
  result.sharpe_deviation = options.trials < 2 ? 0 : std::sqrt(squares / (count - 1));
  result.sharpe = interval_of(std::move(sharpes), options.confidence);
  result.growth = interval_of(std::move(growths), options.confidence);
  return result;
}

}  // namespace writ::research
