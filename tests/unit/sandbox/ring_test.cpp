#include "host/sandbox/ring.hpp"

#include "host/base/random.hpp"
#include "tests/support/scale.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace writ::sandbox {
namespace {

constexpr std::size_t kCapacity = 4096;

class RingTest : public ::testing::Test {
 protected:
  RingPositions positions_{};
  alignas(64) std::byte bytes_[kCapacity]{};
  RingWriter writer_{positions_, bytes_, kCapacity};
  RingReader reader_{positions_, bytes_, kCapacity};
};

TEST_F(RingTest, CarriesMessagesAcrossItsEndInOrder) {
  std::uint64_t sent = 0;
  std::uint64_t got = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const std::size_t size = 8 + (i * 40) % 600;
    if (std::byte* room = writer_.reserve(static_cast<std::uint32_t>(1 + i % 7), size)) {
      std::memset(room, static_cast<int>(i % 251), size);
      std::memcpy(room, &sent, sizeof sent);
      ++sent;
      writer_.commit();
    }
    if (i % 3 == 0) continue;
    RingReader::Message message;
    if (reader_.next(message) != RingReader::State::kMessage) continue;
    std::uint64_t number = 0;
    std::memcpy(&number, message.payload, sizeof number);
    ASSERT_EQ(number, got++);
    reader_.release();
  }
  EXPECT_GT(got, 3'000U);
}

TEST_F(RingTest, RefusesWhatHasNoRoom) {
  EXPECT_EQ(writer_.reserve(1, kCapacity), nullptr);
  ASSERT_NE(writer_.reserve(1, 3000), nullptr);
  writer_.commit();
  EXPECT_EQ(writer_.reserve(1, 3000), nullptr);
  positions_.read.store(1'000'000);  // the reader claims what it never read
  EXPECT_EQ(writer_.reserve(1, 8), nullptr);
}

// Whatever a worker writes, reading ends inside the ring with a verdict on it.
TEST_F(RingTest, ReadsRandomBytesWithoutLeavingTheRing) {
  base::RandomStream random{7, "ring"};
  const auto rounds = test::scaled(200'000);
  std::uint64_t broken = 0;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    RingPositions positions{};
    auto bytes = std::make_unique<std::byte[]>(kCapacity);
    for (std::size_t at = 0; at < kCapacity; at += 8) {
      // Mostly plausible heads: small sizes, small kinds.
      const std::uint64_t word = random.next_u64();
      const MessageHead head{static_cast<std::uint32_t>(word % 97) * (word % 11 == 0 ? 1U : 8U),
                             static_cast<std::uint32_t>(word >> 61U)};
      std::memcpy(bytes.get() + at, &head, sizeof head);
    }
    positions.written.store(random.next_u64() % (2 * kCapacity));
    RingReader reader(positions, bytes.get(), kCapacity);
    for (int taken = 0; taken < 10'000; ++taken) {
      RingReader::Message message;
      const auto state = reader.next(message);
      if (state != RingReader::State::kMessage) {
        broken += state == RingReader::State::kBroken ? 1U : 0U;
        break;
      }
      ASSERT_GE(message.payload, bytes.get());
      ASSERT_LE(message.payload + message.size, bytes.get() + kCapacity);
      reader.release();
    }
  }
  EXPECT_GT(broken, rounds / 2);
}

}  // namespace
}  // namespace writ::sandbox
