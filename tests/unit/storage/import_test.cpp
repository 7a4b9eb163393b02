#include "host/storage/import.hpp"

#include "host/storage/canonical_dump.hpp"
#include "tests/unit/storage/testing.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace writ::storage::test {
namespace {

std::unique_ptr<Database> sqlite_database() {
  auto database = Database::open(":memory:");
  migrate(*database);
  return database;
}

std::unique_ptr<Database> sqlite_with(std::initializer_list<std::uint64_t> numbers) {
  auto database = sqlite_database();
  for (const auto number : numbers) {
    SampleRun run(number);
    run.whole();
    project(*database, run);
  }
  return database;
}

std::string hash(Database& database, const DumpScope& scope = {}) {
  const auto tables = canonical_dump(database, scope, [](std::string_view) {});
  EXPECT_TRUE(tables) << database.last_error();
  return tables ? hash_of(*tables) : std::string();
}

TEST(Import, MakesTheSameContents) {
  const auto from = sqlite_with({1, 2});
  const auto to = fresh_database();
  std::string failed;
  const auto imported = import_runs(*from, *to, {}, &failed);
  ASSERT_TRUE(imported) << failed;
  ASSERT_EQ(imported->size(), 2u);
  EXPECT_GT((*imported)[0].rows, 30u);
  EXPECT_EQ(hash(*to), hash(*from));
}

TEST(Import, GoesBothWays) {
  const auto from = sqlite_with({1});
  const auto there = fresh_database();
  const auto back = sqlite_database();
  ASSERT_TRUE(import_runs(*from, *there, {}));
  std::string failed;
  ASSERT_TRUE(import_runs(*there, *back, {}, &failed)) << failed;
  EXPECT_EQ(hash(*back), hash(*from));
}

TEST(Import, IsWhatAProjectionWouldHaveMade) {
  const auto from = sqlite_with({1});
  const auto imported = fresh_database();
  const auto projected = fresh_database();
  SampleRun run(1);
  run.whole();
  project(*projected, run);
  ASSERT_TRUE(import_runs(*from, *imported, {}));
  EXPECT_EQ(hash(*imported), hash(*projected));
}

TEST(Import, KeepsTheNumbersOfTheTarget) {
  const auto from = sqlite_with({1});
  const auto to = fresh_database();
  // The same perpetual under another number, and numbers of the source that are taken here.
  ASSERT_TRUE(to->execute(
      "INSERT INTO account (account_id, name, run_mode, initial_cash) "
      "VALUES (1, 'other', 'LIVE', '0');"
      "INSERT INTO instrument (instrument_id, venue, market_id, symbol, kind, tick_size, lot_size, "
      "updated_ts) VALUES (1, 'v', 'm', 's', 'SPOT', '0', '0', 0), "
      "(7, 'binance', 'ETHUSDT', 'old', 'SPOT', '0', '0', 0)"))
      << to->last_error();
  std::string failed;
  ASSERT_TRUE(import_runs(*from, *to, {}, &failed)) << failed;
  EXPECT_EQ(row(*to, "SELECT DISTINCT instrument_id FROM order_fill"), "7");
  EXPECT_EQ(row(*to, "SELECT symbol FROM instrument WHERE instrument_id = 7"), "old");
  EXPECT_EQ(row(*to, "SELECT account_id FROM account WHERE name = 'main'"), "2");
  EXPECT_EQ(row(*to, "SELECT row_id FROM projection_number WHERE kind = 'ACCOUNT'"), "2");
  const DumpScope run{"", SampleRun(1).run_id()};
  EXPECT_EQ(hash(*to, run), hash(*from, run));
}

TEST(Import, RefusesARunThatIsThere) {
  const auto from = sqlite_with({1, 2});
  const auto to = fresh_database();
  SampleRun second(2);
  second.whole();
  project(*to, second);
  const std::string before = hash(*to);
  std::string failed;
  const auto refused = import_runs(*from, *to, {}, &failed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kExists);
  EXPECT_EQ(failed, "exists: " + second.run_id());
  EXPECT_EQ(hash(*to), before);
}

TEST(Import, TakesTheRunsItIsAskedFor) {
  const auto from = sqlite_with({1, 2, 3});
  const auto to = fresh_database();
  const auto imported = import_runs(*from, *to, {SampleRun(2).run_id()});
  ASSERT_TRUE(imported);
  EXPECT_EQ(row(*to, "SELECT run_number FROM run"), "2");
}

TEST(Import, BringsAKilledRunWithItsOrders) {
  const auto from = sqlite_with({1});
  ASSERT_TRUE(from->execute("UPDATE run SET status = 'KILLED'"));
  const auto to = fresh_database();
  std::string failed;
  ASSERT_TRUE(import_runs(*from, *to, {}, &failed)) << failed;
  EXPECT_EQ(row(*to, "SELECT status FROM run"), "KILLED");
  EXPECT_EQ(row(*to, "SELECT count(*) FROM order_request"), "2");
  EXPECT_EQ(hash(*to), hash(*from));
}

TEST(Import, LeavesNothingOfARunThatFails) {
  const auto from = sqlite_with({1, 2});
  // A row that the target refuses, late in the second run.
  ASSERT_TRUE(
      from->execute("DROP TRIGGER trg_portfolio_balance_append_only_update;"
                    "PRAGMA foreign_keys = OFF; UPDATE portfolio_balance SET "
                    "portfolio_snapshot_id = -portfolio_snapshot_id WHERE run_id = '" +
                    SampleRun(2).run_id() + "'"))
      << from->last_error();
  const auto to = fresh_database();
  std::string failed;
  const auto refused = import_runs(*from, *to, {}, &failed);
  ASSERT_FALSE(refused);
  EXPECT_NE(failed.find("portfolio_balance"), std::string::npos) << failed;
  EXPECT_EQ(row(*to, "SELECT run_number FROM run"), "1");
  EXPECT_EQ(row(*to, "SELECT count(*) FROM strategy_intent WHERE run_id <> '" +
                         SampleRun(1).run_id() + "'"),
            "0");
}

TEST(Import, ANumberThatMeansAnotherThingIsAnError) {
  const auto from = sqlite_with({1});
  const auto to = fresh_database();
  ASSERT_TRUE(to->execute(
      "INSERT INTO feature_schema (feature_schema_version, created_ts, description, features_json) "
      "VALUES (1, 0, 'd', '[\"other\"]')"));
  std::string failed;
  const auto refused = import_runs(*from, *to, {}, &failed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kMismatch);
  EXPECT_NE(failed.find("feature_schema"), std::string::npos);
  EXPECT_EQ(row(*to, "SELECT count(*) FROM run"), "0");
}

}  // namespace
}  // namespace writ::storage::test
