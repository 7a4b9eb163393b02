#include "host/base/error.hpp"

#include "host/base/result.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <type_traits>

namespace writ::base {
namespace {

static_assert(std::is_trivially_copyable_v<Error>);

Result<int> half_of(int n) {
  if (n % 2 != 0) return Error(Errc::kInvalid, "halve", n);
  return n / 2;
}

TEST(Result, HoldsAValueOrAnError) {
  const auto good = half_of(6);
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 3);
  const auto bad = half_of(7);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code(), Errc::kInvalid);
  EXPECT_EQ(bad.error().detail(), 7);
  EXPECT_EQ(to_string(bad.error()), "halve: invalid (7)");
}

TEST(Result, ValueThrowsTheErrorWhenThereIsNone) {
  try {
    static_cast<void>(half_of(7).value());
    FAIL() << "no exception";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.error().code(), Errc::kInvalid);
    EXPECT_STREQ(failure.what(), "halve: invalid (7)");
  }
}

TEST(Error, KeepsWhatTheSystemSaid) {
  const Error full = error_from_errno(ENOSPC, "append");
  EXPECT_EQ(full.code(), Errc::kDiskFull);
  EXPECT_EQ(full.detail(), ENOSPC);
  EXPECT_EQ(to_string(full), "append: No space left on device");
  EXPECT_EQ(error_from_errno(ENOENT, "").code(), Errc::kNotFound);
  EXPECT_EQ(error_from_errno(EACCES, "").code(), Errc::kDenied);
  EXPECT_EQ(error_from_errno(EEXIST, "").code(), Errc::kExists);
  EXPECT_EQ(error_from_errno(EIO, "").code(), Errc::kIo);
}

TEST(Error, SpellsAStepWithoutDetail) {
  EXPECT_EQ(to_string(Error(Errc::kTimeout, "connect")), "connect: time-out");
  EXPECT_EQ(to_string(Error()), "no error");
}

}  // namespace
}  // namespace writ::base
