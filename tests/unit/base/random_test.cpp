#include "host/base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>

namespace writ::base {
namespace {

TEST(Philox, GivesThePublishedWords) {
  EXPECT_EQ(philox4x64_10({0, 0, 0, 0}, {0, 0})[0], 0x16554d9eca36314cU);
  // The 10000th value of C++26 std::philox4x64.
  EXPECT_EQ(philox4x64_10({2499, 0, 0, 0}, {20111115, 0})[3], 3409172418970261260U);
}

TEST(RandomStream, IsNamedBySeedPurposeAndTrial) {
  RandomStream first(123456789, "bootstrap");
  RandomStream again(123456789, "bootstrap", 0);
  RandomStream other_trial(123456789, "bootstrap", 1);
  RandomStream other_purpose(123456789, "permutation");
  RandomStream other_seed(123456788, "bootstrap");
  const auto word = first.next_u64();
  EXPECT_EQ(word, 15852905121895940444U);
  EXPECT_EQ(again.next_u64(), word);
  EXPECT_NE(other_trial.next_u64(), word);
  EXPECT_NE(other_purpose.next_u64(), word);
  EXPECT_NE(other_seed.next_u64(), word);
}

TEST(RandomStream, BelowReachesEveryResultEvenly) {
  RandomStream random(5, "below");
  std::array<int, 7> counts{};
  constexpr int kDraws = 70'000;
  for (int i = 0; i < kDraws; ++i) ++counts.at(random.below(7));
  for (const int count : counts) {
    // Six standard deviations of a binomial with p = 1/7.
    EXPECT_NEAR(count, kDraws / 7, 560);
  }
}

TEST(RandomStream, BelowRejectsTheFavouredWords) {
  // With n = 2^63 + 1 nearly half of all words are rejected; a result stays below n.
  constexpr std::uint64_t kN = (std::uint64_t{1} << 63U) + 1;
  RandomStream random(6, "below");
  RandomStream words(6, "below");
  int drawn = 0;
  for (int i = 0; i < 1'000; ++i) ASSERT_LT(random.below(kN), kN);
  const auto next = random.next_u64();
  while (words.next_u64() != next) ASSERT_LT(++drawn, 10'000);
  EXPECT_GT(drawn, 1'800);
  EXPECT_LT(drawn, 2'200);
}

TEST(RandomStream, FloatsStayBelowOne) {
  RandomStream random(7, "f64");
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double value = random.next_f64();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value;
  }
  EXPECT_NEAR(sum / 10'000, 0.5, 0.02);
}

TEST(RandomStreamDeathTest, BelowZeroIsABug) {
  RandomStream random(1, "x");
  EXPECT_DEATH(static_cast<void>(random.below(0)), "n > 0");
}

}  // namespace
}  // namespace writ::base
