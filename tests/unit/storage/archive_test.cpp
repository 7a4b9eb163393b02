#include "host/storage/archive.hpp"

#include "tests/support/faulty_storage.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace writ::storage::test {
namespace {

using writ::test::FaultyStorage;

const std::filesystem::path kFolder = "/archive";

ArchiveInfo sample_info() {
  ArchiveInfo info;
  info.table = "raw_event";
  info.run_id = "run";
  info.source = "a/b";
  info.columns = {{"i", ColumnKind::kInteger, false},
                  {"r", ColumnKind::kReal, false},
                  {"t", ColumnKind::kText, false},
                  {"b", ColumnKind::kBytes, false}};
  return info;
}

std::vector<Value> sample_row(std::int64_t number, std::string_view text) {
  std::vector<Value> row(4);
  row[0].type = Value::Type::kInteger;
  row[0].integer = number;
  row[1].type = Value::Type::kReal;
  row[1].real = 0.1 * static_cast<double>(number);
  row[2].type = Value::Type::kText;
  row[2].text = text;
  if (number % 2 == 0) {
    row[3].type = Value::Type::kBytes;
    row[3].text = std::string_view("\0\xff", 2);
  }
  return row;
}

std::filesystem::path write_archive(FaultyStorage& storage, int rows) {
  EXPECT_TRUE(storage.make_folders(kFolder));
  auto writer = ArchiveWriter::create(storage, kFolder, sample_info());
  EXPECT_TRUE(writer);
  for (int i = 0; i < rows; ++i) EXPECT_TRUE((*writer)->append(sample_row(i, "text")));
  const auto file = (*writer)->finish();
  EXPECT_TRUE(file);
  return *file;
}

TEST(Archive, GivesBackWhatItWasGiven) {
  FaultyStorage storage;
  const auto file = write_archive(storage, 3);
  auto reader = ArchiveReader::open(storage, file);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->info().table, "raw_event");
  EXPECT_EQ(reader->info().source, "a/b");
  EXPECT_EQ(reader->info().columns, sample_info().columns);
  EXPECT_EQ(reader->info().rows, 3u);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(*reader->next());
    const auto wanted = sample_row(i, "text");
    const auto& row = reader->values();
    for (std::size_t c = 0; c < wanted.size(); ++c) {
      EXPECT_EQ(row[c].type, wanted[c].type);
      EXPECT_EQ(row[c].integer, wanted[c].integer);
      EXPECT_EQ(row[c].real, wanted[c].real);
      EXPECT_EQ(row[c].text, wanted[c].text);
    }
  }
  EXPECT_FALSE(*reader->next());
}

TEST(Archive, HoldsManyBlocks) {
  FaultyStorage storage;
  const auto file = write_archive(storage, 40'000);
  const auto info = verify_archive(storage, file);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->rows, 40'000u);
}

TEST(Archive, SameRowsMakeTheSameFile) {
  FaultyStorage storage;
  const auto first = write_archive(storage, 5);
  const auto bytes = storage.content(first);
  EXPECT_EQ(write_archive(storage, 5), first);
  EXPECT_EQ(storage.content(first), bytes);
  EXPECT_NE(write_archive(storage, 6), first);
  EXPECT_EQ(archive_files(storage, kFolder)->size(), 2u);
}

TEST(Archive, EveryFlippedBitIsFound) {
  FaultyStorage storage;
  const auto file = write_archive(storage, 20);
  const auto whole = storage.content(file);
  int found = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto bytes = whole;
    bytes[at] ^= std::byte{static_cast<unsigned char>(1U << (at % 8))};
    storage.set_content(file, bytes);
    const auto read = verify_archive(storage, file);
    EXPECT_FALSE(read) << "byte " << at;
    if (!read) ++found;
  }
  EXPECT_EQ(found, static_cast<int>(whole.size()));
  EXPECT_GT(found, 150);
}

TEST(Archive, EveryTruncationIsFound) {
  FaultyStorage storage;
  const auto file = write_archive(storage, 20);
  auto bytes = storage.content(file);
  while (!bytes.empty()) {
    bytes.pop_back();
    storage.set_content(file, bytes);
    const auto read = verify_archive(storage, file);
    ASSERT_FALSE(read) << bytes.size() << " bytes";
    ASSERT_TRUE(read.error().code() == base::Errc::kTruncated ||
                read.error().code() == base::Errc::kCorrupt);
    ASSERT_LE(read.error().detail(), static_cast<std::int64_t>(bytes.size()));
  }
}

TEST(Archive, OneThatWasNotFinishedIsNone) {
  FaultyStorage storage;
  ASSERT_TRUE(storage.make_folders(kFolder));
  {
    auto writer = ArchiveWriter::create(storage, kFolder, sample_info());
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->append(sample_row(1, "text")));
  }
  EXPECT_TRUE(storage.list(kFolder)->empty());
  {
    auto writer = ArchiveWriter::create(storage, kFolder, sample_info());
    ASSERT_TRUE(writer);
    auto dead = storage.after_process_death();
    EXPECT_TRUE(archive_files(*dead, kFolder)->empty());
    EXPECT_EQ(archive_files(*dead, write_archive(*dead, 2))->size(), 1u) << "over the left-over";
  }
}

TEST(Archive, IsOnDiskOnceItIsFinished) {
  base::RandomStream random(7, 0);
  for (int i = 0; i < 50; ++i) {
    FaultyStorage storage;
    const auto file = write_archive(storage, 100);
    const auto cut = storage.after_power_cut(random);
    EXPECT_TRUE(verify_archive(*cut, file));
  }
}

TEST(Archive, ADiskThatFailsLeavesNone) {
  FaultyStorage storage;
  ASSERT_TRUE(storage.make_folders(kFolder));
  storage.fail_syncs_after(0);
  auto writer = ArchiveWriter::create(storage, kFolder, sample_info());
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->append(sample_row(1, "text")));
  EXPECT_FALSE((*writer)->finish());
  EXPECT_TRUE(archive_files(storage, kFolder)->empty());
}

TEST(Archive, RefusesALaterFormatByName) {
  FaultyStorage storage;
  const auto file = write_archive(storage, 1);
  auto bytes = storage.content(file);
  bytes[8] = std::byte{2};
  storage.set_content(file, bytes);
  const auto read = verify_archive(storage, file);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), base::Errc::kUnsupported);
}

}  // namespace
}  // namespace writ::storage::test
