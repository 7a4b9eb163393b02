#include "host/journal/tape.hpp"

#include "host/base/file.hpp"
#include "host/journal/tape_index.hpp"
#include "host/journal/verify.hpp"
#include "tests/unit/journal/journal_fixture.hpp"

#include <gtest/gtest.h>

#include <malloc.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace writ::journal::test {
namespace {

using base::Errc;

writ_instrument make_instrument() {
  auto instrument = model::make_record<writ_instrument>();
  instrument.instrument = 1;
  EXPECT_TRUE(model::set_text(instrument.venue, "sim"));
  EXPECT_TRUE(model::set_text(instrument.market, "BTCUSDT"));
  return instrument;
}

writ_trade make_trade(std::int64_t ts) {
  auto trade = model::make_record<writ_trade>();
  trade.header.ingest_ts = ts;
  trade.header.event_ts = ts - 5;
  trade.instrument = 1;
  trade.price = 100 + ts % 17;
  return trade;
}

constexpr int kEvents = 20000;

TapeInfo write_tape(Storage& storage, const std::filesystem::path& path) {
  auto writer = TapeWriter::create(storage, path, "test", {{"a.gz", 12, {1, 2, 3}}});
  EXPECT_TRUE(writer) << base::to_string(writer.error());
  EXPECT_TRUE((*writer)->append(make_instrument().header));
  for (int i = 0; i < kEvents; ++i) EXPECT_TRUE((*writer)->append(make_trade(1000 + i / 2).header));
  auto info = (*writer)->finish();
  EXPECT_TRUE(info) << base::to_string(info.error());
  return *info;
}

TEST(Tape, GivesBackWhatWasWrittenAndDescribesIt) {
  const TemporaryFolder folder;
  PosixStorage storage;
  const auto path = folder.path() / "a.tape";
  const TapeInfo written = write_tape(storage, path);
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".unfinished"));

  auto reader = TapeReader::open(storage, path);
  ASSERT_TRUE(reader) << base::to_string(reader.error());
  const TapeInfo& info = reader->info();
  EXPECT_EQ(info.importer, "test");
  ASSERT_EQ(info.sources.size(), 1U);
  EXPECT_EQ(info.sources, written.sources);
  ASSERT_EQ(info.instruments.size(), 1U);
  EXPECT_EQ(info.instruments[0], "sim/BTCUSDT");
  EXPECT_EQ(info.events, static_cast<std::uint64_t>(kEvents));
  EXPECT_EQ(info.records, static_cast<std::uint64_t>(kEvents) + 1);
  EXPECT_EQ(info.first_ts, 1000);
  EXPECT_EQ(info.last_ts, 1000 + (kEvents - 1) / 2);
  EXPECT_EQ(info.content_hash, written.content_hash);

  for (int pass = 0; pass < 2; ++pass) {
    auto table = reader->next();
    ASSERT_TRUE(table);
    ASSERT_NE(model::as<writ_instrument>(**table), nullptr);
    for (int i = 0; i < kEvents; ++i) {
      const auto record = reader->next();
      ASSERT_TRUE(record) << reader->describe(record.error());
      ASSERT_NE(*record, nullptr);
      auto expected = make_trade(1000 + i / 2);
      expected.header.seq = static_cast<std::uint64_t>(i) + 2;
      ASSERT_EQ(bytes_of(**record), bytes_of(expected.header));
    }
    const auto end = reader->next();
    ASSERT_TRUE(end);
    EXPECT_EQ(*end, nullptr);
    reader->reset();
  }
}

// Instrument 1 in the first third of the time, 2 in the second, both in the last.
TapeInfo write_two(Storage& storage, const std::filesystem::path& path) {
  auto writer = TapeWriter::create(storage, path, "test", {});
  EXPECT_TRUE(writer);
  for (std::uint32_t number : {1U, 2U}) {
    auto instrument = make_instrument();
    instrument.instrument = number;
    EXPECT_TRUE(model::set_text(instrument.market, number == 1 ? "ONE" : "TWO"));
    EXPECT_TRUE((*writer)->append(instrument.header));
  }
  for (int i = 0; i < 3 * kEvents; ++i) {
    auto trade = make_trade(i);
    trade.instrument = i < kEvents ? 1 : i < 2 * kEvents ? 2 : 1 + static_cast<unsigned>(i % 2);
    EXPECT_TRUE((*writer)->append(trade.header));
  }
  auto info = (*writer)->finish();
  EXPECT_TRUE(info);
  return *info;
}

