#include "host/base/random.hpp"
#include "host/journal/folder.hpp"
#include "host/journal/recovery.hpp"
#include "host/journal/segment.hpp"
#include "host/journal/verify.hpp"
#include "tests/support/faulty_storage.hpp"
#include "tests/support/scale.hpp"
#include "tests/unit/journal/journal_fixture.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

namespace writ::journal::test {
namespace {

using base::Errc;
using writ::test::FaultyStorage;

const std::filesystem::path kFolder = "/journal";

std::filesystem::path run_path() { return run_folder(kFolder, RunNumber{1}); }

WriterOptions tiny() {
  auto options = small_options(kFolder);
  options.ring_bytes = std::size_t{16} << 10U;
  options.segment_bytes = std::size_t{40} << 10U;
  options.reserve_bytes = std::size_t{4} << 10U;
  return options;
}

base::Result<RecoveredRun> recover(Storage& storage, const std::filesystem::path& run) {
  const auto lock = FolderLock::take(storage, run.parent_path());
  if (!lock) return lock.error();
  return recover_run(storage, **lock, run);
}

/// The survivors are the first records that were written, at least `least` of them.
void expect_prefix(Storage& storage, const std::filesystem::path& run,
                   const std::vector<RecordBytes>& written, std::uint64_t least) {
  if (list_segments(storage, run)->empty()) {  // cut before there was anything
    ASSERT_EQ(least, 0U);
    return;
  }
  const ReadBack read = read_run(storage, run);
  ASSERT_EQ(read.error.code(), Errc::kNone) << read.description;
  ASSERT_GE(read.records.size(), least);
  ASSERT_LE(read.records.size(), written.size());
  EXPECT_TRUE(std::equal(read.records.begin(), read.records.end(), written.begin()));
  const auto report = verify_run(storage, run);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->ok()) << report->damage->text;
}

TEST(PowerCut, EverythingDurableSurvivesAndWhatSurvivesIsAPrefix) {
  const auto cases = static_cast<int>(writ::test::scaled(400));
  int lost_something = 0;
  for (int seed = 0; seed < cases; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    base::RandomStream random(static_cast<std::uint64_t>(seed), "power cut");
    FaultyStorage storage;
    auto writer = Writer::create(storage, tiny(), identity_of(1));
    ASSERT_TRUE(writer);
    RecordMaker maker(static_cast<std::uint64_t>(seed));
    std::vector<RecordBytes> written;
    const std::uint64_t count = random.below(600);
    for (std::uint64_t i = 0; i < count; ++i) {
      writ_record& record = maker.next();
      const auto seq = (*writer)->append(record);
      ASSERT_TRUE(seq);
      written.push_back(bytes_of(record));
      if (random.below(50) == 0) {
        ASSERT_TRUE((*writer)->wait_durable(*seq));
      }
      if (random.below(60) == 0) storage.write_back(random);
    }
    if (random.below(4) == 0) {
      ASSERT_TRUE((*writer)->close());
    }
    const std::uint64_t durable = (*writer)->durable_seq().raw();
    const auto image = storage.after_power_cut(random);
    const auto run = recover(*image, run_path());
    ASSERT_TRUE(run) << base::to_string(run.error());
    EXPECT_GE(run->last_seq.raw(), durable);
    if (run->last_seq.raw() < written.size()) ++lost_something;
    expect_prefix(*image, run_path(), written, durable);
  }
  // Otherwise the cuts cut nothing.
  EXPECT_GT(lost_something, cases / 20);
}

TEST(PowerCut, DuringRecoveryIsRecoveredFrom) {
  const auto cases = static_cast<int>(writ::test::scaled(150));
  for (int seed = 0; seed < cases; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    base::RandomStream random(static_cast<std::uint64_t>(seed), "cut in recovery");
    FaultyStorage storage;
    auto writer = Writer::create(storage, tiny(), identity_of(1));
    ASSERT_TRUE(writer);
    RecordMaker maker(static_cast<std::uint64_t>(seed));
    std::vector<RecordBytes> written;
    const std::uint64_t count = 50 + random.below(300);
    for (std::uint64_t i = 0; i < count; ++i) {
      writ_record& record = maker.next();
      ASSERT_TRUE((*writer)->append(record));
      written.push_back(bytes_of(record));
    }
    const std::uint64_t durable = (*writer)->durable_seq().raw();
    const auto first = storage.after_power_cut(random);
    // The first recovery gets so far and no further.
    first->fail_syncs_after(random.below(2));
    (void)recover(*first, run_path());
    const auto second = first->after_power_cut(random);
    const auto run = recover(*second, run_path());
    ASSERT_TRUE(run) << base::to_string(run.error());
    expect_prefix(*second, run_path(), written, durable);
  }
}

TEST(ProcessDeath, LosesNothingThatWasAppended) {
  const auto cases = static_cast<int>(writ::test::scaled(200));
  for (int seed = 0; seed < cases; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    base::RandomStream random(static_cast<std::uint64_t>(seed), "process death");
    FaultyStorage storage;
    auto writer = Writer::create(storage, tiny(), identity_of(1));
    ASSERT_TRUE(writer);
    RecordMaker maker(static_cast<std::uint64_t>(seed));
    std::vector<RecordBytes> written;
    const std::uint64_t count = random.below(800);
    for (std::uint64_t i = 0; i < count; ++i) {
      writ_record& record = maker.next();
      ASSERT_TRUE((*writer)->append(record));
      written.push_back(bytes_of(record));
    }
    const auto image = storage.after_process_death();
    EXPECT_TRUE(read_run(*image, run_path()).records == written);
    const auto run = recover(*image, run_path());
    ASSERT_TRUE(run) << base::to_string(run.error());
    EXPECT_EQ(run->last_seq.raw(), written.size());
    EXPECT_FALSE(run->torn_tail.has_value());
    expect_prefix(*image, run_path(), written, written.size());
  }
}

/// Appends until killed; each seq goes to the pipe after append has returned.
[[noreturn]] void append_until_killed(const std::filesystem::path& folder, int pipe_end) {
  PosixStorage storage;
  auto options = small_options(folder);
  options.segment_bytes = std::size_t{256} << 10U;
  auto writer = Writer::create(storage, options, identity_of(1));
  if (!writer) std::_Exit(2);
  RecordMaker maker(1);
  for (;;) {
    const auto seq = (*writer)->append(maker.next());
    if (!seq) std::_Exit(3);
    const std::uint64_t number = seq->raw();
    if (::write(pipe_end, &number, sizeof number) != sizeof number) std::_Exit(4);
  }
}

TEST(ProcessDeath, AKilledProcessLosesNothingAnObserverSaw) {
  PosixStorage storage;
  base::RandomStream random(1, "kill");
  for (int i = 0; i < static_cast<int>(writ::test::scaled(30)); ++i) {
    const TemporaryFolder folder;
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      append_until_killed(folder.path(), ends[1]);
    }
    ::close(ends[1]);
    const std::uint64_t kill_after = 1 + random.below(30'000);
    std::uint64_t seen = 0;
    bool refused_while_alive = false;
    while (seen < kill_after) {
      std::uint64_t seq = 0;
      ASSERT_EQ(::read(ends[0], &seq, sizeof seq), static_cast<ssize_t>(sizeof seq));
      ASSERT_EQ(seq, seen + 1);
      seen = seq;
      if (seq == 1) {
        const auto lock = FolderLock::take(storage, folder.path());
        refused_while_alive = !lock && lock.error().code() == Errc::kLocked;
      }
    }
    EXPECT_TRUE(refused_while_alive);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    for (std::uint64_t seq = 0; ::read(ends[0], &seq, sizeof seq) == sizeof seq;) seen = seq;
    ::close(ends[0]);

    const auto run = run_folder(folder.path(), RunNumber{1});
    ASSERT_TRUE((*list_runs(storage, folder.path()))[0].open);
    const auto recovered = recover(storage, run);
    ASSERT_TRUE(recovered) << base::to_string(recovered.error());
    // One more may have been appended whose seq did not reach the pipe.
    EXPECT_GE(recovered->last_seq.raw(), seen);
    EXPECT_LE(recovered->last_seq.raw(), seen + 1);
    RecordMaker maker(1);
    const ReadBack read = read_run(storage, run);
    EXPECT_EQ(read.error.code(), Errc::kNone) << read.description;
    std::uint64_t seq = 0;
    for (const RecordBytes& record : read.records) {
      writ_record& expected = maker.next();
      expected.seq = ++seq;
      ASSERT_EQ(record, bytes_of(expected));
    }
    EXPECT_EQ(seq, recovered->last_seq.raw());
  }
}

}  // namespace
}  // namespace writ::journal::test
