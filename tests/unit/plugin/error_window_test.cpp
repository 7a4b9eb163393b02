#include "host/plugin/error_window.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace writ::plugin {
namespace {

constexpr std::uint32_t kLimit = 3;
constexpr std::int64_t kWindow = 100;

std::vector<std::byte> saved(const ErrorWindow& errors) {
  base::ByteWriter out;
  errors.save(out);
  return out.take();
}

TEST(ErrorWindow, BearsFewerErrorsThanTheLimit) {
  ErrorWindow errors(kLimit, kWindow);
  EXPECT_FALSE(errors.add(1'000));
  EXPECT_FALSE(errors.add(1'000));
}

TEST(ErrorWindow, TellsTheErrorThatReachesTheLimit) {
  ErrorWindow errors(kLimit, kWindow);
  (void)errors.add(1'000);
  (void)errors.add(1'050);
  EXPECT_TRUE(errors.add(1'099));
}

TEST(ErrorWindow, ForgetsAnErrorAWholeWindowAgo) {
  ErrorWindow errors(kLimit, kWindow);
  (void)errors.add(1'000);
  (void)errors.add(1'050);
  EXPECT_FALSE(errors.add(1'100));
}

TEST(ErrorWindow, SlidesRatherThanBeginningAnew) {
  ErrorWindow errors(kLimit, kWindow);
  (void)errors.add(1'000);
  (void)errors.add(1'080);
  (void)errors.add(1'110);
  EXPECT_TRUE(errors.add(1'170));
}

TEST(ErrorWindow, BearsErrorsFarEnoughApartForEver) {
  ErrorWindow errors(kLimit, kWindow);
  for (std::int64_t now = 0; now < 100 * kWindow; now += kWindow / 2) {
    EXPECT_FALSE(errors.add(now)) << "at " << now;
  }
}

TEST(ErrorWindow, BearsNoErrorWithALimitOfOne) {
  ErrorWindow errors(1, kWindow);
  EXPECT_TRUE(errors.add(1'000));
}

TEST(ErrorWindow, RemembersErrorsOnceLoaded) {
  ErrorWindow before(kLimit, kWindow);
  (void)before.add(1'000);
  (void)before.add(1'050);
  const auto bytes = saved(before);

  ErrorWindow after(kLimit, kWindow);
  base::ByteReader in{bytes};
  ASSERT_TRUE(after.load(in));
  EXPECT_TRUE(after.add(1'099));
}

TEST(ErrorWindow, LoadForgetsErrorsCountedBefore) {
  const auto bytes = saved(ErrorWindow(kLimit, kWindow));
  ErrorWindow errors(kLimit, kWindow);
  (void)errors.add(1'000);
  (void)errors.add(1'000);
  base::ByteReader in{bytes};
  ASSERT_TRUE(errors.load(in));
  EXPECT_FALSE(errors.add(1'000));
}

TEST(ErrorWindow, RefusesBytesThatEndEarly) {
  ErrorWindow before(kLimit, kWindow);
  (void)before.add(1'000);
  auto bytes = saved(before);
  bytes.pop_back();
  ErrorWindow after(kLimit, kWindow);
  base::ByteReader in{bytes};
  EXPECT_FALSE(after.load(in));
}

}  // namespace
}  // namespace writ::plugin
