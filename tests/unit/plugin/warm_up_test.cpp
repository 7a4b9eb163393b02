#include "host/plugin/warm_up.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace writ::plugin {
namespace {

std::vector<std::byte> saved(const WarmUp& warm_up) {
  base::ByteWriter out;
  warm_up.save(out);
  return out.take();
}

TEST(WarmUp, IsOverAtOnceWhenNothingIsAskedFor) { EXPECT_TRUE(WarmUp(0, 0).warm()); }

TEST(WarmUp, LastsUntilTheEventsAreCounted) {
  WarmUp warm_up(2, 0);
  warm_up.on_event(1'000);
  EXPECT_FALSE(warm_up.warm());
  warm_up.on_event(1'000);
  EXPECT_TRUE(warm_up.warm());
}

TEST(WarmUp, StaysOverWithFurtherEvents) {
  WarmUp warm_up(1, 0);
  warm_up.on_event(1'000);
  warm_up.on_event(1'001);
  EXPECT_TRUE(warm_up.warm());
}

TEST(WarmUp, WaitsForTheFirstEventWhenATimeIsAskedFor) { EXPECT_FALSE(WarmUp(0, 100).warm()); }

TEST(WarmUp, LastsTheTimeFromTheFirstEvent) {
  WarmUp warm_up(0, 100);
  warm_up.on_event(1'000);
  warm_up.on_event(1'099);
  EXPECT_FALSE(warm_up.warm());
  warm_up.on_event(1'100);
  EXPECT_TRUE(warm_up.warm());
}

TEST(WarmUp, WaitsForTheTimeWhenTheEventsCameSooner) {
  WarmUp warm_up(2, 100);
  warm_up.on_event(1'000);
  warm_up.on_event(1'010);
  warm_up.on_event(1'020);
  EXPECT_FALSE(warm_up.warm());
}

TEST(WarmUp, WaitsForTheEventsWhenTheTimePassedSooner) {
  WarmUp warm_up(3, 100);
  warm_up.on_event(1'000);
  warm_up.on_event(1'500);
  EXPECT_FALSE(warm_up.warm());
}

TEST(WarmUp, NeverEndsWhenTheTimeReachesPastTheEndOfTime) {
  WarmUp warm_up(0, INT64_MAX);
  warm_up.on_event(1'000);
  warm_up.on_event(2'000);
  EXPECT_FALSE(warm_up.warm());
}

TEST(WarmUp, GoesOnCountingOnceLoaded) {
  WarmUp before(2, 100);
  before.on_event(1'000);
  const auto bytes = saved(before);

  WarmUp after(2, 100);
  base::ByteReader in{bytes};
  ASSERT_TRUE(after.load(in));
  after.on_event(1'100);
  EXPECT_TRUE(after.warm());
}

TEST(WarmUp, StaysOverOnceLoaded) {
  WarmUp before(1, 100);
  before.on_event(1'000);
  before.on_event(1'100);
  const auto bytes = saved(before);

  WarmUp after(1, 100);
  base::ByteReader in{bytes};
  ASSERT_TRUE(after.load(in));
  EXPECT_TRUE(after.warm());
}

TEST(WarmUp, RefusesBytesThatEndEarly) {
  auto bytes = saved(WarmUp(1, 100));
  bytes.pop_back();
  WarmUp after(1, 100);
  base::ByteReader in{bytes};
  EXPECT_FALSE(after.load(in));
}

}  // namespace
}  // namespace writ::plugin
