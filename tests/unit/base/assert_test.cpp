#include "host/base/assert.hpp"

#include <gtest/gtest.h>

namespace writ::base {
namespace {

TEST(AssertDeathTest, NamesTheConditionAndThePlaceInEveryBuild) {
  const int zero = 0;
  EXPECT_DEATH(WRIT_ASSERT(zero == 1), "assert_test.cpp:[0-9]+: assertion failed: zero == 1");
}

TEST(Assert, EvaluatesItsConditionOnce) {
  int count = 0;
  WRIT_ASSERT(++count == 1);
  EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace writ::base
