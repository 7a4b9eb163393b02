#include "host/base/hash_thread.hpp"

#include "host/base/random.hpp"
#include "host/base/sha256.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <vector>

namespace writ::base {
namespace {

TEST(HashThread, GivesTheDigestsOfItsStreamsAtAnyPoint) {
  RandomStream random(1, "hash_thread");
  HashThread beside(3);
  std::array<Sha256, 3> here;
  for (int i = 0; i < 2'000; ++i) {
    const auto stream = random.below(3);
    std::vector<std::byte> bytes(random.below(i % 100 == 0 ? 300'000 : 3'000));
    for (std::size_t at = 0; at < bytes.size(); at += 64) {
      bytes[at] = static_cast<std::byte>(random.below(256));
    }
    beside.update(stream, bytes);
    here[stream].update(std::span<const std::byte>(bytes));
    if (i % 50 == 0) {
      ASSERT_EQ(beside.digest(stream), here[stream].digest());
    }
  }
  for (std::size_t stream = 0; stream < 3; ++stream) {
    EXPECT_EQ(beside.digest(stream), here[stream].digest());
  }
}

TEST(HashThread, EndsWithWorkLeft) {
  HashThread beside(1);
  beside.update(0, std::vector<std::byte>(1'000'000));
}

}  // namespace
}  // namespace writ::base
