#include "host/research/bootstrap.hpp"

#include "tests/support/related_returns.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

namespace writ::research {
namespace {

std::vector<double> numbers(const boost::json::value& list) {
  std::vector<double> result;
  for (const auto& item : list.as_array()) result.push_back(item.to_number<double>());
  return result;
}

// The series that other cases of the file refer to.
std::vector<double> returns_of(const test::VectorCase& one) {
  if (const auto* own = one.inputs.if_contains("returns")) return numbers(*own);
  const auto named = test::text_of(one.inputs, "returns_ref");
  for (const auto& other : test::load_vectors(*test::data_folder(), "12_research")) {
    if (other.name == named) return numbers(test::member(other.inputs, "returns"));
  }
  ADD_FAILURE() << "no case " << named;
  return {};
}

void expect_interval(const Interval& got, const boost::json::value& wanted, double tolerance) {
  const auto bounds = numbers(wanted);
  EXPECT_TRUE(test::nearly_equal(got.low, bounds.at(0), tolerance)) << got.low;
  EXPECT_TRUE(test::nearly_equal(got.high, bounds.at(1), tolerance)) << got.high;
}

void check_bootstrap(const test::VectorCase& one, BootstrapMethod method) {
  const auto returns = returns_of(one);
  BootstrapOptions options;
  options.method = method;
  options.block_length = test::text_of(one.inputs, "block") == "pw" ? BlockLength::kPolitisWhite
                                                                    : BlockLength::kAutocorrelation;
  options.trials = static_cast<std::uint32_t>(test::integer_of(one.inputs, "B"));
  options.jitter = static_cast<std::uint32_t>(test::integer_of(one.inputs, "jitter"));
  options.seed = static_cast<std::uint64_t>(test::integer_of(one.inputs, "seed"));
  options.confidence = test::float_of(one.inputs, "ci");
  options.periods_per_year = test::float_of(one.inputs, "periods_per_year");
  options.threads = 2;
  const auto got = bootstrap(returns, options);

  const auto& wanted = one.expected;
  EXPECT_EQ(got.method == BootstrapMethod::kSimple ? "simple" : "hadj_bb",
            test::text_of(wanted, "bootstrap_method"));
  EXPECT_EQ(got.fallback ? 1 : 0, test::integer_of(wanted, "bootstrap_fallback"));
  EXPECT_EQ(!got.block_length, test::is_null(wanted, "bootstrap_block_length"));
  EXPECT_EQ(!got.jitter, test::is_null(wanted, "bootstrap_jitter"));
  if (got.block_length) {
    EXPECT_EQ(*got.block_length, test::integer_of(wanted, "bootstrap_block_length"));
    EXPECT_EQ(*got.jitter, test::integer_of(wanted, "bootstrap_jitter"));
  }
  std::vector<std::uint32_t> places(returns.size());
  draw_places(options.seed, 0, got.block_length.value_or(0), options.jitter, places);
  const auto first = numbers(test::member(wanted, "first_16_indices_trial0"));
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(places.at(i), first[i]) << i;
  expect_interval(got.sharpe, test::member(wanted, "sharpe_ci"), one.tolerance);
  expect_interval(got.growth, test::member(wanted, "cagr_ci"), one.tolerance);
  EXPECT_TRUE(
      test::nearly_equal(got.sharpe_mean, test::float_of(wanted, "sharpe_mean"), one.tolerance))
      << got.sharpe_mean;
  EXPECT_TRUE(
      test::nearly_equal(got.sharpe_deviation, test::float_of(wanted, "sharpe_std"), one.tolerance))
      << got.sharpe_deviation;
}

TEST(Bootstrap, ReachesTheVectors) {
  const auto simple = [](const auto& one) { check_bootstrap(one, BootstrapMethod::kSimple); };
  const auto blocks = [](const auto& one) { check_bootstrap(one, BootstrapMethod::kJitterBlock); };
  test::run_vectors("12_research",
                    {{"bootstrap_simple_pw", simple},
                     {"bootstrap_hadj_bb_pw", blocks},
                     {"bootstrap_hadj_bb_acf", blocks},
                     {"bootstrap_fallback_short", blocks},
                     {"bootstrap_fallback_flat", blocks}},
                    test::VectorCoverage::kNamed);
}

TEST(BlockLengths, ReachTheVectors) {
  test::run_vectors("12_research",
                    {{"politis_white",
                      [](const auto& one) {
                        const auto wanted = test::float_of(one.expected, "b_cb");
                        EXPECT_TRUE(test::nearly_equal(politis_white_length(returns_of(one)),
                                                       wanted, one.tolerance));
                      }},
                     {"hadj_acf_block",
                      [](const auto& one) {
                        EXPECT_EQ(faded_lag(returns_of(one)),
                                  static_cast<std::size_t>(test::integer_of(one.expected, "k")));
                      }}},
                    test::VectorCoverage::kNamed);
}

TEST(Bootstrap, DrawsWhatTheDefinitionSays) {
  std::array<std::uint32_t, 240> places{};
  draw_places(123456789, 0, 0, 1, places);
  const std::array<std::uint32_t, 8> independent = {206, 69, 176, 145, 2, 217, 189, 214};
  EXPECT_TRUE(std::equal(independent.begin(), independent.end(), places.begin()));
  draw_places(123456789, 0, 4, 1, places);
  const std::array<std::uint32_t, 8> blocks = {206, 207, 208, 176, 177, 178, 179, 2};
  EXPECT_TRUE(std::equal(blocks.begin(), blocks.end(), places.begin()));
}

TEST(Bootstrap, IsTheSameOnAnyNumberOfThreads) {
  const auto returns = test::related_returns(500);
  BootstrapOptions options;
  options.trials = 1'003;
  const auto one = bootstrap(returns, options);
  EXPECT_FALSE(one.fallback);
  for (const unsigned threads : {2U, 3U, 8U}) {
    options.threads = threads;
    const auto many = bootstrap(returns, options);
    EXPECT_EQ(many.sharpe.low, one.sharpe.low);
    EXPECT_EQ(many.sharpe.high, one.sharpe.high);
    EXPECT_EQ(many.growth.low, one.growth.low);
    EXPECT_EQ(many.sharpe_mean, one.sharpe_mean);
    EXPECT_EQ(many.sharpe_deviation, one.sharpe_deviation);
  }
}

TEST(Bootstrap, MoreTrialsChangeNoEarlierOne) {
  std::vector<std::uint32_t> few(100);
  std::vector<std::uint32_t> again(100);
  draw_places(9, 17, 3, 1, few);
  draw_places(9, 17, 3, 1, again);
  EXPECT_EQ(few, again);
  draw_places(9, 18, 3, 1, again);
  EXPECT_NE(few, again);
}

TEST(Bootstrap, BlocksGoRoundTheCircleAndNeverBelowTwo) {
  std::vector<std::uint32_t> places(50);
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    draw_places(1, trial, 2, 2, places);  // lengths 0 to 4 without the floor
    std::size_t run = 1;
    for (std::size_t i = 1; i < places.size(); ++i) {
      ASSERT_LT(places[i], places.size());
      if (places[i] == (places[i - 1] + 1) % places.size()) {
        ++run;
      } else {
        ASSERT_GE(run, 2U) << "trial " << trial << ", place " << i;
        run = 1;
      }
    }
  }
}

TEST(Bootstrap, WithoutDependenceOrLengthItIsSimple) {
  BootstrapOptions options;
  options.trials = 10;
  for (const auto& returns : {std::vector<double>(40, 0.001), std::vector<double>{0.1, -0.1, 0.2},
                              std::vector<double>{0.5}}) {
    const auto result = bootstrap(returns, options);
    EXPECT_TRUE(result.fallback);
    EXPECT_EQ(result.method, BootstrapMethod::kSimple);
    EXPECT_FALSE(result.block_length);
  }
}

}  // namespace
}  // namespace writ::research
