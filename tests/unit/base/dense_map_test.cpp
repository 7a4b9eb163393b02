#include "host/base/dense_map.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace writ::base {
namespace {

using Pairs = std::vector<std::pair<std::uint32_t, int>>;

template <class Map>
Pairs pairs_of(const Map& map) {
  Pairs pairs;
  for (const auto& [key, value] : map) pairs.emplace_back(key, value);
  return pairs;
}

TEST(DenseMap, IteratesByRisingNumber) {
  DenseMap<int> map;
  map[7] = 1;
  map[0] = 2;
  map[3] = 3;
  EXPECT_EQ(pairs_of(map), (Pairs{{0, 2}, {3, 3}, {7, 1}}));
}

TEST(DenseMap, LeavesWhatIsInItWhereItIsWhileItGrows) {
  DenseMap<int> map;
  const int* first = &map[1];
  map[100'000] = 5;
  EXPECT_EQ(map.get(1), first);
}

TEST(DenseMap, IsWalkedToItsEndThoughItGrowsMeanwhile) {
  DenseMap<int> map;
  map[1] = 1;
  Pairs seen;
  for (const auto& [key, value] : map) {
    seen.emplace_back(key, value);
    if (key < 1'000) map[key * 10] = value + 1;
  }
  EXPECT_EQ(seen, (Pairs{{1, 1}, {10, 2}, {100, 3}, {1'000, 4}}));
}

TEST(DenseMap, CopiesWhatIsInIt) {
  DenseMap<int> map;
  map[2] = 4;
  const DenseMap<int> copy = map;
  map[2] = 5;
  EXPECT_EQ(pairs_of(copy), (Pairs{{2, 4}}));
}

TEST(DenseMap, EndsOnANumberNoTableCanHave) {
  DenseMap<int> map;
  EXPECT_EQ(map.get(UINT32_MAX), nullptr);
  EXPECT_DEATH(map[UINT32_MAX] = 1, "");
}

TEST(DenseMap, DoesAsAnOrderedMapDoes) {
  RandomStream random(11, "dense_map");
  DenseMap<int> dense;
  std::map<std::uint32_t, int> ordered;
  for (std::size_t step = 0; step < test::scaled(100'000); ++step) {
    const auto key = static_cast<std::uint32_t>(random.below(20));
    const auto value = static_cast<int>(random.below(1'000));
    if (random.below(2) == 0) {
      dense[key] = value;
      ordered[key] = value;
    } else {
      ASSERT_EQ(dense.erase(key), ordered.erase(key));
    }
    ASSERT_EQ(dense.contains(key), ordered.count(key) != 0);
    ASSERT_EQ(dense.size(), ordered.size());
    ASSERT_EQ(dense.empty(), ordered.empty());
    ASSERT_EQ(pairs_of(dense), pairs_of(ordered));
  }
}

}  // namespace
}  // namespace writ::base
