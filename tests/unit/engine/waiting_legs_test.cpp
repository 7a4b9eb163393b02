#include "host/engine/waiting_legs.hpp"

#include "host/model/record_words.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace writ::engine {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

PendingIntent leg(std::uint64_t id, std::uint64_t group, std::uint16_t size = 2,
                  std::uint32_t instance = 1,
                  std::uint16_t policy = WRIT_GROUP_ALL_OR_NONE_UNWIND) {
  auto intent = model::make_record<writ_intent>();
  intent.instance = instance;
  intent.group_id = group;
  intent.group_size = size;
  intent.group_policy = policy;
  return {id, model::words_of(intent.header), false};
}

std::vector<std::uint64_t> ready(WaitingLegs& legs, std::int64_t now, std::uint32_t over = 0) {
  std::vector<std::uint64_t> ids;
  for (const auto& one :
       legs.take_ready(now, [over](std::uint32_t instance) { return instance == over; })) {
    ids.push_back(one.id);
  }
  return ids;
}

using Ids = std::vector<std::uint64_t>;

TEST(WaitingLegs, GoTogetherOnceTheirGroupIsWhole) {
  WaitingLegs legs;
  EXPECT_TRUE(legs.add(leg(1, 7), 0));
  EXPECT_TRUE(legs.add(leg(2, 8), 1));
  EXPECT_EQ(ready(legs, 1), Ids{});
  EXPECT_TRUE(legs.add(leg(3, 7), 2));
  EXPECT_EQ(ready(legs, 2), (Ids{1, 3}));
  EXPECT_EQ(ready(legs, 2), Ids{}) << "once";
}

TEST(WaitingLegs, OfAnotherInstanceAreAnotherGroup) {
  WaitingLegs legs;
  EXPECT_TRUE(legs.add(leg(1, 7), 0));
  EXPECT_TRUE(legs.add(leg(2, 7, 2, 5), 0));
  EXPECT_EQ(ready(legs, 0), Ids{});
}

TEST(WaitingLegs, WaitASecondForTheOthers) {
  WaitingLegs legs;
  EXPECT_TRUE(legs.add(leg(1, 7, 3), 10));
  EXPECT_TRUE(legs.add(leg(2, 7, 3), 500));
  EXPECT_EQ(legs.next_due(), kSecond + 10);
  EXPECT_EQ(ready(legs, kSecond + 9), Ids{});
  EXPECT_EQ(ready(legs, kSecond + 10), (Ids{1, 2})) << "with the first";
  EXPECT_FALSE(legs.next_due());
}

TEST(WaitingLegs, WaitForNobodyWhoIsGone) {
  WaitingLegs legs;
  EXPECT_TRUE(legs.add(leg(1, 7), 0));
  EXPECT_TRUE(legs.add(leg(2, 7, 2, 5), 0));
  EXPECT_EQ(ready(legs, 0, 5), Ids{2});
}

TEST(WaitingLegs, AreOfSeveral) {
  WaitingLegs legs;
  EXPECT_FALSE(legs.add(leg(1, 7, 1), 0));
  EXPECT_FALSE(legs.add(leg(2, 0, 0, 1, WRIT_GROUP_NONE), 0));
}

TEST(WaitingLegs, GoOnWaitingWhereTheyWereSaved) {
  WaitingLegs legs;
  EXPECT_TRUE(legs.add(leg(1, 7), 10));
  base::ByteWriter out;
  legs.save(out);
  const auto bytes = out.take();
  WaitingLegs restored;
  base::ByteReader in{bytes};
  ASSERT_TRUE(restored.load(in));
  EXPECT_TRUE(in.complete());
  EXPECT_EQ(restored.next_due(), kSecond + 10);
  EXPECT_TRUE(restored.add(leg(2, 7), 11));
  EXPECT_EQ(ready(restored, 11), (Ids{1, 2}));
}

}  // namespace
}  // namespace writ::engine
