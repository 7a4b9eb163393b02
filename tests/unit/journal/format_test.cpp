// The bytes of docs/JOURNAL_FORMAT.md, "A small segment". They never change: a change is a new
// format version, and the old one stays readable.
#include "host/base/hex.hpp"
#include "host/base/sha256.hpp"
#include "host/journal/segment.hpp"
#include "host/journal/segment_file.hpp"
#include "host/model/record_view.hpp"
#include "tests/support/faulty_storage.hpp"
#include "tests/unit/journal/journal_fixture.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>

namespace writ::journal::test {
namespace {

std::string hex(std::span<const std::byte> bytes) {
  return base::to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::vector<std::byte> small_segment() {
  writ::test::FaultyStorage storage;
  EXPECT_TRUE(storage.make_folders("/run"));
  auto segment = SegmentFile::create(storage, "/run/seg-000001.wj", 8192);
  EXPECT_TRUE(segment);
  SegmentHeader header;
  header.identity = identity_of(5);
  header.catalogue = "{}";
  EXPECT_TRUE(segment->begin(header));
  auto clock = model::make_record<writ_clock>();
  clock.header.seq = 1;
  clock.header.event_ts = WRIT_NONE;
  clock.header.ingest_ts = 1'700'000'000'000'000'000;
  const FrameHead head = frame_head(model::bytes_of(clock.header));
  EXPECT_TRUE(segment->write(std::as_bytes(std::span(&head, 1))));
  EXPECT_TRUE(segment->write(model::bytes_of(clock.header)));
  EXPECT_TRUE(segment->seal(Seq{1}));
  return storage.content("/run/seg-000001.wj");
}

TEST(Format, ASmallSegmentHasTheDocumentedBytes) {
  const auto bytes = small_segment();
  ASSERT_EQ(bytes.size(), 4096U + 40U + 56U);
  const std::span<const std::byte> all(bytes);
  EXPECT_EQ(hex(all.first(168)),
            "575249544a524e4c010000000100000000100000b837ab880000000007000000"
            "03000000000000000500000000000000000102030405060708090a0b0c0d0e0f"
            "010000000000000000000000000000000100000002000000cc00000000000000"
            "0000000000000000000000000000000000000000000000000000000000000000"
            "0000000000000000000000000000000000000000000000000000000000000000"
            "7b7d000000000000");
  EXPECT_EQ(hex(all.subspan(4096, 40)),
            "200000001c94ff90200000000a00000001000000000000000000000000000080"
            "00002a36fe9c9717");
  EXPECT_EQ(hex(all.subspan(4136)),
            "ffffffff343196cf01000000000000002800000000000000fb4daf93378834d1"
            "fc28a642966b38a6434de132219eadab3d2165ab1decc77f");
  EXPECT_EQ(base::to_hex(base::Sha256().update(all).digest()),
            "84882d81e1f61cbf72871813ff5cad341376ad9697824d58367124eb466bc65c");
}

TEST(Format, AHeaderIsReadBack) {
  writ::test::FaultyStorage storage;
  ASSERT_TRUE(storage.make_folders("/run"));
  SegmentHeader header;
  header.identity = identity_of(0xffffff);
  header.number = 9;
  header.first_seq = Seq{1000};
  header.first_position = 123456;
  header.previous.fill(0xab);
  header.catalogue = std::string(5000, 'c');
  header.tables.assign(320, std::byte{0x11});
  auto segment = SegmentFile::create(storage, "/run/seg", 16384);
  ASSERT_TRUE(segment);
  ASSERT_TRUE(segment->begin(header));
  auto file = storage.open("/run/seg", OpenMode::kRead);
  const auto read = read_header(**file);
  ASSERT_TRUE(read) << base::to_string(read.error());
  EXPECT_EQ(read->identity, header.identity);
  EXPECT_EQ(read->number, 9U);
  EXPECT_EQ(read->first_seq, Seq{1000});
  EXPECT_EQ(read->first_position, 123456U);
  EXPECT_EQ(read->previous, header.previous);
  EXPECT_EQ(read->catalogue, header.catalogue);
  EXPECT_EQ(read->tables, header.tables);
  EXPECT_EQ(read->header_bytes, 8192U);
}

}  // namespace
}  // namespace writ::journal::test
