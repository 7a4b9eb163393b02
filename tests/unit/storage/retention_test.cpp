#include "host/storage/retention.hpp"

#include "host/storage/archive.hpp"
#include "host/storage/canonical_dump.hpp"
#include "host/storage/frames.hpp"
#include "host/storage/table_rows.hpp"
#include "tests/support/faulty_storage.hpp"
#include "tests/unit/storage/testing.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace writ::storage::test {
namespace {

using writ::test::FaultyStorage;

constexpr std::int64_t kDay = 86'400'000'000'000;
constexpr std::int64_t kNow = SampleRun::kStart + 100 * kDay;
const std::filesystem::path kFolder = "/archive";

/// A run without frames of its own, and frames of two sources, one a day for 100 days each; the
/// later source's come out of order now and then.
class RetentionTest : public ::testing::Test {
 protected:
  RetentionTest() { run_.begin().deposit("10000").portfolio("0", "1", "0").stop(); }
  void SetUp() override { fill(); }
  void fill() {
    project(*database_, run_);
    auto insert = database_->prepare(
        "INSERT INTO raw_event (raw_event_id, source, ingest_ts, event_ts, run_id, journal_seq, "
        "seq, "
        "topic, instrument_id, payload) VALUES ($1, $2, $3, $3, $4, 1, $5, 'depth', 1, $6)");
    ASSERT_TRUE(insert) << database_->last_error();
    ASSERT_TRUE(database_->begin());
    for (int i = 0; i < 200; ++i) {
      const bool late = i % 7 == 0 && i % 2 == 1;
      const std::int64_t ts = SampleRun::kStart + (i / 2) * kDay + (late ? 40 * kDay : 0);
      const std::string payload = std::string("\0\xff", 2) + std::to_string(i);
      const std::string run_id = run_.run_id();
      (*insert)->bind_integer(1, (std::int64_t{1} << 40) + 100 + i);
      (*insert)->bind_text(2, i % 2 == 0 ? "b" : "A");
      (*insert)->bind_integer(3, ts);
      (*insert)->bind_text(4, run_id);
      (*insert)->bind_integer(5, i / 2);
      (*insert)->bind_bytes(6, std::as_bytes(std::span(payload.data(), payload.size())));
      ASSERT_TRUE((*insert)->step()) << database_->last_error();
      (*insert)->reset();
    }
    ASSERT_TRUE(database_->commit());
  }

  RetentionOptions keep_days(std::int64_t days) const {
    return {kNow - days * kDay, kNow, kFolder};
  }
  std::vector<ArchivedRows> retain_days(std::int64_t days) {
    std::string failed;
    const auto archived = retain(*database_, files_, keep_days(days), &failed);
    EXPECT_TRUE(archived) << failed;
    return archived ? *archived : std::vector<ArchivedRows>();
  }
  std::string replay_hash(journal::Storage& files) {
    const auto snapshot = ReadSnapshot::begin(*database_);
    EXPECT_TRUE(snapshot);
    EXPECT_TRUE(files.make_folders(kFolder));
    std::string failed;
    const auto frames = all_frames(files, kFolder, database_.get(), run_.run_id(), &failed);
    EXPECT_TRUE(frames) << failed;
    const auto hash = replay_hash_of(**frames);
    EXPECT_TRUE(hash) << (*frames)->where();
    return hash ? *hash : std::string();
  }
  std::string count() { return row(*database_, "SELECT count(*) FROM raw_event"); }

