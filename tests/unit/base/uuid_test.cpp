#include "host/base/uuid.hpp"

#include "host/base/entropy.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <set>

namespace writ::base {
namespace {

TEST(Uuid, Version5IsAFunctionOfItsName) {
  EXPECT_EQ(to_string(uuid5(kUuidNamespaceUrl, "urn:strategy-host:run")),
            "888ebfe6-3ee9-5f81-9c94-027af9f4a11e");
  EXPECT_NE(uuid5(kUuidNamespaceUrl, "a"), uuid5(kUuidNamespaceUrl, "b"));
}

TEST(Uuid, Version4KeepsAllButItsSixFixedBits) {
  std::array<std::uint8_t, 16> ones{};
  ones.fill(0xff);
  EXPECT_EQ(to_string(uuid4_from(ones)), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  EXPECT_EQ(to_string(uuid4_from({})), "00000000-0000-4000-8000-000000000000");
}

TEST(Uuid, ReadsItsOwnTextAndRefusesOthers) {
  EXPECT_EQ(parse_uuid(to_string(kUuidNamespaceUrl)), kUuidNamespaceUrl);
  EXPECT_EQ(parse_uuid("6BA7B811-9DAD-11D1-80B4-00C04FD430C8"), kUuidNamespaceUrl);
  EXPECT_FALSE(parse_uuid("6ba7b8119dad11d180b400c04fd430c8"));
  EXPECT_FALSE(parse_uuid("6ba7b811-9dad-11d1-80b4-00c04fd430cg"));
  EXPECT_FALSE(parse_uuid("6ba7b811-9dad-11d1-80b4_00c04fd430c8"));
  EXPECT_FALSE(parse_uuid(""));
}

TEST(Entropy, FillsWithDifferentBytesEachTime) {
  std::set<std::array<std::uint8_t, 16>> seen;
  for (int i = 0; i < 100; ++i) {
    std::array<std::uint8_t, 16> bytes{};
    ASSERT_TRUE(fill_with_entropy(bytes));
    seen.insert(bytes);
  }
  EXPECT_EQ(seen.size(), 100U);
}

}  // namespace
}  // namespace writ::base