struct Given {
  std::uint64_t tables = 0;
  std::uint64_t events = 0;
  std::int64_t first_ts = -1;
  std::int64_t last_ts = -1;
  std::uint64_t blocks = 0;
};

Given given(TapeReader& reader, TapeSelection selection) {
  Given all;
  const std::vector<std::uint32_t> wanted = selection.instruments;
  reader.select(std::move(selection));
  for (;;) {
    const auto record = reader.next();
    EXPECT_TRUE(record);
    if (!record || *record == nullptr) break;
    const auto* trade = model::as<writ_trade>(**record);
    if (trade == nullptr) {
      ++all.tables;
      continue;
    }
    EXPECT_TRUE(wanted.empty() || wanted[0] == trade->instrument);
    if (all.events++ == 0) all.first_ts = trade->header.ingest_ts;
    all.last_ts = trade->header.ingest_ts;
  }
  all.blocks = reader.blocks_read();
  return all;
}

TEST(Tape, APartIsGivenWithoutReadingTheBlocksOfTheRest) {
  const TemporaryFolder folder;
  PosixStorage storage;
  const auto path = folder.path() / "two.tape";
  (void)write_two(storage, path);
  auto reader = TapeReader::open(storage, path);
  ASSERT_TRUE(reader);

  const Given whole = given(*reader, {});
  EXPECT_EQ(whole.tables, 2U);
  EXPECT_EQ(whole.events, 3U * kEvents);
  EXPECT_EQ(whole.blocks, reader->blocks());

  const Given one = given(*reader, {.instruments = {1}});
  EXPECT_EQ(one.tables, 2U);
  EXPECT_EQ(one.events, kEvents + kEvents / 2U);
  EXPECT_EQ(one.first_ts, 0);
  EXPECT_EQ(one.blocks, *reader->blocks_of(1) + 1);  // and that of the tables
  EXPECT_LT(one.blocks, whole.blocks);

  const Given late = given(*reader, {.from_ts = 50'000});
  EXPECT_EQ(late.tables, 2U);
  EXPECT_EQ(late.events, 10'000U);
  EXPECT_EQ(late.first_ts, 50'000);
  EXPECT_LT(late.blocks, whole.blocks / 3);

  const Given span = given(*reader, {.from_ts = 100, .to_ts = 200, .instruments = {1}});
  EXPECT_EQ(span.events, 100U);
  EXPECT_EQ(span.last_ts, 199);
  EXPECT_EQ(span.blocks, 2U);

  EXPECT_EQ(given(*reader, {.from_ts = 100, .to_ts = 200, .instruments = {2}}).blocks, 1U);
  EXPECT_EQ(given(*reader, {.instruments = {3}}).events, 0U);
  EXPECT_EQ(*reader->blocks_of(3), 0U);
  EXPECT_EQ(given(*reader, {}).events, whole.events);
}

// Bytes in use on the heap while an index of so many blocks has been looked through.
std::size_t heap_of_index(Storage& storage, const std::filesystem::path& path,
                          std::uint32_t blocks) {
  std::vector<TapeBlock> index(blocks);
  std::uint64_t offset = sizeof(TapeHeader);
  for (std::uint32_t i = 0; i < blocks; ++i) {
    index[i] = {offset, i + std::uint64_t{1}, {1000, 4096, 0, 1, i, i}};
    offset += sizeof(TapeBlockHead) + 1000;
  }
  index.insert(index.end(), index.begin(), index.end());  // the words of their instruments
  const auto bytes = std::as_bytes(std::span(index));
  EXPECT_TRUE(base::write_file_atomically(
      path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  index = {};
  const auto file = storage.open(path, OpenMode::kRead);
  EXPECT_TRUE(file);

  const auto in_use = [] { return ::mallinfo2().uordblks + ::mallinfo2().hblkhd; };
  const std::size_t before = in_use();
  TapeIndex found(**file, {0, blocks * sizeof(TapeBlock), blocks, 1});
  EXPECT_TRUE(found.check(offset, blocks));
  EXPECT_TRUE(found.has(blocks - 1, 1));
  EXPECT_EQ((*found.block(blocks - 1))->first_seq, blocks);
  EXPECT_EQ((*found.block(0))->first_seq, 1U);
  return in_use() - before;
}

TEST(Tape, TheIndexOfALongTapeTakesNoMoreMemoryThanThatOfAShortOne) {
  const TemporaryFolder folder;
  PosixStorage storage;
  const auto path = folder.path() / "index";
  EXPECT_EQ(heap_of_index(storage, path, 100'000), heap_of_index(storage, path, 1'000));
}

TEST(Tape, SameRecordsGiveTheSameFile) {
  const TemporaryFolder folder;
  PosixStorage storage;
  (void)write_tape(storage, folder.path() / "a.tape");
  (void)write_tape(storage, folder.path() / "b.tape");
  EXPECT_EQ(*base::read_file(folder.path() / "a.tape"), *base::read_file(folder.path() / "b.tape"));
}

TEST(Tape, RefusesTimeThatRunsBackwardsAndRecordsThatAreNotMarket) {
  const TemporaryFolder folder;
  PosixStorage storage;
  auto writer = TapeWriter::create(storage, folder.path() / "a.tape", "test", {});
  ASSERT_TRUE(writer);
  EXPECT_TRUE((*writer)->append(make_trade(10).header));
  const auto backwards = (*writer)->append(make_trade(9).header);
  ASSERT_FALSE(backwards);
  EXPECT_EQ(backwards.error().code(), Errc::kInvalid);
  EXPECT_EQ(backwards.error().detail(), 2);
  EXPECT_FALSE((*writer)->append(model::make_record<writ_fill>().header));
  EXPECT_TRUE((*writer)->append(make_trade(10).header));
  EXPECT_EQ((*writer)->finish()->events, 2U);
}

TEST(Tape, AnUnfinishedTapeLeavesNothing) {
  const TemporaryFolder folder;
  PosixStorage storage;
  {
    auto writer = TapeWriter::create(storage, folder.path() / "a.tape", "test", {});
    ASSERT_TRUE(writer);
    EXPECT_TRUE((*writer)->append(make_trade(10).header));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Tape, ExistingTapeIsNotOverwritten) {
  const TemporaryFolder folder;
  PosixStorage storage;
  (void)write_tape(storage, folder.path() / "a.tape");
  const auto again = TapeWriter::create(storage, folder.path() / "a.tape", "test", {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), Errc::kExists);
}

TEST(Tape, CutAnywhereIsAnErrorWithAnOffset) {
  const TemporaryFolder folder;
  PosixStorage storage;
  const auto path = folder.path() / "a.tape";
  (void)write_tape(storage, path);
  const std::string whole = *base::read_file(path);
  base::RandomStream random(11, "tape cut");
  for (int i = 0; i < 200; ++i) {
    const std::size_t size = i < 70 ? static_cast<std::size_t>(i) : random.below(whole.size());
    ASSERT_TRUE(base::write_file_atomically(path, whole.substr(0, size)));
    const auto reader = TapeReader::open(storage, path);
    ASSERT_FALSE(reader) << size;
    EXPECT_EQ(reader.error().code(), Errc::kTruncated) << size;
    const auto report = verify_tape(storage, path);
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->ok());
  }
}

TEST(Tape, EveryFlippedBitIsFound) {
  const TemporaryFolder folder;
  PosixStorage storage;
  const auto path = folder.path() / "a.tape";
  (void)write_tape(storage, path);
  EXPECT_TRUE(verify_tape(storage, path)->ok());
  const std::string whole = *base::read_file(path);
  base::RandomStream random(12, "tape flip");
  for (int i = 0; i < 300; ++i) {
    std::string damaged = whole;
    const std::size_t at = i < 64 ? static_cast<std::size_t>(i) : random.below(whole.size());
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random.below(8)));
    ASSERT_TRUE(base::write_file_atomically(path, damaged));
    const auto report = verify_tape(storage, path);
    ASSERT_TRUE(report);
    ASSERT_FALSE(report->ok()) << "byte " << at;
    EXPECT_NE(report->damage->text.find("a.tape: offset "), std::string::npos);
  }
}

}  // namespace
}  // namespace writ::journal::test
