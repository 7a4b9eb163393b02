#include "host/journal/folder.hpp"
#include "host/journal/recovery.hpp"
#include "host/journal/segment.hpp"
#include "host/journal/segment_file.hpp"
#include "host/journal/verify.hpp"
#include "tests/support/faulty_storage.hpp"
#include "tests/unit/journal/journal_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

namespace writ::journal::test {
namespace {

using base::Errc;
using writ::test::FaultyStorage;

const std::filesystem::path kFolder = "/journal";

std::filesystem::path run_path() { return run_folder(kFolder, RunNumber{1}); }

/// A run of `count` records, all durable, in `storage`; left open if `writer` is wanted back.
std::vector<RecordBytes> write_run(FaultyStorage& storage, WriterOptions options, int count,
                                   std::uint64_t seed,
                                   std::unique_ptr<Writer>* still_open = nullptr) {
  std::vector<RecordBytes> written;
  auto writer = Writer::create(storage, options, identity_of(1));
  EXPECT_TRUE(writer) << base::to_string(writer.error());
  RecordMaker maker(seed);
  for (int i = 0; i < count; ++i) {
    writ_record& record = maker.next();
    const auto seq = (*writer)->append(record);
    EXPECT_TRUE(seq);
    // One by one, so that segments end at the same record every time.
    EXPECT_TRUE((*writer)->wait_durable(*seq));
    written.push_back(bytes_of(record));
  }
  if (still_open != nullptr) {
    *still_open = std::move(*writer);
  } else {
    EXPECT_TRUE((*writer)->close());
  }
  return written;
}

/// Options with which a segment is reached after a few dozen records.
WriterOptions tiny_segments() {
  auto options = small_options(kFolder);
  options.ring_bytes = std::size_t{16} << 10U;
  options.segment_bytes = std::size_t{40} << 10U;
  options.reserve_bytes = std::size_t{4} << 10U;
  return options;
}

RecoveredRun recover(FaultyStorage& storage) {
  const auto lock = FolderLock::take(storage, kFolder);
  EXPECT_TRUE(lock);
  auto recovered = recover_run(storage, **lock, run_path());
  EXPECT_TRUE(recovered) << base::to_string(recovered.error());
  return recovered ? *recovered : RecoveredRun{};
}

void expect_whole(FaultyStorage& storage, const std::vector<RecordBytes>& records) {
  const auto report = verify_run(storage, run_path());
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->ok()) << report->damage->text;
  EXPECT_TRUE(report->closed);
  EXPECT_EQ(report->records, records.size());
  const ReadBack read = read_run(storage, run_path());
  EXPECT_EQ(read.error.code(), Errc::kNone) << read.description;
  EXPECT_TRUE(read.records == records);
}

TEST(Recovery, LeavesAClosedRunAlone) {
  FaultyStorage storage;
  const auto written = write_run(storage, tiny_segments(), 300, 1);
  const auto before = storage.content(run_path() / segment_name(1));
  const RecoveredRun run = recover(storage);
  EXPECT_TRUE(run.was_closed);
  EXPECT_EQ(run.last_seq.raw(), 300U);
  EXPECT_EQ(storage.content(run_path() / segment_name(1)), before);
  expect_whole(storage, written);
}

TEST(Recovery, TakesFromTheMappingWhatNoSegmentHasYet) {
  FaultyStorage storage;
  std::unique_ptr<Writer> writer;
  auto written = write_run(storage, tiny_segments(), 100, 2, &writer);
  storage.hold_writes();
  RecordMaker maker(3);
  for (int i = 0; i < 50; ++i) {
    writ_record& record = maker.next();
    ASSERT_TRUE(writer->append(record));
    written.push_back(bytes_of(record));
  }
  const auto image = storage.after_process_death();
  storage.release_writes();

  // A reader sees them before recovery too.
  EXPECT_TRUE(read_run(*image, run_path()).records == written);
  const RecoveredRun run = recover(*image);
  EXPECT_EQ(run.last_seq.raw(), 150U);
  EXPECT_EQ(run.records_from_mapping, 50U);
  EXPECT_FALSE(run.torn_tail.has_value());
  EXPECT_FALSE(run.was_closed);
  EXPECT_FALSE(*image->exists(run_path() / kTailName));
  expect_whole(*image, written);
  EXPECT_TRUE(recover(*image).was_closed);
}

TEST(Recovery, GoesOnBehindASealedSegmentAndInAFreshOne) {
  FaultyStorage storage;
  std::unique_ptr<Writer> writer;
  auto written = write_run(storage, tiny_segments(), 100, 14, &writer);
  ASSERT_EQ(list_segments(storage, run_path())->size(), 1U);
  storage.hold_writes();
  RecordMaker maker(15);
  for (int i = 0; i < 50; ++i) {
    writ_record& record = maker.next();
    ASSERT_TRUE(writer->append(record));
    written.push_back(bytes_of(record));
  }
  const auto image = storage.after_process_death();
  storage.release_writes();
  for (const bool next_is_begun : {false, true}) {
    const auto dead = image->after_process_death();
    const auto path = run_path() / segment_name(1);
    // The host died while it was going from one segment to the next.
    const auto file = dead->open(path, OpenMode::kRead);
    SegmentHeader header = *read_header(**file);
    std::uint64_t end = header.header_bytes;
    for (int i = 0; i < 100; ++i)
      end += sizeof(FrameHead) + written[static_cast<std::size_t>(i)].size() * 8;
    auto first = SegmentFile::resume(*dead, path, header, end);
    ASSERT_TRUE(first);
    header.first_position = first->position();
    header.previous = *first->seal(Seq{100});
    header.number = 2;
    header.first_seq = Seq{101};
    if (next_is_begun) {
      auto second = SegmentFile::create(*dead, run_path() / segment_name(2), 100'000);
      ASSERT_TRUE(second);
      ASSERT_TRUE(second->begin(header));
    }
    const RecoveredRun run = recover(*dead);
    EXPECT_EQ(run.last_seq.raw(), 150U);
    EXPECT_EQ(run.records_from_mapping, 50U);
    EXPECT_FALSE(run.torn_tail.has_value());
    expect_whole(*dead, written);
  }
}

TEST(Recovery, DropsATornTailWhereverItIsTornAndSaysWhere) {
  FaultyStorage storage;
  std::unique_ptr<Writer> writer;
  const auto written = write_run(storage, small_options(kFolder), 40, 4, &writer);
  const auto image = storage.after_process_death();
  const auto path = run_path() / segment_name(1);
  const auto whole = image->content(path);

  // Where each frame ends.
  auto file = image->open(path, OpenMode::kRead);
  const auto header = read_header(**file);
  ASSERT_TRUE(header);
  std::vector<std::size_t> ends{header->header_bytes};
  for (const RecordBytes& record : written) {
    ends.push_back(ends.back() + sizeof(FrameHead) + record.size() * 8);
  }
  const std::size_t first_cut = ends[ends.size() - 4];
  for (const bool zeroes_follow : {true, false}) {
    for (std::size_t cut = first_cut; cut < ends.back(); ++cut) {
      auto bytes = whole;
      bytes.resize(cut);
      if (zeroes_follow) bytes.resize(whole.size());
      FaultyStorage torn;
      ASSERT_TRUE(torn.make_folders(run_path()));
      ASSERT_TRUE(torn.open(path, OpenMode::kCreateNew));
      torn.set_content(path, bytes);
      // A machine that died left the mapping's name, not its content.
      ASSERT_TRUE(torn.open(run_path() / kTailName, OpenMode::kCreateNew));

      // A record that ends in zeroes is whole as soon as the rest of it is there.
      const auto same = std::mismatch(bytes.begin(), bytes.end(), whole.begin(), whole.end());
      const auto good = static_cast<std::size_t>(same.first - bytes.begin());
      const auto kept = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), good) -
                                                 ends.begin() - 1);
      const RecoveredRun run = recover(torn);
      EXPECT_EQ(run.last_seq.raw(), kept) << cut;
      const bool visible = std::any_of(bytes.begin() + static_cast<std::ptrdiff_t>(ends[kept]),
                                       bytes.end(), [](std::byte b) { return b != std::byte{0}; });
      EXPECT_EQ(run.torn_tail.has_value(), visible) << cut;
      if (run.torn_tail) {
        EXPECT_EQ(run.torn_tail->place.file, path);
        EXPECT_EQ(run.torn_tail->place.offset, ends[kept]);
      }
      expect_whole(torn, {written.begin(), written.begin() + static_cast<std::ptrdiff_t>(kept)});
    }
  }
}

