#include "host/base/crc32c.hpp"

#include "host/base/random.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace writ::base {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(Crc32c, GivesThePublishedChecksums) {
  EXPECT_EQ(crc32c(bytes_of("")), 0U);
  EXPECT_EQ(crc32c(bytes_of("123456789")), 0xe3069283U);
  // RFC 3720, B.4
  EXPECT_EQ(crc32c(std::vector<std::byte>(32, std::byte{0})), 0x8a9136aaU);
  EXPECT_EQ(crc32c(std::vector<std::byte>(32, std::byte{0xff})), 0x62a8ab43U);
  EXPECT_EQ(crc32c_by_tables(bytes_of("123456789")), 0xe3069283U);
}

TEST(Crc32c, InstructionAndTablesAgreeAtEveryLengthAndAlignment) {
  if (!crc32c_has_instruction()) GTEST_SKIP() << "this processor has no CRC-32C instruction";
  RandomStream random(1, "crc32c");
  std::vector<std::byte> bytes(4'096);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random.below(256));
  const std::span<const std::byte> all(bytes);
  for (std::size_t begin = 0; begin < 9; ++begin) {
    for (std::size_t size = 0; begin + size <= all.size(); ++size) {
      const auto part = all.subspan(begin, size);
      const auto before = static_cast<std::uint32_t>(size * 2'654'435'761U);
      ASSERT_EQ(crc32c(part, before), crc32c_by_tables(part, before)) << begin << " " << size;
    }
  }
}

TEST(Crc32c, ContinuesAcrossAnyCut) {
  const auto whole = bytes_of("one record, in two pieces");
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    EXPECT_EQ(crc32c(whole.subspan(cut), crc32c(whole.first(cut))), crc32c(whole));
    EXPECT_EQ(crc32c_by_tables(whole.subspan(cut), crc32c_by_tables(whole.first(cut))),
              crc32c(whole));
  }
}

TEST(Crc32c, ChangesWithEveryBit) {
  std::vector<std::byte> bytes(64, std::byte{0x5a});
  const auto before = crc32c(bytes);
  for (auto& byte : bytes) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      byte ^= std::byte{1} << bit;
      EXPECT_NE(crc32c(bytes), before);
      byte ^= std::byte{1} << bit;
    }
  }
}

}  // namespace
}  // namespace writ::base
