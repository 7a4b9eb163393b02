// A PostgreSQL server that is not there, goes away or stops answering.
#include "host/storage/projection_thread.hpp"
#include "tests/unit/storage/projection_fixture.hpp"

#include <gtest/gtest.h>

#include <signal.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace writ::storage::test {
namespace {

using namespace std::chrono_literals;

class PostgresOutage : public ProjectionTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(backend(), Dialect::kPostgres) << "WRIT_POSTGRES names no server";
    ProjectionTest::SetUp();
    run_.begin().deposit("10000");
    for (int i = 0; i < 20; ++i) run_.trade(WRIT_SIDE_BUY, "2", "100", "0.2", "100");
    run_.stop();
    writer_ = begin_journal(1, run_);
  }

  // The records before `end` that are not there yet.
  void append_until(std::size_t end) {
    for (; appended_ < end; ++appended_) append(*writer_, run_, appended_);
  }
  void append_rest() {
    append_until(run_.size());
    ASSERT_TRUE(writer_->close());
  }
  // Of the connections to the database of `url`; a sleep is all the server offers to wait with.
  static std::vector<std::string> backends(const std::string& url) {
    const auto database = Database::open(url);
    return rows(*database,
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'");
  }
  template <class Condition>
  static bool comes_true(Condition condition, std::chrono::seconds within = 30s) {
    const auto end = std::chrono::steady_clock::now() + within;
    while (std::chrono::steady_clock::now() < end) {
      if (condition()) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
  void expect_all_once(const std::string& url) {
    const auto database = Database::open(url);
    const auto wanted = fresh_database();
    project(*wanted, run_);
    for (const char* table : {"strategy_intent", "order_request", "order_fill", "ledger_event"}) {
      const std::string count = "SELECT count(*) FROM " + std::string(table);
      EXPECT_EQ(row(*database, count), row(*wanted, count)) << table;
    }
  }

  SampleRun run_;
  std::unique_ptr<journal::Writer> writer_;
  std::size_t appended_ = 0;
};

TEST_F(PostgresOutage, ALostConnectionIsMadeAgain) {
  const std::string url = database_url("", "lost");
  ProjectionThread thread(url);
  thread.follow(files_, root_ / "journal", RunNumber{1});
  for (std::size_t part = 1; part <= 4; ++part) {
    append_until(part * run_.size() / 5);
    ASSERT_TRUE(comes_true([&] { return thread.progress().journal_seq == appended_; }))
        << thread.trouble();
    const auto other = Database::open(url);
    ASSERT_TRUE(
        other->execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                       "WHERE datname = current_database() AND pid <> pg_backend_pid()"));
  }
  append_rest();
  const auto reached = thread.finish();
  ASSERT_TRUE(reached) << thread.trouble();
  EXPECT_EQ(reached->journal_seq, run_.size());
  expect_all_once(url);
}

TEST_F(PostgresOutage, AServerThatComesLaterCatchesUp) {
  // The socket's folder appears later: a link to the real one.
  std::string url = database_url("", "later");
  const auto at = url.find("host=") + 5;
  const auto end = std::min(url.find('&', at), url.size());
  const std::string real = url.substr(at, end - at);
  const fs::path link = root_ / "socket";
  const std::string through_link = url.replace(at, end - at, link.string());

  std::mutex mutex;
  std::vector<std::string> told;
  ProjectionThread thread(through_link, {}, [&](const std::string& line) {
    const std::lock_guard lock(mutex);
    told.push_back(line);
  });
  thread.follow(files_, root_ / "journal", RunNumber{1});
  EXPECT_NE(thread.trouble().find("cannot connect"), std::string::npos) << thread.trouble();
  append_until(run_.size() / 2);
  const auto lines = [&] {
    const std::lock_guard lock(mutex);
    return told.size();
  };
  ASSERT_TRUE(comes_true([&] { return lines() == 1; }));
  fs::create_directory_symlink(real, link);
  ASSERT_TRUE(comes_true([&] { return thread.progress().journal_seq == appended_; }));
  ASSERT_TRUE(comes_true([&] { return lines() == 2; }));
  append_rest();
  ASSERT_TRUE(thread.finish()) << thread.trouble();
  EXPECT_EQ(told.back(), "");
  expect_all_once(through_link);
}

TEST_F(PostgresOutage, AFrozenServerDoesNotHoldTheEnd) {
  const std::string url = database_url("", "frozen");
  ProjectionThread thread(url);
  thread.follow(files_, root_ / "journal", RunNumber{1});
  append_until(10);
  ASSERT_TRUE(comes_true([&] { return thread.progress().journal_seq == 10; }));
  std::vector<pid_t> frozen;
  for (const auto& pid : backends(url)) frozen.push_back(std::stoi(pid));
  ASSERT_FALSE(frozen.empty());
  for (const pid_t pid : frozen) ASSERT_EQ(::kill(pid, SIGSTOP), 0);
  append_rest();
  EXPECT_TRUE(comes_true([&] { return thread.trouble().find("no answer") != std::string::npos; }));
  const auto begun = std::chrono::steady_clock::now();
  const auto given_up = thread.finish();
  const auto took = std::chrono::steady_clock::now() - begun;
  for (const pid_t pid : frozen) ::kill(pid, SIGCONT);
  ASSERT_FALSE(given_up);
  EXPECT_LT(took, 20s);

  ProjectionThread next(url);
  next.follow(files_, root_ / "journal", RunNumber{1});
  ASSERT_TRUE(next.finish()) << next.trouble();
  expect_all_once(url);
}

TEST_F(PostgresOutage, WhatTryingAgainCannotChangeIsRefusedAtOnce) {
  EXPECT_THROW(ProjectionThread("postgres://user:se/cret@host/db"), base::InputError);
  EXPECT_THROW(ProjectionThread("postgres:///db?no_such_option=1"), base::InputError);
  std::string url = database_url("", "there");
  EXPECT_THROW(ProjectionThread(url.replace(url.find("writ_unit"), 4, "gone")), base::InputError);
  const std::string newer = database_url("", "newer");
  {
    const auto database = Database::open(newer);
    migrate(*database);
    ASSERT_TRUE(
        database->execute("INSERT INTO schema_migration SELECT '9999_future.sql', dialect, sha256, "
                          "applied_ts, status "
                          "FROM schema_migration LIMIT 1"));
  }
  EXPECT_THROW(ProjectionThread thread(newer), base::InputError);
}

TEST(PostgresUrl, APasswordIsNeverShown) {
  for (const char* url :
       {"postgres://me:s%65cret@/db?host=/nonexistent",
        "postgres://me@/db?host=/nonexistent&password=s%65cret",
        "postgres://me:s%65cret@127.0.0.1:1/db", "postgres://me:s%65cret@host:port/db",
        "postgres://me:s%65cret@host/db?bad", "postgres://me:a/s%65cret@host/db"}) {
    try {
      static_cast<void>(Database::open(url));
      ADD_FAILURE() << url;
    } catch (const base::InputError& error) {
      const std::string line = error.what();
      EXPECT_EQ(line.find("cret"), std::string::npos) << line;
      EXPECT_EQ(line.find('\n'), std::string::npos) << line;
      EXPECT_NE(line.find("postgres://me"), std::string::npos) << line;
    }
  }
}

}  // namespace
}  // namespace writ::storage::test