  std::unique_ptr<Database> database_ = fresh_database();
  SampleRun run_;
  FaultyStorage files_;
};

TEST_F(RetentionTest, MovesOldFramesOnly) {
  const auto archived = retain_days(30);
  ASSERT_EQ(archived.size(), 2u);
  EXPECT_EQ(archived[0].source, "A");
  EXPECT_EQ(archived[1].source, "b");
  const auto gone = archived[0].rows + archived[1].rows;
  EXPECT_GT(gone, 100u);
  EXPECT_EQ(count(), std::to_string(200 - gone));
  EXPECT_EQ(row(*database_, "SELECT count(*) FROM raw_event WHERE event_ts < " +
                                std::to_string(kNow - 30 * kDay)),
            "0");
}

// A source whose every frame was archived once counted from 0 again.
TEST_F(RetentionTest, KeepsTheLastFrameOfASource) {
  ASSERT_EQ(retain_days(-1000).size(), 2u);
  EXPECT_EQ(count(), "2");
  EXPECT_EQ(row(*database_, "SELECT MIN(seq) FROM raw_event"), "99");
}

TEST_F(RetentionTest, ReplayHashOfArchiveAndRestIsThatOfBefore) {
  const std::string before = replay_hash(files_);
  ASSERT_FALSE(retain_days(60).empty());
  EXPECT_EQ(replay_hash(files_), before);
  ASSERT_FALSE(retain_days(20).empty());
  EXPECT_EQ(replay_hash(files_), before);
  EXPECT_EQ(archive_files(files_, kFolder)->size(), 4u);
}

TEST_F(RetentionTest, SecondTimeFindsNothing) {
  ASSERT_FALSE(retain_days(30).empty());
  EXPECT_TRUE(retain_days(30).empty());
  EXPECT_EQ(row(*database_, "SELECT count(*) FROM ops_event WHERE kind = 'RETENTION'"), "1");
}

TEST_F(RetentionTest, TablesStayAppendOnly) {
  ASSERT_FALSE(retain_days(30).empty());
  EXPECT_FALSE(database_->execute("DELETE FROM raw_event"));
  EXPECT_NE(database_->last_error().find("append-only violation on table raw_event"),
            std::string::npos);
}

TEST_F(RetentionTest, LeavesEveryOtherTableAlone) {
  std::string before;
  std::string after;
  const auto others = [&](std::string& into) {
    const auto tables = canonical_dump(*database_, {}, [](std::string_view) {});
    ASSERT_TRUE(tables);
    for (const auto& table : *tables) {
      if (table.table != "raw_event" && table.table != "ops_event") into += table.sha256;
    }
  };
  others(before);
  ASSERT_FALSE(retain_days(30).empty());
  others(after);
  EXPECT_EQ(after, before);
}

TEST_F(RetentionTest, SaysSoInAnEvent) {
  const auto archived = retain_days(30);
  ASSERT_EQ(archived.size(), 2u);
  const auto gone = std::to_string(archived[0].rows + archived[1].rows);
  EXPECT_EQ(row(*database_,
                "SELECT source, severity, message, event_ts FROM ops_event "
                "WHERE kind = 'RETENTION'"),
            "retention|INFO|" + gone + " rows archived|" + std::to_string(kNow));
  const auto detail = row(*database_, "SELECT detail FROM ops_event WHERE kind = 'RETENTION'");
  EXPECT_NE(detail.find(archived[0].sha256), std::string::npos);
  EXPECT_NE(detail.find(archived[1].file.filename().string()), std::string::npos);
}

TEST_F(RetentionTest, AFailingDiskLosesNothing) {
  const std::string before = replay_hash(files_);
  int failures = 0;
  for (std::uint64_t successes = 0;; ++successes) {
    FaultyStorage files;
    ASSERT_TRUE(files.make_folders(kFolder));
    files.fail_syncs_after(successes);
    std::string failed;
    const auto archived = retain(*database_, files, keep_days(30), &failed);
    if (archived) break;
    ++failures;
    EXPECT_EQ(count(), "200");
    EXPECT_NE(failed.find("/archive"), std::string::npos) << failed;
    EXPECT_EQ(replay_hash(*files.after_process_death()), before);
  }
  EXPECT_GE(failures, 2);
}

TEST_F(RetentionTest, GoesOnAfterItsDeathBeforeTheRowsWereDeleted) {
  const std::string before = replay_hash(files_);
  ASSERT_FALSE(retain_days(60).empty());
  const auto copy = files_.after_process_death();
  // The rows as they were: the archive is there already.
  database_ = fresh_database();
  fill();
  ASSERT_EQ(count(), "200");
  EXPECT_EQ(replay_hash(*copy), before) << "a frame in both comes once";
  const auto again = retain(*database_, *copy, keep_days(60));
  ASSERT_TRUE(again);
  EXPECT_EQ(archive_files(*copy, kFolder)->size(), 2u) << "the same rows make the same file";
  EXPECT_EQ(replay_hash(*copy), before);
}

TEST_F(RetentionTest, TwoFramesWithOneNumberAreAnError) {
  ASSERT_FALSE(retain_days(30).empty());
  ASSERT_TRUE(database_->execute(
      "INSERT INTO raw_event (raw_event_id, source, ingest_ts, event_ts, run_id, journal_seq, seq, "
      "topic, payload) SELECT 1, 'A', 0, 0, run_id, 1, 0, 'other', payload FROM raw_event "
      "WHERE raw_event_id = (SELECT MAX(raw_event_id) FROM raw_event)"));
  const auto snapshot = ReadSnapshot::begin(*database_);
  auto frames = all_frames(files_, kFolder, database_.get(), run_.run_id());
  ASSERT_TRUE(frames);
  const auto hash = replay_hash_of(**frames);
  ASSERT_FALSE(hash);
  EXPECT_EQ(hash.error().code(), base::Errc::kMismatch);
}

TEST_F(RetentionTest, OneAtATimeUsesAFolder) {
  ASSERT_TRUE(files_.make_folders(kFolder));
  const auto lock = files_.lock(kFolder / "lock");
  ASSERT_TRUE(lock);
  const auto refused = retain(*database_, files_, keep_days(30));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kLocked);
}

