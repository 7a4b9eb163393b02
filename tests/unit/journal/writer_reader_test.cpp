#include "host/journal/folder.hpp"
#include "host/journal/reader.hpp"
#include "host/journal/recovery.hpp"
#include "host/journal/segment.hpp"
#include "host/journal/writer.hpp"
#include "tests/support/faulty_storage.hpp"
#include "tests/unit/journal/journal_fixture.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace writ::journal::test {
namespace {

using base::Errc;

TEST(Journal, GivesBackEveryRecordAfterClose) {
  const TemporaryFolder folder;
  PosixStorage storage;
  auto writer = Writer::create(storage, small_options(folder.path()), identity_of(1));
  ASSERT_TRUE(writer) << base::to_string(writer.error());
  RecordMaker maker(1);
  std::vector<RecordBytes> written;
  for (std::uint64_t i = 1; i <= 2000; ++i) {
    writ_record& record = maker.next();
    const auto seq = (*writer)->append(record);
    ASSERT_TRUE(seq) << base::to_string(seq.error());
    EXPECT_EQ(seq->raw(), i);
    written.push_back(bytes_of(record));
  }
  ASSERT_TRUE((*writer)->close());
  EXPECT_EQ((*writer)->durable_seq().raw(), 2000U);

  const auto read = read_run(storage, run_folder(folder.path(), RunNumber{1}));
  EXPECT_EQ(read.error.code(), Errc::kNone) << read.description;
  EXPECT_TRUE(read.records == written);
}

TEST(Journal, CarriesTheRunsIdentityAndCatalogue) {
  const TemporaryFolder folder;
  PosixStorage storage;
  auto writer = Writer::create(storage, small_options(folder.path()), identity_of(5));
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->close());
  auto reader = Reader::open(storage, run_folder(folder.path(), RunNumber{5}));
  ASSERT_TRUE(reader) << base::to_string(reader.error());
  EXPECT_EQ(reader->identity(), identity_of(5));
  EXPECT_NE(reader->catalogue().find("\"name\":\"verdict\""), std::string::npos);
  const auto record = reader->next();
  ASSERT_TRUE(record);
  EXPECT_EQ(*record, nullptr);
  EXPECT_TRUE(reader->closed());
}

TEST(Journal, RollsSegmentsWithoutLosingARecord) {
  const TemporaryFolder folder;
  PosixStorage storage;
  auto options = small_options(folder.path());
  options.segment_bytes = std::size_t{96} << 10U;
  auto writer = Writer::create(storage, options, identity_of(1));
  ASSERT_TRUE(writer);
  RecordMaker maker(2);
  std::vector<RecordBytes> written;
  for (int i = 0; i < 10000; ++i) {
    writ_record& record = maker.next();
    ASSERT_TRUE((*writer)->append(record));
    written.push_back(bytes_of(record));
  }
  ASSERT_TRUE((*writer)->close());
  const auto run = run_folder(folder.path(), RunNumber{1});
  EXPECT_TRUE(std::filesystem::exists(run / segment_name(5)));
  EXPECT_FALSE(std::filesystem::exists(run / kTailName));
  const auto read = read_run(storage, run);
  EXPECT_EQ(read.error.code(), Errc::kNone) << read.description;
  EXPECT_TRUE(read.records == written);
}

TEST(Journal, ThePagesAheadOfTheAppendsAreFaultedInWhereverTheseStand) {
  writ::test::FaultyStorage storage;
  auto writer = Writer::create(storage, small_options("journal"), identity_of(1));
  ASSERT_TRUE(writer);
  RecordMaker maker(4);
  for (int i = 0; i < 10000; ++i) ASSERT_TRUE((*writer)->append(maker.next()));
  ASSERT_TRUE((*writer)->close());
  EXPECT_EQ(storage.populates_refused(), 0U);
}

// Segments of a run that have left the page cache, and how many it has.
struct Cached {
  std::size_t segments = 0;
  std::size_t left = 0;
};

Cached cached_after_a_long_run(SyncPolicy sync) {
  writ::test::FaultyStorage storage;
  auto options = small_options("journal");
  options.segment_bytes = std::size_t{96} << 10U;
  options.sync = sync;
  auto writer = Writer::create(storage, options, identity_of(1));
  EXPECT_TRUE(writer);
  RecordMaker maker(3);
  for (int i = 0; i < 10000; ++i) EXPECT_TRUE((*writer)->append(maker.next()));
  EXPECT_TRUE((*writer)->close());
  const auto run = run_folder("journal", RunNumber{1});
  const auto numbers = list_segments(storage, run);
  EXPECT_TRUE(numbers);
  Cached found;
  for (const auto number : *numbers) {
    ++found.segments;
    found.left += storage.left_cache(run / segment_name(number)) ? 1U : 0U;
  }
  return found;
}

TEST(Journal, ALongRunThatNobodySyncsDoesNotFillThePageCache) {
  const Cached found = cached_after_a_long_run(SyncPolicy::kNever);
  EXPECT_GE(found.segments, 6U);
  EXPECT_EQ(found.left, found.segments - 3);
}