TEST(Recovery, RefusesDamageInWhatWasDurable) {
  FaultyStorage storage;
  std::unique_ptr<Writer> writer;
  (void)write_run(storage, small_options(kFolder), 40, 5, &writer);
  const auto image = storage.after_process_death();
  const auto path = run_path() / segment_name(1);
  auto bytes = image->content(path);
  auto file = image->open(path, OpenMode::kRead);
  const std::size_t at = read_header(**file)->header_bytes;
  bytes[at + 50] ^= std::byte{4};
  image->set_content(path, bytes);
  const auto lock = FolderLock::take(*image, kFolder);
  Place place;
  const auto recovered = recover_run(*image, **lock, run_path(), &place);
  ASSERT_FALSE(recovered);
  EXPECT_EQ(recovered.error().code(), Errc::kCorrupt);
  EXPECT_EQ(place.file, path);
  EXPECT_EQ(place.offset, at);
  EXPECT_EQ(image->content(path), bytes);
}

TEST(Recovery, NeverTakesDamageInAClosedRunForATornTail) {
  FaultyStorage storage;
  (void)write_run(storage, small_options(kFolder), 40, 5);
  const auto path = run_path() / segment_name(1);
  const auto whole = storage.content(path);
  const std::size_t begin = read_header(**storage.open(path, OpenMode::kRead))->header_bytes;
  base::RandomStream random(9, "closed run");
  for (int i = 0; i < 200; ++i) {
    auto bytes = whole;
    if (i % 4 == 0) {
      bytes.resize(begin + random.below(whole.size() - begin));
    } else {
      const std::size_t at = begin + random.below(whole.size() - begin);
      bytes[at] ^= std::byte{1} << random.below(8);
    }
    const auto image = storage.after_process_death();
    image->set_content(path, bytes);
    const auto lock = FolderLock::take(*image, kFolder);
    EXPECT_FALSE(recover_run(*image, **lock, run_path())) << i;
    EXPECT_EQ(image->content(path), bytes) << i;
  }
}

