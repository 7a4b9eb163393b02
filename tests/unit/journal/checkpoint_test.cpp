#include "host/journal/checkpoint.hpp"

#include "host/journal/folder.hpp"
#include "tests/unit/journal/journal_fixture.hpp"

#include <gtest/gtest.h>

namespace writ::journal::test {
namespace {

std::vector<std::byte> some_bytes(std::size_t size, std::uint64_t seed) {
  base::RandomStream random(seed, "bytes");
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.below(256));
  return bytes;
}

CheckpointSections some_sections(std::uint64_t seed) {
  CheckpointSections sections;
  sections["ledger"] = {1, some_bytes(100, seed)};
  sections["orders"] = {2, {}};
  sections["plugin:mm"] = {7, some_bytes(200'000, seed + 1)};
  sections["arbiter"] = {1, some_bytes(std::size_t{64} << 10U, seed + 2)};
  return sections;
}

AppendCheckpoint into(Writer& writer) {
  return [&writer](writ_checkpoint& piece) -> base::Result<void> {
    EXPECT_LE(piece.data_size, std::uint32_t{64} << 10U);
    const auto seq = writer.append(piece.header);
    if (!seq) return seq.error();
    return {};
  };
}

WriterOptions options_for(const std::filesystem::path& folder) {
  auto options = small_options(folder);
  options.ring_bytes = std::size_t{512} << 10U;
  return options;
}

TEST(Checkpoint, TheLastCompleteOneIsFound) {
  const TemporaryFolder folder;
  PosixStorage storage;
  auto writer = Writer::create(storage, options_for(folder.path()), identity_of(1));
  ASSERT_TRUE(writer);
  RecordMaker maker(1);
  ASSERT_TRUE(write_checkpoint((*writer)->next_seq(), some_sections(1), into(**writer)));
  ASSERT_TRUE((*writer)->append(maker.next()));
  const Seq first = (*writer)->next_seq();
  ASSERT_TRUE(write_checkpoint(first, some_sections(2), into(**writer)));
  const Seq after = (*writer)->next_seq();
  ASSERT_TRUE((*writer)->append(maker.next()));
  // The third is cut short by a death of the host.
  int left = 3;
  const auto cut = write_checkpoint((*writer)->next_seq(), some_sections(3),
                                    [&](writ_checkpoint& piece) -> base::Result<void> {
                                      if (left-- == 0) return base::Error(base::Errc::kState, "");
                                      return into(**writer)(piece);
                                    });
  EXPECT_FALSE(cut);
  ASSERT_TRUE((*writer)->close());

  auto reader = Reader::open(storage, run_folder(folder.path(), RunNumber{1}));
  ASSERT_TRUE(reader);
  const auto found = find_last_checkpoint(*reader);
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->first_seq, first);
  EXPECT_EQ((*found)->last_seq.raw() + 1, after.raw());
  EXPECT_EQ((*found)->sections, some_sections(2));
}

TEST(Checkpoint, ARunWithoutOneHasNone) {
  const TemporaryFolder folder;
  PosixStorage storage;
  auto writer = Writer::create(storage, options_for(folder.path()), identity_of(1));
  ASSERT_TRUE(writer);
  RecordMaker maker(1);
  ASSERT_TRUE((*writer)->append(maker.next()));
  auto reader = Reader::open(storage, run_folder(folder.path(), RunNumber{1}));
  ASSERT_TRUE(reader);
  const auto found = find_last_checkpoint(*reader);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->has_value());
}

TEST(Checkpoint, ChangedBytesAreCorrupt) {
  model::RecordBuffer buffer;
  CheckpointAssembler assembler;
  CheckpointSections sections;
  sections["a"] = {1, some_bytes(64, 3)};
  std::uint64_t seq = 5;
  const auto written =
      write_checkpoint(Seq{5}, sections, [&](writ_checkpoint& piece) -> base::Result<void> {
        piece.header.seq = seq++;
        auto bytes = bytes_of(piece.header);
        reinterpret_cast<std::byte*>(bytes.data())[sizeof(writ_checkpoint) + 9] ^= std::byte{1};
        const auto added = assembler.add(*reinterpret_cast<const writ_record*>(bytes.data()));
        EXPECT_FALSE(added);
        EXPECT_EQ(added.error().code(), base::Errc::kCorrupt);
        EXPECT_EQ(added.error().detail(), 5);
        return {};
      });
  EXPECT_TRUE(written);
}

TEST(Checkpoint, RefusesANameThatDoesNotFit) {
  CheckpointSections sections;
  sections[std::string(64, 'x')] = {1, {}};
  const auto append = [](writ_checkpoint&) -> base::Result<void> { return {}; };
  EXPECT_EQ(write_checkpoint(Seq{1}, sections, append).error().code(), base::Errc::kInvalid);
  EXPECT_EQ(write_checkpoint(Seq{1}, {}, append).error().code(), base::Errc::kInvalid);
}

}  // namespace
}  // namespace writ::journal::test