TEST(Journal, WhatFollowsALiveRunFindsItInThePageCache) {
  const Cached found = cached_after_a_long_run(SyncPolicy::kGroupCommit);
  EXPECT_GE(found.segments, 6U);
  EXPECT_EQ(found.left, 0U);
}

TEST(Journal, TailsARunWhileItIsWritten) {
  const TemporaryFolder folder;
  PosixStorage storage;
  auto options = small_options(folder.path());
  options.segment_bytes = std::size_t{128} << 10U;
  auto writer = Writer::create(storage, options, identity_of(1));
  ASSERT_TRUE(writer);
  constexpr std::uint64_t kRecords = 20000;
  std::atomic<bool> done{false};
  const auto tail = [&](ReadLimit limit, std::vector<RecordBytes>& out, std::string& failure) {
    auto reader = Reader::open(storage, run_folder(folder.path(), RunNumber{1}), limit);
    if (!reader) {
      failure = base::to_string(reader.error());
      return;
    }
    for (;;) {
      const bool last_look = done.load();
      const auto record = reader->next();
      if (!record) {
        failure = reader->describe(record.error());
        return;
      }
      if (*record != nullptr) {
        out.push_back(bytes_of(**record));
      } else if (last_look && reader->closed()) {
        return;
      } else {
        std::this_thread::yield();
      }
    }
  };
  std::vector<RecordBytes> appended;
  std::vector<RecordBytes> durable;
  std::string appended_failure;
  std::string durable_failure;
  std::thread first([&] { tail(ReadLimit::kAppended, appended, appended_failure); });
  std::thread second([&] { tail(ReadLimit::kDurable, durable, durable_failure); });
  RecordMaker maker(3);
  std::vector<RecordBytes> written;
  for (std::uint64_t i = 0; i < kRecords; ++i) {
    writ_record& record = maker.next();
    const auto seq = (*writer)->append(record);
    if (!seq) break;
    written.push_back(bytes_of(record));
    if (i % 1000 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE((*writer)->close());
  done = true;
  first.join();
  second.join();
  EXPECT_EQ(written.size(), kRecords);
  EXPECT_EQ(appended_failure, "");
  EXPECT_EQ(durable_failure, "");
  EXPECT_TRUE(appended == written);
  EXPECT_TRUE(durable == written);
}

// A reader that looked at the very moment of the close once said "segment is missing".
TEST(Journal, ReaderReachesTheEndOfARunClosedWhileItLooks) {
  const TemporaryFolder folder;
  PosixStorage storage;
  RecordMaker maker(4);
  for (std::uint32_t run = 1; run <= 200; ++run) {
    auto writer = Writer::create(storage, small_options(folder.path()), identity_of(run));
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->append(maker.next()));
    std::atomic<bool> looking{false};
    std::string failure;
    std::thread reading([&] {
      const auto path = run_folder(folder.path(), RunNumber{run});
      auto reader = Reader::open(storage, path, ReadLimit::kAppended);
      looking = true;
      while (failure.empty() && reader && !reader->closed()) {
        if (const auto record = reader->next(); !record) failure = reader->describe(record.error());
      }
      if (!reader) failure = base::to_string(reader.error());
    });
    while (!looking) std::this_thread::yield();
    EXPECT_TRUE((*writer)->close());
    reading.join();
    ASSERT_EQ(failure, "") << "run " << run;
  }
}

TEST(Journal, ShowsAppendedRecordsBeforeTheyAreInASegment) {
  const TemporaryFolder folder;
  PosixStorage storage;
  auto writer = Writer::create(storage, small_options(folder.path()), identity_of(1));
  ASSERT_TRUE(writer);
  RecordMaker maker(4);
  auto reader = Reader::open(storage, run_folder(folder.path(), RunNumber{1}));
  ASSERT_TRUE(reader);
  for (int i = 0; i < 500; ++i) {
    writ_record& record = maker.next();
    ASSERT_TRUE((*writer)->append(record));
    const auto read = reader->next();
    ASSERT_TRUE(read) << reader->describe(read.error());
    ASSERT_NE(*read, nullptr);
    EXPECT_EQ(bytes_of(**read), bytes_of(record));
    const auto end = reader->next();
    ASSERT_TRUE(end);
    EXPECT_EQ(*end, nullptr);
  }
}

TEST(Journal, WaitDurableReturnsOnceTheRecordIsDurable) {
  const TemporaryFolder folder;
  PosixStorage storage;
  auto writer = Writer::create(storage, small_options(folder.path()), identity_of(1));
  ASSERT_TRUE(writer);
  RecordMaker maker(5);
  for (int i = 0; i < 20; ++i) {
    const auto seq = (*writer)->append(maker.next());
    ASSERT_TRUE(seq);
    ASSERT_TRUE((*writer)->wait_durable(*seq));
    EXPECT_GE((*writer)->durable_seq(), *seq);
  }
  const auto late = (*writer)->wait_durable(Seq{1000}, std::chrono::milliseconds(5));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), Errc::kTimeout);
}