TEST(Recovery, ARunThatDiedBeforeItsFirstSegmentHoldsNothing) {
  FaultyStorage storage;
  ASSERT_TRUE(storage.make_folders(run_path()));
  ASSERT_TRUE(storage.open(run_path() / kTailName, OpenMode::kCreateNew));
  EXPECT_EQ(recover(storage).last_seq.raw(), 0U);
  EXPECT_FALSE(*storage.exists(run_path() / kTailName));
}

TEST(Recovery, AHeaderTornByAPowerCutMeansTheRunNeverBegan) {
  FaultyStorage storage;
  std::unique_ptr<Writer> writer;
  (void)write_run(storage, small_options(kFolder), 0, 16, &writer);
  const auto path = run_path() / segment_name(1);
  const auto image = storage.after_process_death();
  auto bytes = image->content(path);
  std::fill(bytes.begin() + 512, bytes.begin() + 4096, std::byte{0});
  image->set_content(path, bytes);
  const RecoveredRun run = recover(*image);
  EXPECT_EQ(run.last_seq.raw(), 0U);
  EXPECT_EQ(run.identity.run_number, RunNumber{1});
  ASSERT_TRUE(run.torn_tail.has_value());
  EXPECT_EQ(run.torn_tail->place.file, path);
  EXPECT_TRUE(list_segments(*image, run_path())->empty());
  EXPECT_TRUE(*image->exists(path.string() + ".torn"));
  EXPECT_TRUE(list_runs(*image, kFolder)->empty());
  EXPECT_EQ(next_run_number(*image, kFolder, 0)->raw(), 2U);  // its number is used up all the same
  EXPECT_TRUE(recover(*image).was_closed);
}

