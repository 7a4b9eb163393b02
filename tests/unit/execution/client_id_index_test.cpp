#include "host/execution/client_id_index.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

namespace writ::execution {
namespace {

ClientIdIndex::Id id_of(std::uint64_t number) {
  ClientIdIndex::Id id{};
  const std::string text = "w-" + std::to_string(number);
  std::copy(text.begin(), text.end(), id.begin());
  return id;
}

TEST(ClientIdIndex, FindsWhatAMapFindsAtEveryStep) {
  ClientIdIndex index;
  std::map<ClientIdIndex::Id, std::uint64_t> map;
  base::RandomStream random{3, "client_id_index"};
  std::size_t found = 0;
  const std::size_t steps = test::scaled(200'000);
  for (std::size_t i = 0; i < steps; ++i) {
    const auto id = id_of(random.below(300));  // few, so that they meet and are erased again
    if (random.below(2) == 0) {
      index.set(id, i);
      map[id] = i;
    } else {
      index.erase(id);
      map.erase(id);
    }
    const auto asked = id_of(random.below(300));
    const auto* order = index.find(asked);
    const auto known = map.find(asked);
    ASSERT_EQ(order != nullptr, known != map.end()) << "step " << i;
    if (order == nullptr) continue;
    ASSERT_EQ(*order, known->second) << "step " << i;
    ++found;
  }
  EXPECT_GT(found, steps / 10);
}

TEST(ClientIdIndex, KnowsNothingAtFirst) {
  ClientIdIndex index;
  EXPECT_EQ(index.find(id_of(1)), nullptr);
  index.erase(id_of(1));
  index.set({}, 7);  // the empty text is an id like any other
  ASSERT_NE(index.find({}), nullptr);
  EXPECT_EQ(*index.find({}), 7U);
}

}  // namespace
}  // namespace writ::execution
