#include "host/plugin/intent_budget.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace writ::plugin {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(IntentBudget, AllowsSoManyInAnySecond) {
  IntentBudget budget(2);
  EXPECT_TRUE(budget.take(0));
  EXPECT_TRUE(budget.take(900'000'000));
  EXPECT_FALSE(budget.take(kSecond - 1));
  EXPECT_TRUE(budget.exceeded());
  EXPECT_TRUE(budget.take(kSecond)) << "the first is a second ago";
  EXPECT_FALSE(budget.exceeded());
  EXPECT_FALSE(budget.take(1'899'999'999));
  EXPECT_TRUE(budget.take(1'900'000'000));
}

TEST(IntentBudget, WithoutANumberAllowsAll) {
  IntentBudget budget;
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(budget.take(0));
}

TEST(IntentBudget, OfASuccessorCountsWhatWasTakenBefore) {
  IntentBudget before(2);
  EXPECT_TRUE(before.take(5));
  EXPECT_TRUE(before.take(6));
  EXPECT_FALSE(before.take(7));
  IntentBudget after(3);
  after.continue_from(before);
  EXPECT_FALSE(after.exceeded()) << "what the other did too much";
  EXPECT_TRUE(after.take(8));
  EXPECT_FALSE(after.take(9));
}

TEST(IntentBudget, GoesOnWhereItWasSaved) {
  IntentBudget budget(2);
  EXPECT_TRUE(budget.take(5));
  EXPECT_TRUE(budget.take(6));
  base::ByteWriter out;
  budget.save(out);
  const auto bytes = out.take();
  IntentBudget restored(2);
  base::ByteReader in{bytes};
  ASSERT_TRUE(restored.load(in));
  EXPECT_FALSE(restored.take(kSecond + 4));
  EXPECT_TRUE(restored.take(kSecond + 5));
}

}  // namespace
}  // namespace writ::plugin