TEST(Verify, FindsEveryFlippedBitAndNamesFileAndOffset) {
  FaultyStorage storage;
  const auto written = write_run(storage, tiny_segments(), 400, 6);
  ASSERT_TRUE(verify_run(storage, run_path())->ok());
  const auto segments = list_segments(storage, run_path());
  ASSERT_GE(segments->size(), 3U);
  base::RandomStream random(7, "flip");
  for (int i = 0; i < 400; ++i) {
    const auto path = run_path() / segment_name((*segments)[random.below(segments->size())]);
    const auto whole = storage.content(path);
    auto damaged = whole;
    // The padding of a header is checksummed too, but there is a lot of it.
    const std::size_t at =
        i % 2 == 0 ? random.below(whole.size()) : whole.size() - 1 - random.below(whole.size() / 3);
    damaged[at] ^= static_cast<std::byte>(1U << random.below(8));
    storage.set_content(path, damaged);

    const auto report = verify_run(storage, run_path());
    ASSERT_TRUE(report) << base::to_string(report.error());
    ASSERT_FALSE(report->ok()) << path << " byte " << at;
    EXPECT_EQ(report->damage->place.file, path) << report->damage->text;
    EXPECT_LE(report->damage->place.offset, at) << report->damage->text;
    EXPECT_NE(report->damage->text.find(": offset "), std::string::npos);

    // A reader gives what is before the damage and then the error, again and again.
    const ReadBack read = read_run(storage, run_path());
    EXPECT_NE(read.error.code(), Errc::kNone);
    ASSERT_LE(read.records.size(), written.size());
    EXPECT_TRUE(std::equal(read.records.begin(), read.records.end(), written.begin()));
    storage.set_content(path, whole);
  }
  EXPECT_TRUE(verify_run(storage, run_path())->ok());
}

TEST(Verify, FindsASegmentThatDoesNotBelongToTheChain) {
  FaultyStorage storage;
  (void)write_run(storage, tiny_segments(), 400, 8);
  // The same run again, but for one price: every check of a single segment passes.
  FaultyStorage other;
  auto writer = Writer::create(other, tiny_segments(), identity_of(1));
  ASSERT_TRUE(writer);
  RecordMaker maker(8);
  bool changed = false;
  for (int i = 0; i < 400; ++i) {
    writ_record& record = maker.next();
    if (!changed && record.type == WRIT_RECORD_TRADE) {
      reinterpret_cast<writ_trade&>(record).price += 1;
      changed = true;
    }
    ASSERT_TRUE((*writer)->wait_durable(*(*writer)->append(record)));
  }
  ASSERT_TRUE((*writer)->close());
  const auto first = run_path() / segment_name(1);
  const auto foreign = other.content(first);
  ASSERT_EQ(storage.content(first).size(), foreign.size());
  storage.set_content(first, foreign);

  EXPECT_EQ(read_run(storage, run_path()).error.code(), Errc::kNone);
  const auto report = verify_run(storage, run_path());
  ASSERT_TRUE(report);
  ASSERT_FALSE(report->ok());
  EXPECT_EQ(report->damage->place.file, run_path() / segment_name(2));
  EXPECT_NE(report->damage->text.find("chain is broken"), std::string::npos);
}

TEST(Verify, FindsAMissingSegment) {
  FaultyStorage storage;
  (void)write_run(storage, tiny_segments(), 400, 9);
  ASSERT_TRUE(storage.remove(run_path() / segment_name(2)));
  const auto report = verify_run(storage, run_path());
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->ok());
}

TEST(Reader, RefusesEmptyCutAndForeignFiles) {
  FaultyStorage storage;
  (void)write_run(storage, tiny_segments(), 10, 10);
  const auto path = run_path() / segment_name(1);
  const auto whole = storage.content(path);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{7}, std::size_t{159}, std::size_t{4000}}) {
    auto cut = whole;
    cut.resize(size);
    storage.set_content(path, cut);
    const auto reader = Reader::open(storage, run_path());
    ASSERT_FALSE(reader) << size;
    EXPECT_EQ(reader.error().code(), Errc::kTruncated);
    EXPECT_EQ(reader.error().detail(), static_cast<std::int64_t>(size));
  }
  storage.set_content(path, std::vector<std::byte>(8192, std::byte{'x'}));
  EXPECT_EQ(Reader::open(storage, run_path()).error().code(), Errc::kCorrupt);

  const auto with_number_at = [&](std::size_t at, std::uint32_t number) {
    auto changed = whole;
    std::memcpy(changed.data() + at, &number, sizeof number);
    storage.set_content(path, changed);
    return Reader::open(storage, run_path()).error();
  };
  const auto version = with_number_at(12, 2);
  EXPECT_EQ(version.code(), Errc::kUnsupported);
  EXPECT_STREQ(version.step(), "journal format version");
  const auto codec = with_number_at(24, 9);
  EXPECT_EQ(codec.code(), Errc::kUnsupported);
  EXPECT_STREQ(codec.step(), "journal codec");
  EXPECT_EQ(codec.detail(), 9);
  EXPECT_EQ(Reader::open(storage, kFolder / "none").error().code(), Errc::kNotFound);
}

