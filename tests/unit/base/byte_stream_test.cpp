#include "host/base/byte_stream.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace writ::base {
namespace {

TEST(ByteStream, ReadsBackWhatWasWritten) {
  ByteWriter writer;
  writer.put(std::uint16_t{7});
  writer.put_double(-0.0);
  writer.put_text("snapshot");
  writer.put_text("");
  writer.put(std::numeric_limits<std::int64_t>::min());

  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.get<std::uint16_t>(), 7);
  EXPECT_TRUE(std::signbit(reader.get_double()));
  EXPECT_EQ(reader.get_text(), "snapshot");
  EXPECT_EQ(reader.get_text(), "");
  EXPECT_FALSE(reader.complete());
  EXPECT_EQ(reader.get<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE(reader.complete());
}

TEST(ByteStream, StaysFailedAfterAReadPastTheEnd) {
  ByteWriter writer;
  writer.put(std::uint32_t{5});
  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.get<std::uint64_t>(), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.get<std::uint32_t>(), 0U) << "though these four bytes are there";
  EXPECT_FALSE(reader.complete());
}

TEST(ByteStream, RefusesALengthPastTheEnd) {
  ByteWriter writer;
  writer.put(std::numeric_limits<std::uint64_t>::max());
  ByteReader reader(writer.bytes());
  EXPECT_TRUE(reader.get_bytes().empty());
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace writ::base
