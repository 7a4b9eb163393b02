#include "host/research/statistics.hpp"

#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace writ::research {
namespace {

std::vector<double> returns_of(const test::VectorCase& one) {
  std::vector<double> result;
  for (const auto& item : test::member(one.inputs, "returns").as_array()) {
    result.push_back(item.to_number<double>());
  }
  return result;
}

TEST(Statistics, ReachTheVectors) {
  test::run_vectors(
      "12_research",
      {{"basic_stats",
        [](const auto& one) {
          auto returns = returns_of(one);
          const auto is = [&one](double got, const char* key) {
            EXPECT_TRUE(test::nearly_equal(got, test::float_of(one.expected, key), one.tolerance))
                << key << " " << got;
          };
          is(sharpe_ratio(returns, 365), "sharpe_ann_ddof1");
          is(annual_growth(returns, 365), "cagr");
          std::sort(returns.begin(), returns.end());
          is(quantile(returns, 0.025), "q025");
          is(quantile(returns, 0.975), "q975");
        }},
       {"sharpe_edge",
        [](const auto& one) {
          EXPECT_EQ(sharpe_ratio(returns_of(one), 365), test::float_of(one.expected, "sharpe"));
        }}},
      test::VectorCoverage::kNamed);
}

TEST(SharpeRatio, IsZeroWhereNothingVaries) {
  EXPECT_EQ(sharpe_ratio({}, 365), 0);
  EXPECT_EQ(sharpe_ratio(std::vector<double>{0.02}, 365), 0);
  EXPECT_EQ(sharpe_ratio(std::vector<double>(40, 0.001), 365), 0);
}

TEST(SharpeRatio, IsMeanOverDeviationAYear) {
  // mean 0.02, deviation 0.01 with n - 1
  EXPECT_NEAR(sharpe_ratio(std::vector<double>{0.01, 0.02, 0.03}, 4), 4, 1e-12);
}

TEST(AnnualGrowth, OfRuinIsMinusOne) {
  EXPECT_EQ(annual_growth(std::vector<double>{0.5, -1.0}, 365), -1);
  EXPECT_NEAR(annual_growth(std::vector<double>{0.1, 0.1}, 2), 0.21, 1e-12);
}

TEST(Quantile, LiesBetweenTwoValues) {
  const std::vector<double> values = {1, 2, 4, 8};
  EXPECT_EQ(quantile(values, 0), 1);
  EXPECT_EQ(quantile(values, 1), 8);
  EXPECT_EQ(quantile(values, 0.5), 3);
  EXPECT_NEAR(quantile(values, 0.9), 6.8, 1e-12);
}

TEST(Autocorrelation, OfWhatDoesNotVaryIsNone) {
  const auto flat = autocorrelation(std::vector<double>(10, 3), 2);
  EXPECT_EQ(flat, (std::vector<double>{1, 0, 0}));
  const auto swinging = autocorrelation(std::vector<double>{1, -1, 1, -1}, 1);
  EXPECT_NEAR(swinging[1], -0.75, 1e-12);
}

}  // namespace
}  // namespace writ::research