TEST(DiskFull, RefusesOrdinaryRecordsForGoodAndStillTakesFromTheReserve) {
  FaultyStorage storage;
  storage.set_capacity(260'000);
  auto writer = Writer::create(storage, tiny_segments(), identity_of(1));
  ASSERT_TRUE(writer) << base::to_string(writer.error());
  RecordMaker maker(11);
  std::vector<RecordBytes> written;
  base::Error error;
  for (int i = 0; i < 100'000; ++i) {
    writ_record& record = maker.next();
    const auto seq = (*writer)->append(record);
    if (!seq) {
      error = seq.error();
      break;
    }
    written.push_back(bytes_of(record));
  }
  ASSERT_EQ(error.code(), Errc::kDiskFull);
  storage.set_capacity(1'000'000'000);  // space that comes back later changes nothing
  EXPECT_EQ((*writer)->append(maker.next()).error().code(), Errc::kDiskFull);

  auto command = model::make_record<writ_command>();
  command.command = WRIT_OPERATOR_KILL;
  std::size_t taken = 0;
  for (;; ++taken) {
    const auto seq = (*writer)->append(command.header, true);
    if (!seq) break;
    written.push_back(bytes_of(command.header));
  }
  EXPECT_EQ(taken, tiny_segments().reserve_bytes / (sizeof(FrameHead) + sizeof(writ_command)));
  const auto closed = (*writer)->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code(), Errc::kDiskFull);
  EXPECT_EQ((*writer)->durable_seq().raw(), written.size());
  expect_whole(storage, written);
}

TEST(DiskFull, AtTheStartNothingUsableIsLeft) {
  FaultyStorage storage;
  storage.set_capacity(30'000);
  const auto writer = Writer::create(storage, tiny_segments(), identity_of(1));
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code(), Errc::kDiskFull);
  EXPECT_TRUE(storage.list(run_path())->empty());
  storage.set_capacity(1'000'000'000);
  EXPECT_TRUE(Writer::create(storage, tiny_segments(), identity_of(2)));
}

TEST(FailedSync, IsNeverRetriedAndStopsTheJournal) {
  FaultyStorage storage;
  auto writer = Writer::create(storage, small_options(kFolder), identity_of(1));
  ASSERT_TRUE(writer);
  RecordMaker maker(12);
  const auto seq = (*writer)->append(maker.next());
  ASSERT_TRUE((*writer)->wait_durable(*seq));
  storage.fail_syncs_after(0);
  const std::uint64_t syncs = storage.syncs();
  const auto lost = (*writer)->append(maker.next());
  ASSERT_TRUE(lost);  // appended, and never durable
  const auto waited = (*writer)->wait_durable(*lost);
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code(), Errc::kIo);
  storage.fail_syncs_after(1000);
  EXPECT_EQ((*writer)->append(maker.next()).error().code(), Errc::kIo);
  EXPECT_EQ((*writer)->append(maker.next(), true).error().code(), Errc::kIo);
  EXPECT_EQ((*writer)->failure().code(), Errc::kIo);
  EXPECT_EQ((*writer)->close().error().code(), Errc::kIo);
  EXPECT_EQ((*writer)->durable_seq(), *seq);
  EXPECT_EQ(storage.syncs(), syncs);
}

TEST(HangingDisk, AppendWaitsThenFailsForGood) {
  FaultyStorage storage;
  auto options = tiny_segments();
  options.full_wait_max = std::chrono::milliseconds(50);
  auto writer = Writer::create(storage, options, identity_of(1));
  ASSERT_TRUE(writer);
  storage.hold_writes();
  RecordMaker maker(13);
  std::vector<RecordBytes> written;
  base::Error error;
  for (int i = 0; i < 100'000 && error.code() == Errc::kNone; ++i) {
    writ_record& record = maker.next();
    const auto seq = (*writer)->append(record);
    if (seq) {
      written.push_back(bytes_of(record));
    } else {
      error = seq.error();
    }
  }
  EXPECT_EQ(error.code(), Errc::kTimeout);
  EXPECT_GT(written.size(), 50U);
  storage.release_writes();
  EXPECT_EQ((*writer)->close().error().code(), Errc::kTimeout);
  // What was appended before is still there for the next start.
  writer->reset();
  const RecoveredRun run = recover(storage);
  EXPECT_EQ(run.last_seq.raw(), written.size());
  expect_whole(storage, written);
}

}  // namespace
}  // namespace writ::journal::test
