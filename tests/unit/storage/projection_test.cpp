#include "host/storage/projection.hpp"

#include "host/base/uuid.hpp"
#include "host/journal/folder.hpp"
#include "host/storage/compare.hpp"
#include "host/storage/projection_thread.hpp"
#include "tests/unit/storage/projection_fixture.hpp"
#include "tests/unit/storage/testing.hpp"

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace writ::storage::test {
namespace {

/// `trades` round trips of the sample market.
SampleRun long_run(std::uint64_t number, int trades) {
  SampleRun run(number);
  run.begin().deposit("10000");
  auto cost = model::make_record<writ_plugin_stat>();
  cost.instance = SampleRun::kMaker;
  cost.calls = 7;
  run.add(cost);
  for (int i = 0; i < trades; ++i) {
    run.trade(WRIT_SIDE_BUY, "2", "100", "0.2", "100").portfolio("2", "100.5", "1");
    run.trade(WRIT_SIDE_SELL, "2", "101", "0.202", "100", "2").portfolio("0", "101", "0");
  }
  run.stop();
  return run;
}

TEST_F(ProjectionTest, CatchesUpWithAClosedRun) {
  SampleRun run;
  run.whole();
  const auto folder = write_journal(1, run);
  const auto database = open_database("a.db");
  auto projection = Projection::open(*database, files_, folder);
  ASSERT_TRUE(projection);
  const auto reached = projection->catch_up();
  ASSERT_TRUE(reached) << projection->describe(reached.error());
  EXPECT_EQ(reached->journal_seq, run.size());
  EXPECT_EQ(reached->records, run.size());
  EXPECT_EQ(reached->rejected, 0u);
  EXPECT_TRUE(reached->at_end);
  EXPECT_TRUE(projection->finished());
  EXPECT_EQ(row(*database,
                "SELECT journal_seq, records, rows_made, rejected FROM "
                "projection_checkpoint"),
            std::to_string(run.size()) + "|" + std::to_string(run.size()) + "|" +
                std::to_string(reached->rows) + "|0");

  // The same rows as a projection that never saw a journal.
  const auto other = fresh_database();
  project(*other, run);
  ASSERT_TRUE(database->execute("DELETE FROM projection_checkpoint"));
  expect_equal(*database, *other);
}

TEST_F(ProjectionTest, ResumesWithoutLossOrDoubling) {
  const SampleRun run = long_run(1, 3);
  const auto folder = write_journal(1, run);
  const auto whole = open_database("whole.db");
  ASSERT_TRUE(Projection::open(*whole, files_, folder)->catch_up());
  for (std::size_t batch : {std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
    const std::string name = "parts" + std::to_string(batch) + ".db";
    std::uint64_t last = 0;
    while (true) {  // a new connection and projection for every batch
      const auto database = open_database(name);
      auto projection = Projection::open(*database, files_, folder);
      ASSERT_TRUE(projection);
      const auto reached = projection->advance(batch);
      ASSERT_TRUE(reached) << projection->describe(reached.error());
      ASSERT_LE(reached->journal_seq, last + batch);
      last = reached->journal_seq;
      if (reached->at_end) break;
    }
    EXPECT_EQ(last, run.size());
    expect_equal(*open_database(name), *whole);
  }
}

TEST_F(ProjectionTest, AnOpenTransactionThatDiesLeavesNothing) {
  const SampleRun run = long_run(1, 1);
  const auto folder = write_journal(1, run);
  const auto whole = open_database("whole.db");
  ASSERT_TRUE(Projection::open(*whole, files_, folder)->catch_up());
  {
    const auto database = open_database("a.db");
    auto projection = Projection::open(*database, files_, folder);
    ASSERT_TRUE(projection->advance(9));
    const auto tables = load_run_tables(*database, run.run_id());
    ASSERT_TRUE(tables);
    Projector beyond(*database, *tables);
    ASSERT_TRUE(database->begin());
    for (std::size_t i = 9; i < 20; ++i) ASSERT_TRUE(beyond.apply(run.record(i)));
  }  // the connection ends without a commit
  const auto database = open_database("a.db");
  ASSERT_TRUE(Projection::open(*database, files_, folder)->catch_up());
  expect_equal(*database, *whole);
}

TEST_F(ProjectionTest, SurvivesKillsOfItsProcess) {
  const SampleRun run = long_run(1, 20);
  const auto folder = write_journal(1, run);
  const auto whole = open_database("whole.db");
  ASSERT_TRUE(Projection::open(*whole, files_, folder)->catch_up());
  static_cast<void>(open_database("killed.db"));
  int killed = 0;
  for (int i = 0; i < 30; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto database = Database::open(url_of("killed.db"));
      auto projection = Projection::open(*database, files_, folder);
      while (projection && !projection->finished()) {
        if (!projection->advance(2)) ::_exit(3);
      }
      ::_exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(1500 + 700 * i));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    killed += WIFSIGNALED(status) ? 1 : 0;
  }
  EXPECT_GT(killed, 0);
  const auto database = open_database("killed.db");
  ASSERT_TRUE(Projection::open(*database, files_, folder)->catch_up());
  expect_equal(*database, *whole);
}

TEST_F(ProjectionTest, FollowsAWriterFromAnotherThread) {
  const SampleRun run = long_run(1, 40);
  auto writer = begin_journal(1, run);
  const auto folder = writer->run_folder();
  std::thread tailer([&] {
    journal::PosixStorage files;
    const auto database = open_database("tail.db");
    auto projection = Projection::open(*database, files, folder);
    ASSERT_TRUE(projection);
    while (!projection->finished()) {
      const auto reached = projection->catch_up();
      ASSERT_TRUE(reached) << projection->describe(reached.error());
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(projection->progress().journal_seq, run.size());
  });
  for (std::size_t i = 0; i < run.size(); ++i) {
    append(*writer, run, i);
    if (i % 50 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_TRUE(writer->close());
  tailer.join();
  const auto whole = open_database("whole.db");
  ASSERT_TRUE(Projection::open(*whole, files_, folder)->catch_up());
  expect_equal(*open_database("tail.db"), *whole);
}

TEST_F(ProjectionTest, RebuildOfAllRunsEqualsTheProjectionsThatFollowedThem) {
  const SampleRun first = long_run(1, 1);
  SampleRun second(2);
  second.whole();
  const auto followed = open_database("followed.db");
  ASSERT_TRUE(Projection::open(*followed, files_, write_journal(1, first))->catch_up());
  ASSERT_TRUE(Projection::open(*followed, files_, write_journal(2, second))->catch_up());
  const auto target = Database::open(url_of("rebuilt.db"));
  std::string failed;
  const auto rebuilt = rebuild(*target, files_, root_ / "journal", {}, &failed);
  ASSERT_TRUE(rebuilt) << failed;
  ASSERT_EQ(rebuilt->size(), 2u);
  EXPECT_EQ((*rebuilt)[1].progress.journal_seq, second.size());
  expect_equal(*target, *followed);
  EXPECT_TRUE(*holds_run(*target, second.run_id()));
  EXPECT_FALSE(*holds_run(*target, long_run(3, 0).run_id()));
}

TEST_F(ProjectionTest, ThreadBringsEarlierRunsAndFollowsTheRunningOne) {
  write_journal(1, long_run(1, 2));
  const SampleRun run = long_run(2, 10);
  auto writer = begin_journal(2, run);
  ProjectionThread thread(url_of("thread.db"));
  thread.follow(files_, root_ / "journal", RunNumber{2});
  for (std::size_t i = 0; i < run.size(); ++i) append(*writer, run, i);
  ASSERT_TRUE(writer->close());
  const auto reached = thread.finish();
  ASSERT_TRUE(reached) << thread.trouble();
  EXPECT_EQ(reached->journal_seq, run.size());
  EXPECT_EQ(thread.trouble(), "");
  const auto rebuilt = empty_database();
  ASSERT_TRUE(rebuild(*rebuilt, files_, root_ / "journal"));
  expect_equal(*open_database("thread.db"), *rebuilt);
}

TEST_F(ProjectionTest, ThreadSaysWhatItCannotGetPast) {
  const SampleRun run = long_run(1, 1);
  write_journal(1, run);
  {
    const auto database = open_database("a.db");
    SampleRun other(1);  // stored by somebody else: there is no checkpoint
    project(*database, other.begin());
  }
  ProjectionThread thread(url_of("a.db"));
  thread.follow(files_, root_ / "journal", RunNumber{1});
  const auto refused = thread.finish();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kExists);
  EXPECT_NE(thread.trouble().find("number 1"), std::string::npos) << thread.trouble();
}

TEST_F(ProjectionTest, CountsAgainstTheJournalFindAMissingRow) {
  const SampleRun run = long_run(1, 2);
  const auto folder = write_journal(1, run);
  const auto database = open_database("a.db");
  ASSERT_TRUE(Projection::open(*database, files_, folder)->catch_up());
  auto checks = verify_against_journal(*database, files_, root_ / "journal");
  ASSERT_TRUE(checks);
  EXPECT_GT(checks->size(), 8u);
  for (const Check& check : *checks) {
    EXPECT_TRUE(check.passed()) << check.name << check.first;
    const bool has_rows = check.name != "rows plugin_signal" && check.name != "rows veto_mark";
    EXPECT_EQ(check.examined > 0, has_rows) << check.name;
  }
  drop_guards(*database);
  ASSERT_TRUE(database->execute(
      "DELETE FROM order_fill WHERE fill_id = (SELECT MAX(fill_id) FROM order_fill)"));
  ASSERT_TRUE(database->execute("DELETE FROM plugin_stat"));
  checks = verify_against_journal(*database, files_, root_ / "journal");
  ASSERT_TRUE(checks);
  std::string failed;
  for (const Check& check : *checks) failed += check.passed() ? "" : check.name + check.first;
  EXPECT_NE(failed.find("rows order_fill"), std::string::npos) << failed;
  EXPECT_NE(failed.find("3 rows, 4 records"), std::string::npos) << failed;
  EXPECT_NE(failed.find("rows plugin_stat"), std::string::npos) << failed;
  EXPECT_NE(failed.find("0 rows, 1 records"), std::string::npos) << failed;
}

TEST_F(ProjectionTest, CountsAFillThatTheNextRunWasToldAgainOnce) {
  SampleRun first(1);
  first.begin().deposit("10000");
  const auto intent = first.intent(first.snapshot());
  const auto order = first.make_order(intent, first.verdict(intent));
  first.add(order);
  const auto fill = first.make_fill(order.order_id);
  first.add(fill);
  SampleRun next(2);
  next.begin(1);
  next.add(fill);
  const auto database = open_database("a.db");
  ASSERT_TRUE(Projection::open(*database, files_, write_journal(1, first))->catch_up());
  ASSERT_TRUE(Projection::open(*database, files_, write_journal(2, next))->catch_up());
  const auto checks = verify_against_journal(*database, files_, root_ / "journal");
  ASSERT_TRUE(checks);
  for (const Check& check : *checks) {
    if (check.name != "rows order_fill") continue;
    EXPECT_TRUE(check.passed()) << check.first;
    EXPECT_EQ(check.examined, 1U);
  }
}

TEST_F(ProjectionTest, TriesAgainAfterTheDatabaseWasBusy) {
  const SampleRun run = long_run(1, 1);
  const auto folder = write_journal(1, run);
  const auto database = open_database("a.db");
  const auto other = open_database("a.db");
  if (backend() == Dialect::kSqlite) {
    ASSERT_TRUE(database->execute("PRAGMA busy_timeout = 1"));
  } else {
    ASSERT_TRUE(database->execute("SET lock_timeout = '10ms'"));
  }
  auto projection = Projection::open(*database, files_, folder);
  ASSERT_TRUE(projection->advance(10));
  ASSERT_TRUE(other->begin());
  if (backend() == Dialect::kPostgres) {
    ASSERT_TRUE(other->execute("LOCK TABLE projection_checkpoint"));
  }
  const auto blocked = projection->advance(10);
  ASSERT_FALSE(blocked);
  EXPECT_EQ(blocked.error().code(), base::Errc::kLocked);
  EXPECT_NE(projection->describe(blocked.error()).find("lock"), std::string::npos);
  EXPECT_EQ(projection->progress().journal_seq, 10u);
  other->rollback();
  const auto reached = projection->catch_up();
  ASSERT_TRUE(reached);
  EXPECT_EQ(reached->records, run.size());
}

// Fills told twice, orders that change, one of a run that is not here, refused rows, a kill.
SampleRun eventful_run(bool with_refused) {
  SampleRun run(7);
  run.begin().deposit("10000");
  for (int i = 0; i < 6; ++i) {
    run.trade(WRIT_SIDE_BUY, "2", "100", "0.2", "100").portfolio("2", "100.5", "1");
    const auto intent = run.intent(run.snapshot());
    auto order = run.make_order(intent, run.verdict(intent));
    order.order_id = run.id(run.next_seq());
    static_cast<void>(model::set_text(order.client_order_id, "late-" + std::to_string(i)));
    static_cast<void>(model::set_text(order.venue_order_id, "tab\there \\ and\nthere"));
    run.add(order);
    auto fill = run.make_fill(order.order_id);
    std::memcpy(&fill.client_order_id, &order.client_order_id, sizeof fill.client_order_id);
    run.add(fill);
    for (const std::uint16_t state : {WRIT_ORDER_ACK, WRIT_ORDER_PARTIAL, WRIT_ORDER_FILLED}) {
      order.state = state;
      static_cast<void>(model::set_text(order.venue_order_id, ""));
      order.price += 1;
      run.add(order);
    }
    run.add(fill);
    if (i == 3) {
      order.order_id = (std::uint64_t{3} << 40U) | 5;  // of run 3
      static_cast<void>(model::set_text(order.client_order_id, "elsewhere"));
      order.intent_id = 1;
      run.add(order);
    }
    if (with_refused && i % 2 == 0) {
      order.state = 99;
      run.add(order);
      auto refused = run.make_intent(1);
      refused.kind = 99;
      run.add(refused);
    }
  }
  auto command = model::make_record<writ_command>();
  command.command = WRIT_OPERATOR_KILL;
  run.add(command);
  if (with_refused) {
    const auto intent = run.intent(run.snapshot());
    auto order = run.make_order(intent, run.verdict(intent));
    static_cast<void>(model::set_text(order.client_order_id, "after-the-kill"));
    run.add(order);
  }
  return run.stop(WRIT_STOP_KILL);
}

TEST_F(ProjectionTest, BatchesOfAnySizeMakeTheRowsThatOneByOneDo) {
  for (const bool with_refused : {false, true}) {
    const SampleRun run = eventful_run(with_refused);
    fs::remove_all(root_ / "journal");
    const auto folder = write_journal(7, run);
    const auto wanted = fresh_database();
    project(*wanted, run);
    EXPECT_EQ(row(*wanted, "SELECT count(*) FROM projection_reject"), with_refused ? "7" : "0");
    for (const std::size_t batch : {1, 3, 10, 100'000}) {
      const auto database = fresh_database();
      auto projection = Projection::open(*database, files_, folder);
      ASSERT_TRUE(projection);
      while (!projection->finished()) {
        const auto reached = projection->advance(batch);
        ASSERT_TRUE(reached) << projection->describe(reached.error());
      }
      EXPECT_EQ(row(*database, "SELECT records, rejected FROM projection_checkpoint"),
                std::to_string(run.size()) + (with_refused ? "|7" : "|0"));
      EXPECT_EQ(projection->progress().records, run.size());
      ASSERT_TRUE(database->execute("DELETE FROM projection_checkpoint"));
      expect_equal(*database, *wanted);
    }
  }
}

TEST_F(ProjectionTest, CatchingUpBatchByBatchMakesTheRowsThatOneByOneDo) {
  for (const bool with_refused : {false, true}) {
    const SampleRun run = eventful_run(with_refused);
    fs::remove_all(root_ / "journal");
    const auto folder = write_journal(7, run);
    const auto wanted = fresh_database();
    project(*wanted, run);
    for (const std::size_t batch : {1, 3, 10, 100'000}) {
      const auto database = fresh_database();
      ProjectionOptions options;
      options.batch_records = batch;
      auto projection = Projection::open(*database, files_, folder, options);
      ASSERT_TRUE(projection);
      const auto reached = projection->catch_up();
      ASSERT_TRUE(reached) << projection->describe(reached.error());
      EXPECT_TRUE(projection->finished());
      EXPECT_EQ(row(*database, "SELECT records, rejected FROM projection_checkpoint"),
                std::to_string(run.size()) + (with_refused ? "|7" : "|0"));
      ASSERT_TRUE(database->execute("DELETE FROM projection_checkpoint"));
      expect_equal(*database, *wanted);
    }
  }
}

TEST_F(ProjectionTest, CatchingUpTellsEveryCommitAndEndsWhenItWasEnough) {
  const SampleRun run = long_run(1, 20);
  const auto folder = write_journal(1, run);
  const auto whole = open_database("whole.db");
  ASSERT_TRUE(Projection::open(*whole, files_, folder)->catch_up());
  const auto database = open_database("a.db");
  ProjectionOptions options;
  options.batch_records = 50;
  auto projection = Projection::open(*database, files_, folder, options);
  ASSERT_TRUE(projection);
  std::uint64_t told = 0;
  const auto tell_until = [&](std::uint64_t enough) {
    return [&told, enough](const Progress& progress) {
      EXPECT_GT(progress.journal_seq, told);
      told = progress.journal_seq;
      return told < enough;
    };
  };
  const auto stopped = projection->catch_up(tell_until(100));
  ASSERT_TRUE(stopped) << projection->describe(stopped.error());
  EXPECT_GE(told, 100u);
  EXPECT_FALSE(stopped->at_end);
  EXPECT_EQ(row(*database, "SELECT journal_seq FROM projection_checkpoint"),
            std::to_string(stopped->journal_seq));
  const auto reached = projection->catch_up(tell_until(run.size() + 1));
  ASSERT_TRUE(reached) << projection->describe(reached.error());
  EXPECT_EQ(told, run.size());
  expect_equal(*database, *whole);
}

TEST_F(ProjectionTest, ServerHoldsWhatAFileHolds) {
  const SampleRun run = eventful_run(false);
  const auto here = open_database("here.db");
  ASSERT_TRUE(Projection::open(*here, files_, write_journal(7, run))->catch_up());
  const auto file = Database::open(":memory:");
  migrate(*file);
  ASSERT_TRUE(Projection::open(*file, files_, journal::run_folder(root_ / "journal", RunNumber{7}))
                  ->catch_up());
  expect_equal(*here, *file);
}

TEST_F(ProjectionTest, RefusesTheSameBacktestTwice) {
  const std::string manifest = R"({"data_hash":")" + std::string(64, 'a') + R"(","run_hash":")" +
                               std::string(64, 'b') + "\"}";
  SampleRun first(1, WRIT_MODE_BACKTEST, manifest);
  first.whole();
  SampleRun second(2, WRIT_MODE_BACKTEST, manifest);
  second.whole();
  const auto database = open_database("a.db");
  ASSERT_TRUE(Projection::open(*database, files_, write_journal(1, first))->catch_up());
  auto again = Projection::open(*database, files_, write_journal(2, second));
  ASSERT_TRUE(again);
  const auto refused = again->catch_up();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kExists);
  EXPECT_NE(again->describe(refused.error()).find(first.run_id()), std::string::npos);
  EXPECT_EQ(row(*database, "SELECT count(*) FROM run"), "1");
}

}  // namespace
}  // namespace writ::storage::test