TEST_F(RetentionTest, ArchivesNameInstrumentsNotTheirNumbers) {
  const auto archived = retain_days(30);
  ASSERT_FALSE(archived.empty());
  auto frames = archived_frames(files_, archived[0].file);
  ASSERT_TRUE(frames);
  const auto first = (*frames)->next();
  ASSERT_TRUE(first);
  EXPECT_EQ((*first)->instrument, "binance/ETHUSDT/");
  EXPECT_EQ((*first)->payload.substr(0, 2), std::string_view("\0\xff", 2));
}

TEST_F(RetentionTest, OldMonthsOfTradesGoWithTheirPartition) {
  const auto add = [&](std::int64_t ts, int id) {
    return database_->execute(
        "INSERT INTO agg_trade (event_ts, instrument_id, agg_id, source, ingest_ts, run_id, "
        "journal_seq, price, qty, is_buyer_maker) VALUES (" +
        std::to_string(ts) + ", 1, " + std::to_string(id) + ", 's', 0, '" + run_.run_id() +
        "', 1, '1.5', '2', 0)");
  };
  const bool postgres = database_->dialect() == Dialect::kPostgres;
  if (postgres) {
    ASSERT_TRUE(query_integer(
        *database_, "SELECT ensure_partitions(" + std::to_string(SampleRun::kStart) + ", 4)"));
  }
  ASSERT_TRUE(add(SampleRun::kStart, 1)) << database_->last_error();
  ASSERT_TRUE(add(SampleRun::kStart + kDay, 2));
  ASSERT_TRUE(add(kNow, 3));
  const auto archived = retain_days(30);
  if (!postgres) {
    EXPECT_EQ(row(*database_, "SELECT count(*) FROM agg_trade"), "3");
    return;
  }
  ASSERT_EQ(archived.size(), 3u);
  EXPECT_EQ(archived[2].table, "agg_trade");
  EXPECT_EQ(archived[2].source, "agg_trades_202311");
  EXPECT_EQ(archived[2].rows, 2u);
  EXPECT_TRUE(verify_archive(files_, archived[2].file));
  EXPECT_EQ(row(*database_, "SELECT agg_id FROM agg_trade"), "3");
  EXPECT_EQ(row(*database_, "SELECT to_regclass('agg_trades_202311') IS NULL"), "1");
  EXPECT_EQ(row(*database_, "SELECT to_regclass('agg_trades_202401') IS NULL"), "0");
}

}  // namespace
}  // namespace writ::storage::test
