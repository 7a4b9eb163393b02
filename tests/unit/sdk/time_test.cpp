#include <writ/time.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <type_traits>

namespace writ {
namespace {

template <class A, class B>
concept Subtractable = requires(A a, B b) {
  a - b;
};
template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept Comparable = requires(A a, B b) {
  a < b;
};

static_assert(Subtractable<EventTime, EventTime> && Subtractable<ReceiveTime, ReceiveTime>);
static_assert(!Subtractable<EventTime, ReceiveTime> && !Subtractable<ReceiveTime, EventTime>);
static_assert(!Comparable<EventTime, ReceiveTime> && !Addable<EventTime, EventTime>);
static_assert(!std::is_constructible_v<EventTime, ReceiveTime>);
static_assert(!std::is_convertible_v<std::int64_t, EventTime>);
static_assert(!Comparable<Duration, std::int64_t> && !Addable<EventTime, std::int64_t>);
static_assert(std::is_same_v<decltype(EventTime{} - EventTime{}), Duration>);
static_assert(std::is_trivially_copyable_v<EventTime> && sizeof(EventTime) == 8);

TEST(Time, InstantsAndSpansAdd) {
  const ReceiveTime start{1'700'000'000'000'000'000};
  EXPECT_EQ((start + milliseconds(5)).ns, 1'700'000'000'005'000'000);
  EXPECT_EQ(start + seconds(1) - start, seconds(1));
  EXPECT_EQ(start - microseconds(3) - start, nanoseconds(-3'000));
  EXPECT_LT(start, start + nanoseconds(1));
}

TEST(Time, NoneIsNotAnInstant) {
  EXPECT_TRUE(EventTime::none().is_none());
  EXPECT_FALSE(EventTime{}.is_none());
}

TEST(FloorMs, RoundsDownOnBothSidesOfTheEpoch) {
  EXPECT_EQ(floor_ms(EventTime{1'999'999}), 1);
  EXPECT_EQ(floor_ms(EventTime{2'000'000}), 2);
  EXPECT_EQ(floor_ms(EventTime{-1}), -1);
  EXPECT_EQ(floor_ms(EventTime{-1'000'000}), -1);
  EXPECT_EQ(floor_ms(EventTime{-1'000'001}), -2);
}

TEST(TimeDeathTest, AbortsRatherThanWrap) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_DEATH(static_cast<void>(EventTime{kMost} + nanoseconds(1)), "time");
  EXPECT_DEATH(static_cast<void>(EventTime{kMost} - EventTime{-1}), "time");
  EXPECT_DEATH(static_cast<void>(EventTime::none() + nanoseconds(1)), "none");
  EXPECT_DEATH(static_cast<void>(EventTime{1} - EventTime::none()), "none");
  EXPECT_DEATH(static_cast<void>(seconds(kMost)), "duration");
}

}  // namespace
}  // namespace writ
