#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace writ::research {

/// Mean over standard deviation (n - 1) of returns a bar, times the root of the bars a year. 0 of
/// fewer than two, of equal ones, and where the deviation is rounding noise.
[[nodiscard]] double sharpe_ratio(std::span<const double> returns, double periods_per_year);

/// Growth a year: the product of 1 + r, to the power of bars a year over bars, less 1; -1 if the
/// product is not positive. 0 of none.
[[nodiscard]] double annual_growth(std::span<const double> returns, double periods_per_year);

/// The value below which `fraction` of the values lie, between two of them by straight line (type 7
/// of Hyndman and Fan 1996). Needs one value at least; `sorted` is.
[[nodiscard]] double quantile(std::span<const double> sorted, double fraction);

/// Autocorrelations of lags 0 to `lag_max`; all 0 but the first where the values do not vary.
[[nodiscard]] std::vector<double> autocorrelation(std::span<const double> values,
                                                  std::size_t lag_max);

}  // namespace writ::research
