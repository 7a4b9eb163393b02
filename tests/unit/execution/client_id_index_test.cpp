#include "host/execution/client_id_index.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace writ::execution {
namespace {

struct Entry {
  writ_order record{};
};

ClientId id_of(std::uint64_t number) {
  ClientId id{};
  const std::string text = "w-" + std::to_string(number);
  std::copy(text.begin(), text.end(), id.begin());
  return id;
}

Entry entry_of(const ClientId& id) {
  Entry entry;
  std::copy(id.begin(), id.end(), std::begin(entry.record.client_order_id));
  return entry;
}

TEST(ClientIdIndex, FindsWhatAMapFindsAtEveryStep) {
  constexpr std::size_t kIds = 300;  // few, so that they meet and are erased again
  std::vector<Entry> entries;
  for (std::size_t id = 0; id < 2 * kIds; ++id) entries.push_back(entry_of(id_of(id % kIds)));
  ClientIdIndex<Entry> index;
  std::map<ClientId, const Entry*> map;
  base::RandomStream random{3, "client_id_index"};
  std::size_t found = 0;
  const std::size_t steps = test::scaled(200'000);
  for (std::size_t i = 0; i < steps; ++i) {
    Entry& entry = entries[random.below(entries.size())];
    const auto id = client_id_of(entry.record);
    if (random.below(2) == 0) {
      index.set(entry);
      map[id] = &entry;
    } else {
      index.erase(entry);
      if (const auto known = map.find(id); known != map.end() && known->second == &entry) {
        map.erase(known);
      }
    }
    const auto asked = id_of(random.below(kIds));
    const auto known = map.find(asked);
    ASSERT_EQ(index.find(asked), known == map.end() ? nullptr : known->second) << "step " << i;
    found += known == map.end() ? 0 : 1;
  }
  EXPECT_GT(found, steps / 10);
}

TEST(ClientIdIndex, KnowsNothingAtFirst) {
  ClientIdIndex<Entry> index;
  Entry nameless;
  EXPECT_EQ(index.find(id_of(1)), nullptr);
  index.erase(nameless);
  index.set(nameless);  // the empty text is an id like any other
  EXPECT_EQ(index.find({}), &nameless);
}

}  // namespace
}  // namespace writ::execution
