#include "host/research/statistics.hpp"

#include "host/base/assert.hpp"

#include <algorithm>
#include <cmath>

namespace writ::research {
namespace {

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

double sharpe_ratio(std::span<const double> returns, double periods_per_year) {
  if (returns.size() < 2) return 0;
  const double mean = mean_of(returns);
  double squares = 0;
  double least = returns.front();
  double most = returns.front();
  for (const double value : returns) {
    squares += (value - mean) * (value - mean);
    least = std::min(least, value);
    most = std::max(most, value);
  }
  const double deviation = std::sqrt(squares / static_cast<double>(returns.size() - 1));
  constexpr double kNoise = 1e-14;
  const double largest = std::max(std::abs(least), std::abs(most));
  if (least == most || deviation <= kNoise * largest) return 0;
  return mean / deviation * std::sqrt(periods_per_year);
}

double annual_growth(std::span<const double> returns, double periods_per_year) {
  if (returns.empty()) return 0;
  double product = 1;
  for (const double value : returns) product *= 1 + value;
  if (product <= 0) return -1;
  return std::pow(product, periods_per_year / static_cast<double>(returns.size())) - 1;
}

double quantile(std::span<const double> sorted, double fraction) {
  WRIT_ASSERT(!sorted.empty() && fraction >= 0 && fraction <= 1);
  const double at = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::vector<double> autocorrelation(std::span<const double> values, std::size_t lag_max) {
  std::vector<double> result(lag_max + 1, 0);
  if (values.empty()) return result;
  const double mean = mean_of(values);
  const auto product = [&](std::size_t lag) {
    double sum = 0;
    for (std::size_t i = lag; i < values.size(); ++i) {
      sum += (values[i] - mean) * (values[i - lag] - mean);
    }
    return sum;
  };
  const double variance = product(0);
  result[0] = 1;
  if (variance <= 0) return result;
  for (std::size_t lag = 1; lag <= lag_max; ++lag) result[lag] = product(lag) / variance;
  return result;
}

}  // namespace writ::research
