// The main of every test executable.
//
// GoogleTest calls an executable that ran no case, or skipped them all, a success. Here the first
// is a failure and the second ends with the status that ctest reports as "skipped".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

namespace {
constexpr int kSkipped = 77;  // SKIP_RETURN_CODE of writ_test
}

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  const int status = RUN_ALL_TESTS();
  if (testing::GTEST_FLAG(list_tests)) return status;

  const testing::UnitTest& unit = *testing::UnitTest::GetInstance();
  const int skipped = unit.skipped_test_count();
  if (skipped > 0) std::printf("%d of %d cases skipped\n", skipped, unit.test_to_run_count());
  if (status != 0) return status;
  if (unit.test_to_run_count() == 0) {
    std::fprintf(stderr, "no case ran: a test that checks nothing is a failure\n");
    return 1;
  }
  return skipped == unit.test_to_run_count() ? kSkipped : 0;
}