TEST(Journal, TellsWhenARecordSomebodyWaitsForIsDurable) {
  const TemporaryFolder folder;
  PosixStorage storage;
  std::mutex mutex;
  std::condition_variable changed;
  int told = 0;
  auto options = small_options(folder.path());
  options.on_durable = [&] {
    const std::lock_guard guard(mutex);
    ++told;
    changed.notify_all();
  };
  auto writer = Writer::create(storage, options, identity_of(1));
  ASSERT_TRUE(writer);
  RecordMaker maker(5);
  const auto unwanted = (*writer)->append(maker.next());
  ASSERT_TRUE(unwanted);
  ASSERT_TRUE((*writer)->wait_durable(*unwanted));
  EXPECT_EQ(told, 0);
  for (int i = 0; i < 20; ++i) {
    const auto seq = (*writer)->append(maker.next());
    ASSERT_TRUE(seq);
    (*writer)->hasten(*seq);
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(20),
                                 [&] { return (*writer)->durable_seq() >= *seq; }))
        << "record " << i << " became durable and nobody was told";
  }
  const std::lock_guard guard(mutex);
  EXPECT_GT(told, 0);
}

TEST(Journal, RefusesARecordThatIsNotValidAndGoesOn) {
  const TemporaryFolder folder;
  PosixStorage storage;
  auto writer = Writer::create(storage, small_options(folder.path()), identity_of(1));
  ASSERT_TRUE(writer);
  auto delta = model::make_record<writ_book_delta>();
  delta.bid_count = 3;  // and no level follows
  const auto refused = (*writer)->append(delta.header);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::kInvalid);
  delta.bid_count = 0;
  const auto seq = (*writer)->append(delta.header);
  ASSERT_TRUE(seq);
  EXPECT_EQ(seq->raw(), 1U);
}

TEST(Journal, SecondWriterOfAFolderIsRefused) {
  const TemporaryFolder folder;
  PosixStorage storage;
  auto writer = Writer::create(storage, small_options(folder.path()), identity_of(1));
  ASSERT_TRUE(writer);
  const auto second = Writer::create(storage, small_options(folder.path()), identity_of(2));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Errc::kLocked);
  ASSERT_TRUE((*writer)->close());
  EXPECT_TRUE(Writer::create(storage, small_options(folder.path()), identity_of(2)));
}

TEST(Journal, ARunNumberIsUsedOnce) {
  const TemporaryFolder folder;
  PosixStorage storage;
  {
    auto writer = Writer::create(storage, small_options(folder.path()), identity_of(1));
    ASSERT_TRUE(writer);
  }
  const auto again = Writer::create(storage, small_options(folder.path()), identity_of(1));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), Errc::kExists);
}

TEST(Journal, NextRunNumberIsAboveEveryRunAndTheBase) {
  const TemporaryFolder folder;
  PosixStorage storage;
  EXPECT_EQ(next_run_number(storage, folder.path() / "none", 0)->raw(), 1U);
  EXPECT_EQ(next_run_number(storage, folder.path() / "none", 5000)->raw(), 5001U);
  for (const std::uint32_t run : {3U, 12U}) {
    auto writer = Writer::create(storage, small_options(folder.path()), identity_of(run));
    ASSERT_TRUE(writer);
  }
  EXPECT_EQ(next_run_number(storage, folder.path(), 0)->raw(), 13U);
  const auto runs = list_runs(storage, folder.path());
  ASSERT_TRUE(runs);
  ASSERT_EQ(runs->size(), 2U);
  EXPECT_EQ((*runs)[0].number, RunNumber{3});
  EXPECT_FALSE((*runs)[1].open);
}

TEST(Journal, SeekFindsEveryRecordAcrossSegments) {
  const TemporaryFolder folder;
  PosixStorage storage;
  auto options = small_options(folder.path());
  options.segment_bytes = std::size_t{64} << 10U;
  auto writer = Writer::create(storage, options, identity_of(1));
  ASSERT_TRUE(writer);
  RecordMaker maker(6);
  for (int i = 0; i < 3000; ++i) ASSERT_TRUE((*writer)->append(maker.next()));
  ASSERT_TRUE((*writer)->close());
  auto reader = Reader::open(storage, run_folder(folder.path(), RunNumber{1}));
  ASSERT_TRUE(reader);
  for (const std::uint64_t seq : {3000U, 1U, 1500U, 2999U, 2U, 777U}) {
    ASSERT_TRUE(reader->seek(Seq{seq}));
    const auto record = reader->next();
    ASSERT_TRUE(record);
    ASSERT_NE(*record, nullptr);
    EXPECT_EQ((*record)->seq, seq);
  }
  ASSERT_TRUE(reader->seek(Seq{3001}));
  const auto end = reader->next();
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, nullptr);
  EXPECT_FALSE(reader->seek(Seq{0}));
}

}  // namespace
}  // namespace writ::journal::test
