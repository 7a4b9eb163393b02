#include "host/base/rising_map.hpp"

#include "host/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>

namespace writ::base {
namespace {

TEST(RisingMap, IsWhatAMapIsWhateverComesAndGoes) {
  RandomStream random(1, "rising_map");
  RisingMap<std::uint64_t, std::uint64_t> rising;
  std::map<std::uint64_t, std::uint64_t> map;
  std::uint64_t highest = 0;
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    const auto action = random.below(10);
    const std::uint64_t any = random.below(highest + 2);
    if (action < 4) {
      highest += random.below(3);
      ASSERT_EQ(rising.try_emplace(highest, i).second, map.try_emplace(highest, i).second);
    } else if (action < 5) {
      rising.insert_or_assign(any, i);
      map.insert_or_assign(any, i);
    } else if (action < 8 && !map.empty()) {
      rising.erase(rising.begin());
      map.erase(map.begin());
    } else if (action < 9) {
      rising.erase(any);
      map.erase(any);
    }
    const auto found = rising.find(any);
    const auto wanted = map.find(any);
    ASSERT_EQ(found == rising.end(), wanted == map.end());
    if (wanted != map.end()) {
      ASSERT_EQ(found->second, wanted->second);
    }
    const auto next = rising.lower_bound(any);
    const auto wanted_next = map.lower_bound(any);
    ASSERT_EQ(next == rising.end(), wanted_next == map.end());
    if (wanted_next != map.end()) {
      ASSERT_EQ(next->first, wanted_next->first);
    }
    ASSERT_EQ(rising.size(), map.size());
    if (i % 1'000 == 0) {
      ASSERT_TRUE(std::equal(
          rising.begin(), rising.end(), map.begin(), map.end(),
          [](const auto& a, const auto& b) { return a.first == b.first && a.second == b.second; }));
    }
  }
  EXPECT_GT(highest, 10'000U);
}

}  // namespace
}  // namespace writ::base
